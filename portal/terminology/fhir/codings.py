"""What is to be validated: a code, a Coding or a CodeableConcept, with the places of its parts."""

from dataclasses import dataclass

from portal.terminology.fhir.outcome import Issue, Json, invalid
from portal.terminology.fhir.parameters import Parameters

_NO_SYSTEM = (
    "Coding has no system. A code with no system has no defined meaning, and it cannot "
    "be validated. A system should be provided"
)
_NEITHER = "Coding has no system and no code, and cannot be validated"


@dataclass(frozen=True)
class Subject:
    """One coding. ``base`` is its FHIRPath ('' when it came as single parameters)."""

    system: str
    version: str
    code: str
    display: str
    base: str = ""

    def at(self, part: str) -> str:
        """Return the FHIRPath of a part (``code``, ``system``, ``version``, ``display``)."""
        return f"{self.base}.{part}" if self.base else part

    @property
    def whole(self) -> str:
        """The FHIRPath of the coding itself."""
        return self.base or "code"

    def named(self, *, with_display: bool = False) -> str:
        """Return ``system|version#code`` as messages show it."""
        version = f"|{self.version}" if self.version else ""
        shown = f" ('{self.display}')" if with_display and self.display else ""
        return f"{self.system}{version}#{self.code}{shown}"


@dataclass(frozen=True)
class Request:
    """The subjects of one validation and the CodeableConcept they came from, if any."""

    subjects: tuple[Subject, ...]
    concept: Json | None = None


def read(parameters: Parameters, *, system_known: bool) -> Request:
    """Read the subject of a validation; raise when there is none.

    ``system_known``: a single code may come without its system, because it follows from something else.
    """
    concept = parameters.resource("codeableConcept")
    if concept is not None:
        codings = concept.get("coding", [])
        subjects = tuple(
            _subject(coding, f"CodeableConcept.coding[{number}]")
            for number, coding in enumerate(codings)
        )
        return Request(subjects, concept)
    coding = parameters.resource("coding")
    if coding is not None:
        return Request((_subject(coding, "Coding"),))
    code = parameters.text("code")
    if not code:
        raise invalid(
            "Unable to find code to validate (looked for coding | codeableConcept | code)"
        )
    if not system_known and not parameters.text("system"):
        raise invalid("A 'code' needs its 'system', or 'inferSystem' to look for it")
    return Request(
        (
            Subject(
                parameters.text("system"),
                parameters.text("systemVersion", "version"),
                code,
                parameters.text("display"),
            ),
        )
    )


def incomplete(subject: Subject) -> list[Issue]:
    """Return the warnings about a Coding without code, without system, or without both.

    They are warnings: only the sender knows whether such a coding is allowed where it stands.
    """
    if subject.code and (subject.system or not subject.base):
        return []
    if subject.code:
        text, identity = _NO_SYSTEM, "Coding_has_no_system__cannot_validate"
    elif subject.system:
        text = f"Coding has no code for system {subject.system} and cannot be validated"
        identity = "Coding_has_no_code__cannot_validate"
    else:
        text, identity = _NEITHER, "Coding_has_no_system_or_code__cannot_validate"
    return [Issue("warning", "invalid", "invalid-data", text, identity, subject.whole)]


def _subject(coding: Json, base: str) -> Subject:
    system, version = str(coding.get("system", "")), str(coding.get("version", ""))
    return Subject(
        system, version, str(coding.get("code", "")), str(coding.get("display", "")), base
    )
