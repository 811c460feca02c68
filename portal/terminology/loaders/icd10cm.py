"""ICD-10-CM tabular XML (CDC/NCHS), 7th characters built as the tabular list tells."""

from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader
from portal.terminology.loaders.xmlread import Element, child, children, elements, local, text


class Icd10CmLoader(BaseLoader):
    """Chapters, blocks, categories and codes; the option ``seventh: true`` adds 7th characters.

    A code that takes a 7th character is itself not selectable; shorter codes are filled with the
    placeholder X (T36 → T36.0X1A). Inclusion terms are synonyms.
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one tabular file."""
        seventh = self.context.options.get("seventh") == "true"
        for element in elements(file, {"version", "chapter"}, root="ICD10CM.tabular"):
            if local(element) == "version":
                yield r.Header(text(element))
            else:
                yield from _chapter(element, seventh=seventh)


def _chapter(element: Element, *, seventh: bool) -> Iterator[r.Record]:
    code = f"chapter-{text(child(element, 'name'))}"
    yield r.Concept(code, text(child(element, "desc")), selectable=False, kind="chapter")
    for section in children(element, "section"):
        block = str(section.get("id"))
        diagnoses = children(section, "diag")
        parent = code
        if "-" in block:
            yield r.Concept(block, text(child(section, "desc")), selectable=False, kind="block")
            yield r.Edge(block, code)
            parent = block
        for diagnosis in diagnoses:
            yield from _diagnosis(diagnosis, parent, {}, seventh=seventh)


def _diagnosis(
    element: Element, parent: str, inherited: dict[str, str], *, seventh: bool
) -> Iterator[r.Record]:
    code, title = text(child(element, "name")), text(child(element, "desc"))
    below = children(element, "diag")
    own = child(element, "sevenChrDef")
    extensions = _extensions(own) if own is not None else inherited
    selectable = not below and not extensions
    yield r.Concept(code, title, selectable=selectable, kind="code" if selectable else "category")
    yield r.Edge(code, parent)
    for note in _notes(element, "inclusionTerm"):
        yield r.Designation(code, note, "en", r.SYNONYM)
    for part in below:
        yield from _diagnosis(part, code, extensions, seventh=seventh)
    if seventh and not below:
        for character, meaning in extensions.items():
            filled = f"{code}." if "." not in code else code
            full = filled + "X" * (7 - len(filled)) + character
            yield r.Concept(full, f"{title}, {meaning}", kind="code")
            yield r.Edge(full, code)


def _extensions(element: Element) -> dict[str, str]:
    return {str(part.get("char")): text(part) for part in children(element, "extension")}


def _notes(element: Element, name: str) -> list[str]:
    return [text(note) for group in children(element, name) for note in children(group, "note")]
