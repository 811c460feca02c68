"""DICOM controlled terminology (DCM) with its context groups, from the installed pydicom.

Only DCM's own codes are taken: SNOMED meanings inside the context groups stay with SNOMED.
"""

from collections.abc import Iterator
from importlib.metadata import version
from typing import cast

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader


class DicomLoader(BaseLoader):
    """One concept per DCM code; the context groups it stands in are the property ``cid``."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the package's records; the file given is only the request to do so."""
        try:
            from pydicom.sr._concepts_dict import concepts
        except ImportError as error:
            raise LoadError(
                "the package pydicom with its concept tables is not installed",
                file=file.name,
                hint="pip install pydicom",
            ) from error
        yield r.Header(f"pydicom-{version('pydicom')}")
        seen: set[str] = set()
        table = cast("dict[str, dict[str, tuple[str, list[int]]]]", concepts["DCM"])
        for keyword, codes in table.items():
            for code, (meaning, groups) in codes.items():
                if code in seen:
                    yield r.Designation(str(code), str(meaning), "en", r.SYNONYM)
                else:
                    seen.add(str(code))
                    yield r.Concept(str(code), str(meaning), kind="DCM")
                yield r.Property(str(code), "keyword", str(keyword))
                for group in groups:
                    yield r.Property(str(code), "cid", str(group), "code")
