"""Loaders: one class per file format, found by name.

A third party adds a format with one class and one entry point in the group
``portal.terminology_loaders``; the built-in ones need no entry point.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol, cast

from portal.kernel.errors import nearest
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.packs import Pack
from portal.terminology.records import Record

GROUP = "portal.terminology_loaders"

BUILT_IN = {
    "csv": "portal.terminology.loaders.table:CsvLoader",
    "obo": "portal.terminology.loaders.obo:OboLoader",
    "obographs": "portal.terminology.loaders.obographs:OboGraphsLoader",
    "babelon": "portal.terminology.loaders.babelon:BabelonLoader",
    "hpoa": "portal.terminology.loaders.hpoa:HpoaLoader",
    "orphadata-xml": "portal.terminology.loaders.orphadata:OrphadataLoader",
    "orphapacket": "portal.terminology.loaders.orphapacket:OrphapacketLoader",
    "claml": "portal.terminology.loaders.claml:ClamlLoader",
    "icd10cm-tabular": "portal.terminology.loaders.icd10cm:Icd10CmLoader",
    "rf2": "portal.terminology.loaders.rf2:Rf2Loader",
    "fhir-codesystem": "portal.terminology.loaders.fhir:FhirLoader",
    "fhir-valueset": "portal.terminology.loaders.fhir:FhirLoader",
    "ucum-essence": "portal.terminology.loaders.ucum:UcumLoader",
    "sssom": "portal.terminology.loaders.sssom:SssomLoader",
    "loinc-csv": "portal.terminology.loaders.loinc:LoincLoader",
    "meddra-asc": "portal.terminology.loaders.meddra:MeddraLoader",
    "hgnc-tsv": "portal.terminology.loaders.hgnc:HgncLoader",
    "omim-tsv": "portal.terminology.loaders.omim:OmimLoader",
    "atc-csv": "portal.terminology.loaders.atc:AtcLoader",
    "icd11-tabulation": "portal.terminology.loaders.icd11:Icd11Loader",
    "iso-codes": "portal.terminology.loaders.isocodes:IsoCodesLoader",
    "dicom-cid": "portal.terminology.loaders.dicom:DicomLoader",
}


def _no_curie(_prefix: str) -> str:
    return ""


@dataclass
class Context:
    """What a loader may know: its pack, the options of its file role, CURIE prefixes of packs.

    ``shared`` is one dictionary per load, for formats whose release spreads over several files.
    """

    pack: Pack
    options: dict[str, str] = field(default_factory=dict)
    pack_of_curie: Callable[[str], str] = _no_curie


class Loader(Protocol):
    """Reads the files of one format. One instance serves one load; ``finish`` comes last."""

    def __init__(self, context: Context) -> None: ...

    def read(self, file: InputFile) -> Iterator[Record]:
        """Yield the records of one file; raise LoadError with file and line for a fault."""
        ...

    def finish(self) -> Iterator[Record]:
        """Yield what could only be known after all files were read."""
        ...


class BaseLoader:
    """Start of most loaders: keeps the context, has nothing left to say at the end."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def finish(self) -> Iterator[Record]:
        """Yield nothing: the format's files stand alone."""
        return iter(())


def loader_class(name: str) -> type[Loader]:
    """Return the loader class called ``name``: built in, or from an installed entry point."""
    target = BUILT_IN.get(name)
    if target:
        module, attribute = target.split(":")
        return cast("type[Loader]", getattr(import_module(module), attribute))
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name in found:
        return cast("type[Loader]", found[name].load())
    known = sorted({*BUILT_IN, *found})
    near = nearest(name, known)
    tail = f" Did you mean '{near}'?" if near else f" Known: {', '.join(known)}."
    raise LoadError(f"No loader is called '{name}'.{tail}")
