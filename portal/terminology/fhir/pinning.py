"""Which version of a code system decides about a coding: the value set's, the rules', its own."""

from dataclasses import dataclass, field

from portal.terminology.fhir import versions
from portal.terminology.fhir.codings import Subject
from portal.terminology.fhir.compose import Part
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.nodes import System
from portal.terminology.fhir.outcome import FhirError, Issue, unknown_system
from portal.terminology.fhir.settings import Rules

UNKNOWN = "x-caused-by-unknown-system"


@dataclass
class Pinned:
    """The system version chosen, what is wrong with it, and the systems that are missing.

    ``loosened``: the version differs from what the value set says, so membership is asked without
    regard to versions.
    """

    system: System | None = None
    issues: list[Issue] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    loosened: bool = False
    fatal: FhirError | None = None


def pin(library: Library, rules: Rules, part: Part, subject: Subject) -> Pinned:
    """Choose the version for one include and one coding."""
    decided = rules.decided(part.system, part.version)
    out = Pinned()
    if not decided and subject.version and part.system not in rules.check:
        return _by_coding(library, rules, part, subject)
    out.system = library.system(part.system, decided)
    known = library.known_versions(part.system)
    if out.system is None:
        return _missing(library, out, part, subject, decided)
    if subject.version and not versions.matches(subject.version, out.system.version):
        agreed = library.system(part.system, subject.version)
        if agreed is not None and decided and versions.matches(decided, agreed.version):
            out.system = agreed
        else:
            out.issues.append(_mismatch(part, subject, decided, out.system.version))
            out.loosened = True
            if agreed is None:
                where = subject.at("system")
                out.issues.append(unknown_system(part.system, subject.version, known, where))
                out.unknown[versions.joined(part.system, subject.version)] = UNKNOWN
    elif decided:
        out.loosened = not versions.matches(part.version or decided, out.system.version)
    where = subject.at("version") if subject.version else ""
    refusal = rules.refusal(part.system, out.system.version, where)
    if refusal is not None:
        out.issues.append(refusal)
    return out


def _by_coding(library: Library, rules: Rules, part: Part, subject: Subject) -> Pinned:
    """Use the coding's own version where neither value set nor rules name one."""
    out = Pinned(library.system(part.system, subject.version))
    if out.system is not None:
        refusal = rules.refusal(part.system, out.system.version, subject.at("version"))
        out.issues += [refusal] if refusal else []
        return out
    out.system = library.system(part.system)
    known = library.known_versions(part.system)
    out.issues.append(unknown_system(part.system, subject.version, known, subject.at("system")))
    out.unknown[versions.joined(part.system, subject.version if known else "")] = UNKNOWN
    if out.system is not None:
        text = (
            f"The code system '{part.system}' version '{out.system.version}' for the versionless "
            "include in the ValueSet include is different to the one in the value "
            f"('{subject.version}')"
        )
        identity = "VALUESET_VALUE_MISMATCH_DEFAULT"
        where = subject.at("version")
        out.issues.append(
            Issue("warning", "invalid", "vs-invalid", text, identity, where, said=False)
        )
    return out


def _missing(library: Library, out: Pinned, part: Part, subject: Subject, decided: str) -> Pinned:
    """The value set names a version that is not here: nothing can be said about the coding."""
    known = library.known_versions(part.system)
    out.unknown[versions.joined(part.system, decided)] = UNKNOWN
    if subject.version:
        out.issues.append(_mismatch(part, subject, decided, decided))
    out.issues.append(unknown_system(part.system, decided, known, subject.at("system")))
    out.system = library.system(part.system, subject.version) if known else None
    out.loosened = True
    return out


def _mismatch(part: Part, subject: Subject, decided: str, actual: str) -> Issue:
    said = decided or actual
    how = ""
    identity = "VALUESET_VALUE_MISMATCH"
    if part.version and decided and decided != part.version:
        how = f" resulting from the version '{part.version}'"
        identity = "VALUESET_VALUE_MISMATCH_CHANGED"
    text = (
        f"The code system '{part.system}' version '{said}'{how} in the ValueSet include is "
        f"different to the one in the value ('{subject.version}')"
    )
    return Issue("error", "invalid", "vs-invalid", text, identity, subject.at("version"))
