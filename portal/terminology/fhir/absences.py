"""Why there is no code system of the name that a coding gives."""

import re

from portal.terminology.fhir import versions
from portal.terminology.fhir.judgement import Judgement
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import Issue, unknown_system

_ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")


def no_such_system(library: Library, judgement: Judgement) -> None:
    """Add the issues: it names a value set, a supplement, a relative address, or nothing known."""
    system = judgement.subject.system
    if library.has_value_set(system):
        text = f"The Coding references a value set, not a code system ('{system}')"
        _say(judgement, text, "Terminology_TX_System_ValueSet2")
        return
    supplement = library.supplement_of(system)
    if supplement:
        text = (
            f"CodeSystem {supplement} is a supplement, so can't be used as a value in Coding.system"
        )
        _say(judgement, text, "CODESYSTEM_CS_NO_SUPPLEMENT")
        return
    if not _ABSOLUTE.match(system):
        text = "Coding.system must be an absolute reference, not a local reference"
        _say(judgement, text, "Terminology_TX_System_Relative")
    version, known = judgement.subject.version, library.known_versions(system)
    where = judgement.subject.at("system")
    judgement.issues.append(unknown_system(system, version, known, where))
    name = "x-caused-by-unknown-system" if known else "x-unknown-system"
    judgement.unknown[versions.joined(system, version if known else "")] = name


def _say(judgement: Judgement, text: str, identity: str) -> None:
    where = judgement.subject.at("system")
    judgement.issues.append(Issue("error", "invalid", "invalid-data", text, identity, where))
