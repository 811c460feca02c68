"""What became of one coding, and the Parameters that say so."""

from dataclasses import dataclass, field, replace

from portal.terminology.fhir import versions
from portal.terminology.fhir.codings import Request, Subject
from portal.terminology.fhir.languages import Languages, choose
from portal.terminology.fhir.nodes import Node, System
from portal.terminology.fhir.outcome import Issue, Json, message, outcome
from portal.terminology.fhir.parameters import element, resource


@dataclass
class Judgement:
    """The result for one coding. ``found``: it is where it should be, whatever else is wrong."""

    subject: Subject
    found: bool = False
    system: System | None = None
    node: Node | None = None
    issues: list[Issue] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    shown: str = ""

    @property
    def ok(self) -> bool:
        """Whether the coding is valid: found, and no error."""
        return self.found and not any(issue.severity == "error" for issue in self.issues)


def note_inactive(judgement: Judgement) -> None:
    """Add the warnings about a retired or deprecated concept."""
    node = judgement.node
    if node is None:
        return
    if node.deprecated:
        text = f"The concept '{node.code}' is deprecated and its use should be reviewed"
        judgement.issues.append(
            Issue(
                "warning", "business-rule", "code-comment", text, "DEPRECATED_CONCEPT_FOUND",
                judgement.subject.whole,
            )
        )  # fmt: skip
    if not node.inactive:
        return
    for status in dict.fromkeys(["inactive", node.status or "inactive"]):
        text = f"The concept '{node.code}' has a status of {status} and its use should be reviewed"
        judgement.issues.append(
            Issue(
                "warning", "business-rule", "code-comment", text, "INACTIVE_CONCEPT_FOUND",
                judgement.subject.whole,
            )
        )  # fmt: skip


def note_case(judgement: Judgement) -> None:
    """Add the note about a code that is right but for its case."""
    node, system = judgement.node, judgement.system
    if node is None or system is None or node.code == judgement.subject.code:
        return
    canonical = f"{system.url}|{system.version}" if system.version else system.url
    text = (
        f"The code '{judgement.subject.code}' differs from the correct code '{node.code}' by case. "
        f"Although the code system '{canonical}' is case insensitive, implementers are strongly "
        "encouraged to use the correct case anyway"
    )
    judgement.issues.append(
        Issue(
            "information", "business-rule", "code-rule", text, "CODE_CASE_DIFFERENCE",
            judgement.subject.at("code"), said=False,
        )
    )  # fmt: skip


def unknown_code(judgement: Judgement, system: System) -> None:
    """Add the issue for a code that its system does not have; in a fragment it is a warning."""
    subject = judgement.subject
    where = f"'{system.url}'" + (f" version '{system.version}'" if system.version else "")
    if system.content == "fragment":
        text = (
            f"Unknown Code '{subject.code}' in the CodeSystem {where} - note that the code system "
            "is labeled as a fragment, so the code may be valid in some other fragment"
        )
        judgement.issues.append(
            Issue(
                "warning", "code-invalid", "invalid-code", text, "UNKNOWN_CODE_IN_FRAGMENT",
                subject.at("code"), said=False,
            )
        )  # fmt: skip
        return
    text = f"Unknown code '{subject.code}' in the CodeSystem {where}"
    identity = "Unknown_Code_in_Version" if system.version else "Unknown_Code_in"
    judgement.issues.append(
        Issue("error", "code-invalid", "invalid-code", text, identity, subject.at("code"))
    )


def excuse_unknown_system(judgement: Judgement) -> None:
    """Turn "the code system is not here" into a warning: another coding of the concept is valid."""
    for number, issue in enumerate(judgement.issues):
        if issue.severity == "error" and issue.message_id.startswith("UNKNOWN_CODESYSTEM"):
            subject = judgement.subject
            name = versions.joined(subject.system, subject.version)
            text = (
                f"A definition for CodeSystem '{name}' could not be found, so this coding was not "
                "checked"
            )
            judgement.issues[number] = replace(
                issue,
                severity="warning",
                text=text,
                message_id="UNKNOWN_CODESYSTEM_CODING_NOT_CHECKED",
            )
            judgement.unknown.clear()


def answer(
    request: Request, judgements: list[Judgement], extra: list[Issue], languages: Languages
) -> Json:
    """Return the Parameters of a validation: result, the coding that counts, issues."""
    issues = [*extra, *(issue for judgement in judgements for issue in judgement.issues)]
    found = [judgement for judgement in judgements if judgement.found]
    good = bool(found) and not any(issue.severity == "error" for issue in issues)
    out = [element("result", "Boolean", good)]
    if request.concept is not None:
        out.append(element("codeableConcept", "CodeableConcept", request.concept))
    chosen = next(iter(found), None)
    if chosen is None and request.concept is None:
        chosen = next(iter(judgements), None)
    if chosen is not None:
        out += _about(chosen, languages)
    if issues:
        out.append({"name": "issues", "resource": outcome(issues)})
        said = message(issues)
        if said:
            out.append(element("message", "String", said))
    for judgement in judgements:
        for canonical, name in judgement.unknown.items():
            entry = element(name, "Canonical", canonical)
            if entry not in out:
                out.append(entry)
    return resource(out)


def _about(judgement: Judgement, languages: Languages) -> list[Json]:
    subject, node, system = judgement.subject, judgement.node, judgement.system
    if not subject.code:
        return []
    out = [element("code", "Code", subject.code)]
    url = system.url if system is not None else subject.system
    if url:
        out.append(element("system", "Uri", url))
    if system is not None and system.version:
        out.append(element("version", "String", system.version))
    if node is None:
        return out
    name = choose(node.names, languages)
    shown = judgement.shown or (name.text if name else node.display)
    if shown:
        out.append(element("display", "String", shown))
    if node.deprecated:
        out.append(element("status", "Code", node.status))
    if node.inactive:
        out.append(element("inactive", "Boolean", value=True))
        if node.status and node.status != "inactive":
            out.append(element("status", "Code", node.status))
    if node.code != subject.code:
        out.append(element("normalized-code", "Code", node.code))
    return out
