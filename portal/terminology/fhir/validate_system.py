"""CodeSystem $validate-code: whether a system has a code, and whether that is its name."""

from portal.terminology.fhir import codings, versions
from portal.terminology.fhir.codings import Subject
from portal.terminology.fhir.displays import check_display
from portal.terminology.fhir.judgement import (
    Judgement,
    answer,
    note_case,
    note_inactive,
    unknown_code,
)
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import Issue, Json, invalid, unknown_system
from portal.terminology.fhir.parameters import Parameters
from portal.terminology.fhir.settings import Rules, apply_supplements, wanted_languages
from portal.terminology.fhir.status import validation_notes


def validate(library: Library, parameters: Parameters, header: str) -> Json:
    """Return the result of validating a code, Coding or CodeableConcept against its system."""
    apply_supplements(library, parameters, None)
    sent = parameters.resource("codeSystem")
    if sent is not None:
        library.add(sent)
    url = parameters.text("url") or str((sent or {}).get("url", ""))
    request = codings.read(parameters, system_known=True)
    if not url and not any(subject.system or subject.base for subject in request.subjects):
        raise invalid("Name the code system: the parameter 'url' (or a coding with its system)")
    rules = Rules.of(parameters)
    languages = wanted_languages(parameters, None, header, others=False)
    judgements = []
    for subject in request.subjects:
        judgement = _judge(library, rules, subject, url)
        if judgement.node is not None and judgement.system is not None:
            note_case(judgement)
            note_inactive(judgement)
            canonical = versions.joined(judgement.system.url, judgement.system.version)
            judgement.issues += validation_notes(judgement.system, canonical, {})
            if subject.display:
                issue = check_display(
                    subject.display,
                    judgement.node.names,
                    f"{judgement.system.url}#{judgement.node.code}",
                    languages,
                    lenient=parameters.flag("lenient-display-validation") is True,
                    where=subject.at("display"),
                )
                judgement.issues += [issue] if issue else []
        judgements.append(judgement)
    return answer(request, judgements, [], languages)


def _judge(library: Library, rules: Rules, subject: Subject, url: str) -> Judgement:
    judgement = Judgement(subject, issues=codings.incomplete(subject))
    if judgement.issues:
        return judgement
    system_url = url or subject.system
    if subject.system and url and subject.system != url:
        text = (
            f"The code system '{subject.system}' of the coding is not the one asked for ('{url}')"
        )
        judgement.issues.append(
            Issue("error", "invalid", "invalid-data", text, "", subject.at("system"))
        )
    wanted = rules.force.get(system_url) or subject.version or rules.decided(system_url, "")
    system = library.system(system_url, wanted)
    if system is None:
        known = library.known_versions(system_url)
        judgement.issues.append(unknown_system(system_url, wanted, known, subject.at("system")))
        judgement.unknown[versions.joined(system_url, wanted)] = "x-caused-by-unknown-system"
        return judgement
    judgement.system = system
    refusal = rules.refusal(system_url, system.version, subject.at("version"))
    if refusal is not None:
        judgement.issues.append(refusal)
    judgement.node = system.locate(subject.code)
    judgement.found = judgement.node is not None
    if judgement.node is None:
        unknown_code(judgement, system)
        judgement.found = system.content == "fragment"
    return judgement
