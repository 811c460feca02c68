"""MedDRA ASCII release: ``$``-separated .asc files of five levels, their links, and SMQs."""

from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context

_LEVELS = {
    "soc.asc": "SOC",
    "hlgt.asc": "HLGT",
    "hlt.asc": "HLT",
    "pt.asc": "PT",
    "smq_list.asc": "SMQ",
}
_LINKS = {"soc_hlgt.asc", "hlgt_hlt.asc", "hlt_pt.asc"}
_LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "czech": "cs", "hungarian": "hu", "polish": "pl",
    "swedish": "sv", "greek": "el", "finnish": "fi", "danish": "da", "croatian": "hr",
    "latvian": "lv", "lithuanian": "lt", "estonian": "et", "slovenian": "sl", "slovak": "sk",
    "bulgarian": "bg", "romanian": "ro", "maltese": "mt", "irish": "ga", "icelandic": "is",
}  # fmt: skip


class MeddraLoader(BaseLoader):
    """One or several languages of one release; ``meddra_release.asc`` names version and language.

    Lowest level terms are concepts below their preferred term; one that is not current is inactive
    and replaced by that preferred term. Only preferred and lowest level terms are selectable.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._names: dict[str, list[tuple[str, str, str]]] = {}
        self._language: dict[str, str] = {}
        self._levels: dict[str, str] = {}
        self._current: dict[str, bool] = {}
        self._preferred: dict[str, str] = {}
        self._version = ""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Read one .asc file; names are kept until the language of their folder is known."""
        name = file.name.lower()
        if name in _LINKS:
            for cells in self._cells(file, 2):
                yield r.Edge(cells[1], cells[0])
        elif name == "smq_content.asc":
            for cells in self._cells(file, 2):
                yield r.Property(cells[1], "smq", cells[0], "code")
        else:
            self._read_names(file, name)

    def _read_names(self, file: InputFile, name: str) -> None:
        folder = file.path.rpartition("/")[0]
        if name == "meddra_release.asc":
            for cells in self._cells(file, 2):
                self._version = cells[0]
                self._language[folder] = _LANGUAGES.get(cells[1].lower(), "en")
        elif name in _LEVELS:
            for cells in self._cells(file, 2):
                self._take(folder, cells[0], cells[1], _LEVELS[name])
        elif name == "llt.asc":
            for cells in self._cells(file, 10):
                self._take(folder, cells[0], cells[1], "LLT")
                self._current[cells[0]] = cells[9] != "N"
                self._preferred[cells[0]] = cells[2]

    def _cells(self, file: InputFile, least: int) -> Iterator[list[str]]:
        for line, text in file.lines():
            cells = text.split("$")
            if text and len(cells) < least:
                raise LoadError(
                    f"expected at least {least} fields separated by '$', found {len(cells)}",
                    file=file.name,
                    line=line,
                )
            if text:
                yield cells

    def _take(self, folder: str, code: str, name: str, level: str) -> None:
        self._names.setdefault(code, []).append((folder, name, level))
        if level != "LLT" or code not in self._levels:
            self._levels[code] = level

    def finish(self) -> Iterator[r.Record]:
        """Yield concepts with the names of all languages read."""
        if self._version:
            yield r.Header(self._version)
        fallback = next(iter(self._language.values()), self.context.options.get("language", "en"))
        for code, names in self._names.items():
            level = self._levels[code]
            english = [n for f, n, _ in names if self._language.get(f, fallback) == "en"]
            active = self._current.get(code, True) if level == "LLT" else True
            selectable = level in {"PT", "LLT"}
            display = english[0] if english else names[0][1]
            spoken = "en" if english else self._language.get(names[0][0], fallback)
            yield r.Concept(
                code, display, active=active, selectable=selectable, kind=level, lang=spoken
            )
            for folder, name, _level in names:
                yield r.Designation(code, name, self._language.get(folder, fallback), r.PREFERRED)
            preferred = self._preferred.get(code, "")
            if level == "LLT" and preferred:
                yield r.Edge(code, preferred)
                if not active:
                    yield r.Replacement(code, preferred, r.REPLACED_BY)
