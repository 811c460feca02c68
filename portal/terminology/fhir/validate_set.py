"""ValueSet $validate-code and $batch-validate-code: whether a coding is in a value set."""

from portal.terminology.fhir import codings, versions
from portal.terminology.fhir.absences import no_such_system
from portal.terminology.fhir.closer import Closer
from portal.terminology.fhir.codings import Request, Subject
from portal.terminology.fhir.compose import Member, Members, Part, View, view_of
from portal.terminology.fhir.contains import names_of
from portal.terminology.fhir.judgement import (
    Judgement,
    answer,
    excuse_unknown_system,
    note_inactive,
    unknown_code,
)
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import FhirError, Issue, Json
from portal.terminology.fhir.parameters import Parameters, resource
from portal.terminology.fhir.pinning import Pinned, pin
from portal.terminology.fhir.settings import (
    Rules,
    apply_supplements,
    expansion_parameters,
    find_value_set,
    wanted_languages,
)
from portal.terminology.fhir.status import validation_notes

UNIDENTIFIED = "(unidentified)"
NOT_IN = "None_of_the_provided_codes_are_in_the_value_set_one"
MAX_BATCH = 200


def validate(library: Library, parameters: Parameters, header: str) -> Json:
    """Return the result of validating a code, Coding or CodeableConcept against a value set."""
    return Validation(library, parameters, header).run()


def batch(library: Library, parameters: Parameters, header: str) -> Json:
    """Validate many codings; what they do not say themselves stands beside them."""
    entries = parameters.resources("validation")
    if len(entries) > MAX_BATCH:
        text = f"More than {MAX_BATCH} validations in one batch"
        raise FhirError(413, Issue("error", "too-costly", "", text))
    common = Parameters([e for e in parameters.entries if e.get("name") != "validation"])
    out = []
    for entry in entries:
        try:
            result = validate(library, Parameters.of_resource(entry).plus(common), header)
        except FhirError as error:
            result = error.as_json()
        out.append({"name": "validation", "resource": result})
    return resource(out)


