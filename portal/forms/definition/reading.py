"""What the readers of single keywords share: the file, the issues found, the places noted."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.forms.definition.source import Mapping, Node, Scalar, Sequence
from portal.kernel.errors import Issue, nearest

SYSTEMS = {
    "LOINC": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "HPO": "http://human-phenotype-ontology.org",
    "ORPHA": "https://www.orpha.net",
    "OMIM": "http://www.omim.org",
    "HGNC": "http://www.genenames.org",
    "HGVS": "http://varnomen.hgvs.org",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "ICD11": "http://id.who.int/icd/release/11/mms",
    "ICDO": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "ATC": "http://www.whocc.no/atc",
    "UCUM": "http://unitsofmeasure.org",
    "ISO3166": "urn:iso:std:iso:3166",
    "GENDER": "http://hl7.org/fhir/administrative-gender",
    "NULL": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
}
"""Prefixes that need no ``codes:`` entry; a form may declare them again, with its own address."""

ALIASES = {
    "http://www.orpha.net": "https://www.orpha.net",
    "http://purl.obolibrary.org/obo/hp.owl": SYSTEMS["HPO"],
    "http://purl.obolibrary.org/obo/hp": SYSTEMS["HPO"],
    "http://www.human-phenotype-ontology.org": SYSTEMS["HPO"],
    "https://omim.org": SYSTEMS["OMIM"],
    "https://www.omim.org": SYSTEMS["OMIM"],
    "http://omim.org": SYSTEMS["OMIM"],
}
"""Older addresses of code systems that older data still carry; both name the same system."""


def same_system(system: str) -> str:
    """Return the address under which a code system is compared."""
    return ALIASES.get(system, system)


@dataclass(frozen=True)
class Place:
    """Where something stands: file and line (from 1; 0 when unknown)."""

    file: str = ""
    line: int = 0


@dataclass
class Reading:
    """The state of reading one file. ``places`` maps ``(id, keyword)`` to where it stands."""

    file: str = ""
    languages: tuple[str, ...] = ("en",)
    codes: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    any_language: bool = False
    rules_named: str = "rule"
    rules_seen: int = 0

    def rule_name(self, owner: str) -> str:
        """Return the id of a rule that was written without one."""
        self.rules_seen += 1
        return f"{owner or self.rules_named}-{self.rules_seen}"

    def report(self, node: Node | int, key: str, message: str, near: str = "") -> None:
        """Note one fault at a node or line."""
        line = node if isinstance(node, int) else node.line
        self.issues.append(Issue(message, self.file, line, key, near))

    def note(self, owner: str, keyword: str, line: int) -> None:
        """Remember where a keyword of an item stands, for faults that are found later."""
        self.places[owner, keyword] = Place(self.file, line)

    def unknown(self, key: Scalar, known: Iterable[str], where: str) -> None:
        """Report a keyword that does not exist in this place."""
        names = list(known)
        near = nearest(key.text, names)
        tail = "" if near else f" Known here: {', '.join(sorted(names)[:14])} …"
        self.report(key, key.text, f"'{key.text}' is not a keyword of {where}.{tail}", near)

    def scalar(self, node: Node, key: str, wanted: str) -> str | None:
        """Return the text of a single value, or report that something else stands there."""
        if isinstance(node, Scalar):
            return node.text
        found = "a list" if isinstance(node, Sequence) else "a mapping"
        self.report(node, key, f"{wanted} was expected here, {found} was found")
        return None

    def mapping(self, node: Node, key: str, wanted: str) -> Mapping | None:
        """Return a mapping, or report that something else stands there."""
        if isinstance(node, Mapping):
            return node
        self.report(node, key, f"{wanted} was expected here ('name: value' lines)")
        return None

    def sequence(self, node: Node, key: str, wanted: str) -> Sequence | None:
        """Return a list, or report that something else stands there."""
        if isinstance(node, Sequence):
            return node
        self.report(node, key, f"a list of {wanted} was expected here (lines starting with '- ')")
        return None
