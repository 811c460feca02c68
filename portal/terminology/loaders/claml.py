"""ClaML 2.0 and 3.0: ICD-10 of WHO and of national centres, ICF, ICD-O, OPS.

Modifiers are resolved: a class with ``ModifiedBy`` gets one child per modifier class, except those
that ``excludeOnPrecedingModifier`` rules out or that ``ValidModifierClass`` does not list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context
from portal.terminology.loaders.xmlread import Element, children, elements, lang, local, text

_KINDS = {
    "preferred": r.PREFERRED, "preferredLong": r.FULLY_SPECIFIED, "inclusion": r.SYNONYM,
    "synonym": r.SYNONYM, "index": r.SYNONYM,
}  # fmt: skip
_USAGE = {"aster": "*", "dagger": "+", "optional": "!"}


@dataclass
class _Class:
    code: str
    kind: str
    labels: list[tuple[str, str, str]]
    parents: list[str]
    modified: list[tuple[str, bool, list[str]]] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)
    usage: str = ""


class ClamlLoader(BaseLoader):
    """One classification; the dagger, asterisk and optional marks become the property ``usage``."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._classes: dict[str, _Class] = {}
        self._modifiers: dict[str, list[_Class]] = {}
        self._language = "en"

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Collect classes and modifiers of one ClaML file and yield its header."""
        wanted = {"Title", "Meta", "Class", "ModifierClass"}
        for element in elements(file, wanted, root="ClaML"):
            name = local(element)
            if name == "Title":
                yield r.Header(str(element.get("version", "")), text(element))
            elif name == "Meta":
                if element.get("name") == "lang":
                    self._language = str(element.get("value"))
            else:
                self._take(file.name, element)

    def _take(self, file: str, element: Element) -> None:
        found = _read_class(element, self._language)
        if not found.code:
            raise LoadError("a class without a code", file=file, line=element.sourceline or 0)
        if local(element) == "ModifierClass":
            self._modifiers.setdefault(str(element.get("modifier")), []).append(found)
        elif found.code in self._classes:
            reason = f"the code '{found.code}' stands twice"
            raise LoadError(reason, file=file, line=element.sourceline or 0)
        else:
            self._classes[found.code] = found

    def finish(self) -> Iterator[r.Record]:
        """Yield classes and, below them, the classes that modifiers make."""
        parents = {parent for found in self._classes.values() for parent in found.parents}
        for found in self._classes.values():
            leaf = found.code not in parents and not found.modified
            yield from _emit(found, selectable=leaf or found.kind not in ("chapter", "block"))
            yield from self._modify(found, found.modified, found.code, "", [])

    def _modify(
        self,
        found: _Class,
        modified: list[tuple[str, bool, list[str]]],
        code: str,
        label: str,
        before: list[str],
    ) -> Iterator[r.Record]:
        if not modified:
            return
        (name, every, valid), rest = modified[0], modified[1:]
        base = next((t for _lang, use, t in found.labels if use == r.PREFERRED), code)
        for modifier in self._modifiers.get(name, []):
            if not every and valid and modifier.code not in valid:
                continue
            if modifier.excluded.intersection(before):
                continue
            suffix = next((t for _lang, use, t in modifier.labels if use == r.PREFERRED), "")
            full = code + modifier.code
            title = ": ".join(part for part in (label or base, suffix) if part)
            language = found.labels[0][0] if found.labels else self._language
            made = _Class(full, found.kind, [(language, r.PREFERRED, title)], [code])
            yield from _emit(made, selectable=not rest)
            chain = [*before, f"{name} {modifier.code}"]
            yield from self._modify(found, rest, full, title, chain)


def _read_class(element: Element, language: str) -> _Class:
    labels = [
        (lang(label, language), _KINDS[str(rubric.get("kind"))], text(label))
        for rubric in children(element, "Rubric")
        if str(rubric.get("kind")) in _KINDS
        for label in children(rubric, "Label")
    ]
    modified = [
        (
            str(part.get("code")),
            str(part.get("all", "true")) == "true",
            [str(valid.get("code")) for valid in children(part, "ValidModifierClass")],
        )
        for part in children(element, "ModifiedBy")
    ]
    metas = [(str(meta.get("name")), str(meta.get("value"))) for meta in children(element, "Meta")]
    excluded = {value for name, value in metas if name == "excludeOnPrecedingModifier"}
    return _Class(
        code=str(element.get("code") or ""),
        kind=str(element.get("kind") or ""),
        labels=labels,
        parents=[str(part.get("code")) for part in children(element, "SuperClass")],
        modified=modified,
        excluded=excluded,
        usage=_USAGE.get(str(element.get("usage")), ""),
    )


def _emit(found: _Class, *, selectable: bool) -> Iterator[r.Record]:
    display = next((t for _lang, use, t in found.labels if use == r.PREFERRED), found.code)
    language = next((lang for lang, use, _t in found.labels if use == r.PREFERRED), "en")
    yield r.Concept(found.code, display, selectable=selectable, kind=found.kind, lang=language)
    for language, use, name in found.labels:
        if name:
            yield r.Designation(found.code, name, language, use)
    for parent in found.parents:
        yield r.Edge(found.code, parent)
    if found.usage:
        yield r.Property(found.code, "usage", found.usage, "code")
