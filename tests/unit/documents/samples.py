"""The smallest honest file of every accepted format, made here, and some that are not honest."""

import io
import struct
import wave
import zipfile
import zlib

from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": f"{_OOXML}wordprocessingml.document.main+xml",
    "xlsx": f"{_OOXML}spreadsheetml.sheet.main+xml",
    "pptx": f"{_OOXML}presentationml.presentation.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "pptm": "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
}
_ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation", "odc": "chart", "odi": "image"}


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{_MAIN[kind]}"/></Types>'
    )
    entries = {"[Content_Types].xml": types.encode(), "main.xml": b"<main/>"}
    if kind.endswith("m"):
        entries["word/vbaProject.bin"] = b"macro"
    return zipped({**entries, **more})


def open_document(kind: str) -> bytes:
    media_type = f"application/vnd.oasis.opendocument.{_ODF[kind]}"
    return zipped({"mimetype": media_type.encode(), "content.xml": b"<content/>"})


def compound(stream: str) -> bytes:
    """An OLE2 file with one allocation table, one directory sector and one named stream."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<H", header, 30, 9)  # sectors of 512 bytes
    struct.pack_into("<I", header, 48, 1)  # the directory is sector 1
    struct.pack_into("<109I", header, 76, 0, *([0xFFFFFFFF] * 108))
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *([0xFFFFFFFF] * 126))
    directory = b"".join(_entry(name) for name in ("Root Entry", stream, "", ""))
    return bytes(header) + table + directory


def _entry(name: str) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return text.ljust(64, b"\0") + struct.pack("<H", length) + bytes(62)


def picture(kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((40, 30), 90).convert("RGB").save(target, kind, **options)  # type: ignore[arg-type]
    return target.getvalue()


def dicom(**tags: str) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image = Dataset()
    image.file_meta = meta
    image.SOPClassUID = meta.MediaStorageSOPClassUID
    image.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    for name, value in tags.items():
        setattr(image, name, value)
    image.Rows = image.Columns = 4
    image.PixelData = bytes(16)
    image["PixelData"].VR = "OW"
    target = io.BytesIO()
    image.save_as(target, enforce_file_format=True)
    return target.getvalue()


def pdf(extra: bytes = b"", text: str = "Referral") -> bytes:
    """A document of one page that every reader opens, with ``extra`` in its catalogue."""
    stream = f"BT /F1 24 Tf 40 100 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + extra + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
            b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body + b"xref\n0 5\n0000000000 65535 f \n" + table
        + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )  # fmt: skip


def pdf_with_hidden_script() -> bytes:
    """The script stands in a compressed object stream, where a search of the bytes finds nothing."""
    packed = zlib.compress(b"5 0 <</S/JavaScript/JS(app.alert(1))>>")
    hidden = b"\n9 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(
        packed
    )
    return pdf() + hidden + packed + b"\nendstream\nendobj\n"


def sound() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return target.getvalue()


def honest() -> dict[str, bytes]:
    """File name to content, at least one for each accepted extension."""
    tiff = picture("TIFF")
    asf = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(200)
    samples = {
        "a.pdf": pdf(),
        "a.txt": "Übelkeit seit März, Δ 3 kg\n".encode(),
        "windows.txt": "Übelkeit seit März\n".encode("cp1252"),
        "utf16.txt": "Übelkeit\n".encode("utf-16"),
        "a.xml": b'<?xml version="1.0"?><ClinicalDocument/>',
        "a.csv": b"date;value\n2026-01-02;3,4\n",
        "a.vcf": b"##fileformat=VCFv4.3\n#CHROM\tPOS\n",
        "a.doc": compound("WordDocument"),
        "a.xls": compound("Workbook"),
        "a.ppt": compound("PowerPoint Document"),
        "a.dcm": dicom(PatientIdentityRemoved="YES"),
        "a.jpg": picture("JPEG"),
        "a.jpeg": picture("JPEG"),
        "a.png": picture("PNG"),
        "a.bmp": picture("BMP"),
        "a.tiff": tiff,
        "a.tif": tiff,
        "a.svs": tiff,
        "a.avi": b"RIFF\x24\0\0\0AVI LIST" + bytes(64),
        "a.flv": b"FLV\x01\x05\0\0\0\x09" + bytes(64),
        "a.wmv": asf,
        "a.mov": b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(64),
        "a.mp4": b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + bytes(64),
        "a.webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(64),
        "a.pcm": bytes(range(256)) * 4,
        "a.wav": sound(),
        "a.ogg": b"OggS\0\2" + bytes(64),
        "a.flac": b"fLaC\0\0\0\x22" + bytes(64),
        "a.mp3": b"ID3\x04\0\0\0\0\0\0" + bytes(64),
        "frames.mp3": b"\xff\xfb\x90\x64" + bytes(400),
        "a.zip": zipped({"DICOMDIR": b"x", "IM1": dicom(), "series/IM2": dicom()}),
    }
    samples |= {f"a.{kind}": office(kind) for kind in _MAIN}
    samples |= {f"a.{kind}": open_document(kind) for kind in _ODF}
    return samples
