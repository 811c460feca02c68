"""What is to be validated: a code, a Coding or a CodeableConcept, with the places of its parts."""

from dataclasses import dataclass

from portal.terminology.fhir.outcome import Json, invalid
from portal.terminology.fhir.parameters import Parameters


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


def read(parameters: Parameters) -> Request:
    """Read the subject of a validation; raise when there is none."""
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


def _subject(coding: Json, base: str) -> Subject:
    system, version = str(coding.get("system", "")), str(coding.get("version", ""))
    return Subject(
        system, version, str(coding.get("code", "")), str(coding.get("display", "")), base
    )
