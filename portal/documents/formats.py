"""The formats that may be attached, one line each: what a name says and what the portal does with it.

The list is that of the Commission's system, and beyond it SVS slides, WebM, variant files and ZIP
archives of DICOM images.
"""

from dataclasses import dataclass

from portal.kernel.errors import nearest


@dataclass(frozen=True)
class Format:
    """``key`` is stored with a document; ``preview`` says how it can be looked at in the browser.

    ``image`` and ``media`` are shown by the browser itself, ``text`` and ``table`` as escaped text,
    ``pages`` as pictures of the pages; an empty word means download only.
    """

    key: str
    extensions: tuple[str, ...]
    media_type: str
    words: str
    group: str
    preview: str = ""


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

FORMATS: tuple[Format, ...] = (
    Format("pdf", ("pdf",), "application/pdf", "PDF document", "document", "pages"),
    Format("text", ("txt",), "text/plain", "text file", "document", "text"),
    Format("xml", ("xml",), "application/xml", "XML file", "data", "text"),
    Format("csv", ("csv",), "text/csv", "CSV table", "data", "table"),
    Format("vcf", ("vcf",), "text/plain", "genetic variants (VCF)", "data", "text"),
    Format("doc", ("doc",), "application/msword", "Word document (doc)", "document"),
    Format("docx", ("docx",), f"{_OOXML}.wordprocessingml.document", "Word document", "document"),
    Format("docm", ("docm",), "application/vnd.ms-word.document.macroenabled.12", "Word document with macros", "document"),
    Format("xls", ("xls",), "application/vnd.ms-excel", "Excel workbook (xls)", "data"),
    Format("xlsx", ("xlsx",), f"{_OOXML}.spreadsheetml.sheet", "Excel workbook", "data"),
    Format("xlsm", ("xlsm",), "application/vnd.ms-excel.sheet.macroenabled.12", "Excel workbook with macros", "data"),
    Format("ppt", ("ppt",), "application/vnd.ms-powerpoint", "PowerPoint presentation (ppt)", "document"),
    Format("pptx", ("pptx",), f"{_OOXML}.presentationml.presentation", "PowerPoint presentation", "document"),
    Format("pptm", ("pptm",), "application/vnd.ms-powerpoint.presentation.macroenabled.12", "PowerPoint presentation with macros", "document"),
    Format("odt", ("odt",), f"{_ODF}.text", "OpenDocument text", "document"),
    Format("ods", ("ods",), f"{_ODF}.spreadsheet", "OpenDocument spreadsheet", "data"),
    Format("odp", ("odp",), f"{_ODF}.presentation", "OpenDocument presentation", "document"),
    Format("odc", ("odc",), f"{_ODF}.chart", "OpenDocument chart", "document"),
    Format("odi", ("odi",), f"{_ODF}.image", "OpenDocument image", "image"),
    Format("dicom", ("dcm",), "application/dicom", "DICOM image", "image"),
    Format("jpeg", ("jpg", "jpeg"), "image/jpeg", "JPEG picture", "image", "image"),
    Format("png", ("png",), "image/png", "PNG picture", "image", "image"),
    Format("bmp", ("bmp",), "image/bmp", "BMP picture", "image", "image"),
    Format("tiff", ("tiff", "tif"), "image/tiff", "TIFF picture", "image"),
    Format("svs", ("svs",), "image/x-svs", "pathology slide (SVS)", "image"),
    Format("avi", ("avi",), "video/x-msvideo", "AVI video", "media"),
    Format("flv", ("flv",), "video/x-flv", "Flash video", "media"),
    Format("wmv", ("wmv",), "video/x-ms-wmv", "Windows Media video", "media"),
    Format("mov", ("mov",), "video/quicktime", "QuickTime video", "media"),
    Format("mp4", ("mp4",), "video/mp4", "MP4 video", "media", "media"),
    Format("webm", ("webm",), "video/webm", "WebM video", "media", "media"),
    Format("pcm", ("pcm",), "audio/l16", "raw sound (PCM)", "media"),
    Format("wav", ("wav",), "audio/wav", "WAV sound", "media", "media"),
    Format("ogg", ("ogg",), "audio/ogg", "Ogg sound", "media", "media"),
    Format("flac", ("flac",), "audio/flac", "FLAC sound", "media", "media"),
    Format("mp3", ("mp3",), "audio/mpeg", "MP3 sound", "media", "media"),
    Format("zip", ("zip",), "application/zip", "ZIP archive of DICOM images", "image"),
)  # fmt: skip

BY_KEY = {one.key: one for one in FORMATS}
BY_EXTENSION = {extension: one for one in FORMATS for extension in one.extensions}


def extension_of(name: str) -> str:
    """Return the part of a file name after its last full stop, in small letters, or nothing."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem and extension.isalnum() else ""


def named(name: str) -> Format | None:
    """Return the format that a file name claims, or nothing."""
    return BY_EXTENSION.get(extension_of(name))


def nearest_extension(extension: str) -> str:
    """Return the accepted extension most like ``extension``, or an empty string."""
    return nearest(extension, BY_EXTENSION)


def accepted() -> str:
    """Return the accepted extensions as the ``accept`` attribute of a file input wants them."""
    return ",".join(f".{extension}" for extension in BY_EXTENSION)