class Validation:
    """One validation: what was asked for, and the judgement of each coding."""

    def __init__(self, library: Library, parameters: Parameters, header: str) -> None:
        self.rules = Rules.of(parameters)
        self.value_set = find_value_set(library, parameters, self.rules)
        own = [{"name": n, "valueString": v} for n, v in expansion_parameters(self.value_set)]
        self.parameters = parameters.plus(Parameters(list(own)))
        apply_supplements(library, self.parameters, self.value_set)
        self.library = library
        self.languages = wanted_languages(self.parameters, self.value_set, header, others=False)
        self.members = Members(library, self.rules)
        self.view = view_of(self.value_set)
        self.canonical = self.view.canonical
        mode = self.parameters.text("mode", "valueSetMode")
        self.membership_only = (
            self.parameters.flag("valueset-membership-only") is True
            or mode == "CHECK_MEMBERSHIP_ONLY"
        )
        self.infer = self.parameters.flag("inferSystem") is True
        self.closer = Closer(self)

    def run(self) -> Json:
        """Return the Parameters of the result."""
        request = codings.read(self.parameters, system_known=self.infer)
        judgements = [self.judge(subject, request) for subject in request.subjects]
        if request.concept is not None and any(judgement.found for judgement in judgements):
            for judgement in judgements:
                excuse_unknown_system(judgement)
        extra = self._general(request, judgements)
        if any(judgement.found for judgement in judgements):
            extra += validation_notes(None, self.canonical, self.value_set)
        return answer(request, judgements, extra, self.languages)

    def _general(self, request: Request, judgements: list[Judgement]) -> list[Issue]:
        if request.concept is None or any(judgement.found for judgement in judgements):
            return []
        if any(issue.tx == "version-error" for j in judgements for issue in j.issues):
            return []
        text = f"No valid coding was found for the value set '{self.canonical or UNIDENTIFIED}'"
        return [Issue("error", "code-invalid", "not-in-vs", text, "TX_GENERAL_CC_ERROR_MESSAGE")]

    def judge(self, subject: Subject, request: Request) -> Judgement:
        """Return what becomes of one coding."""
        judgement = Judgement(subject)
        several = request.concept is not None
        judgement.issues += codings.incomplete(subject)
        if not subject.code:
            return judgement
        if not subject.system and not subject.base:
            subject = judgement.subject = self._inferred(judgement)
        if not subject.system:
            self._say_not_in(judgement, several=several, said=not several)
            return judgement
        try:
            self._search(judgement)
        except FhirError as error:
            if error.issue.message_id != "Unable_to_resolve_value_Set_":
                raise
            judgement.issues.append(error.issue)
            self._located(judgement)
            return judgement
        if judgement.found and judgement.node is not None:
            refused = self.closer.look(judgement)
            if refused:
                self._say_not_in(judgement, several=several, said=True)
        elif not judgement.found:
            self._not_found(judgement, several=several)
        return judgement

    def _inferred(self, judgement: Judgement) -> Subject:
        """Find the one system of the value set that has the code."""
        subject, found = judgement.subject, dict[str, None]()
        for part in self._parts(self.view, [self.canonical]):
            system = self.library.system(part.system, self.rules.decided(part.system, part.version))
            node = system.locate(subject.code) if system else None
            if system and node and self._member(Member(system, node, {})):
                found[system.url] = None
        if len(found) == 1:
            return Subject(next(iter(found)), subject.version, subject.code, subject.display)
        text = (
            f"The System URI could not be determined for the code '{subject.code}' in the ValueSet "
            f"'{self.canonical}'"
        )
        identity = "UNABLE_TO_INFER_CODESYSTEM"
        if found:
            text += f": value set expansion has multiple matches: [{', '.join(found)}]"
            identity = "Unable_to_resolve_system__value_set_has_multiple_matches"
        judgement.issues.append(
            Issue("error", "not-found", "cannot-infer", text, identity, subject.at("code"))
        )
        return subject

    def _parts(self, view: View, path: list[str]) -> list[Part]:
        """Return every include with a system, also of imported value sets."""
        out = []
        for part in view.includes:
            if part.system:
                out.append(part)
            for url in part.value_sets:
                inner, longer = self.members.imported(part, url, path)
                out += self._parts(inner, longer)
        return out

    def _say_not_in(self, judgement: Judgement, *, several: bool, said: bool) -> None:
        subject = judgement.subject
        named, value_set = subject.named(with_display=True), self.canonical or UNIDENTIFIED
        text = f"The provided code '{named}' was not found in the value set '{value_set}'"
        severity, tx = ("information", "this-code-not-in-vs") if several else ("error", "not-in-vs")
        judgement.issues.append(
            Issue(severity, "code-invalid", tx, text, NOT_IN, subject.at("code"), said=said)
        )

    def _search(self, judgement: Judgement) -> None:
        """Look for the coding in every include that speaks of its system."""
        subject = judgement.subject
        parts = [p for p in self._parts(self.view, [self.canonical]) if p.system == subject.system]
        if self.view.expanded:
            self._located(judgement)
            node, system = judgement.node, judgement.system
            if node and system:
                judgement.found = self._member(Member(system, node, {}))
            return
        parts = self._by_version(parts, subject)
        pinned = [pin(self.library, self.rules, part, subject) for part in parts]
        for part, choice in zip(parts, pinned, strict=True):
            self._try(judgement, part, choice)
            if judgement.found:
                return
        if not parts:
            self._located(judgement)

    def _by_version(self, parts: list[Part], subject: Subject) -> list[Part]:
        """Put includes of several versions in the order in which they are to be tried.

        The coding's own version, if one includes it; else those that have the code under the
        coding's display first, and newer ones before older ones.
        """
        if len({part.version for part in parts if part.version}) < 2:
            return parts
        if subject.version:
            return [part for part in parts if part.version == subject.version] or parts

        def has(part: Part) -> bool:
            system = self.library.system(part.system, self.rules.decided(part.system, part.version))
            node = system.locate(subject.code) if system else None
            if node is None:
                return False
            shown = subject.display
            return not shown or any(name.text == shown for name in node.names)

        newest = sorted(parts, key=lambda part: versions.order_of(part.version), reverse=True)
        return sorted(newest, key=lambda part: not has(part))

    def _try(self, judgement: Judgement, part: Part, choice: Pinned) -> None:
        if choice.fatal is not None:
            raise choice.fatal
        node = choice.system.locate(judgement.subject.code) if choice.system else None
        found = bool(
            choice.system and node and self._member(Member(choice.system, node, {}), choice)
        )
        fragment = (
            choice.system is not None and node is None and choice.system.content == "fragment"
        )
        if found or fragment or judgement.system is None:
            judgement.system, judgement.node = choice.system, node
            judgement.found = found or fragment
            new = [issue for issue in choice.issues if issue not in judgement.issues]
            judgement.issues += new
            judgement.unknown.update(choice.unknown)
        if found and node is not None:
            entry = part.listed(node.code) or {}
            node.names = names_of(node, entry)
            judgement.issues += self.closer.deprecated(judgement, entry)
        if fragment and choice.system is not None:
            unknown_code(judgement, choice.system)

    def _member(self, member: Member, choice: Pinned | None = None) -> bool:
        members = self.members
        if choice is not None and choice.loosened:
            members = Members(self.library, Rules(value_sets=self.rules.value_sets))
            loose = _without_versions(self.view)
            return members.holds(loose, member, [self.canonical])
        return members.holds(self.view, member, [self.canonical])

    def _located(self, judgement: Judgement) -> None:
        """Find system and concept of a coding whose system no include names."""
        subject = judgement.subject
        wanted = subject.version or self.rules.decided(subject.system, "")
        judgement.system = self.library.system(subject.system, wanted)
        if judgement.system is not None:
            judgement.node = judgement.system.locate(subject.code)

    def _not_found(self, judgement: Judgement, *, several: bool) -> None:
        system = judgement.system
        stopped = any(issue.tx in ("vs-invalid", "not-found") for issue in judgement.issues)
        if stopped:
            return
        self._say_not_in(judgement, several=several, said=not several)
        if self.membership_only:
            return
        if system is None:
            no_such_system(self.library, judgement)
        elif judgement.node is None:
            unknown_code(judgement, system)
        else:
            note_inactive(judgement)
            self.closer.named_rightly(judgement)


def _without_versions(view: View) -> View:
    """Return a view whose own includes name no version (the coding's was found wanting already)."""
    from dataclasses import replace

    loose = View(view.resource, [], [], view.active_only, view.expanded)
    loose.includes = [replace(part, version="") for part in view.includes]
    loose.excludes = [replace(part, version="") for part in view.excludes]
    return loose
