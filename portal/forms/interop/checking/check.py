"""The walk through a response, item by item, beside the Questionnaire."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.forms.expressions.moments import compare, moment
from portal.forms.interop.access import (
    EXTENSION,
    Json,
    child,
    flag,
    objects,
    shown,
    text,
    value_of,
    whole,
)
from portal.forms.interop.checking.constraints import ConstraintCheck
from portal.forms.interop.checking.enabling import Enabling, Stack
from portal.forms.interop.checking.items import MAX_LEVELS, TYPES, Asked, Form
from portal.forms.interop.checking.normal import questionnaire_as_r4, response_as_r4
from portal.forms.interop.checking.options import OptionCheck
from portal.forms.interop.checking.shape import ShapeCheck
from portal.forms.interop.checking.values import ValueCheck
from portal.forms.interop.findings import Findings
from portal.forms.interop.standard.codes import Codes
from portal.kernel.errors import nearest

MIN_OCCURS = f"{EXTENSION}questionnaire-minOccurs"
MAX_OCCURS = f"{EXTENSION}questionnaire-maxOccurs"
_KINDS = frozenset({*TYPES, "choice", "open-choice", "group", "display", "question"})
Truth = bool | None
_SILENT = frozenset({"group", "display", "question"})


def check_response(
    questionnaire: Json, response: Json, *, beside: Iterable[Json] = (), today: str = ""
) -> Findings:
    """Judge a response. ``beside`` are value sets and code systems that the form refers to.

    ``today`` (``2024-05-17``) is what ``today()`` means in conditions. Input of any shape is safe.
    """
    findings = Findings()
    answers = response_as_r4(response)
    ShapeCheck(findings).resource(answers)
    form = Form(questionnaire_as_r4(_asked_by(questionnaire, answers)))
    codes = Codes()
    codes.bring(objects(form.questionnaire, "contained"), contained=True)
    codes.bring(objects(answers, "contained"), contained=True)
    codes.bring(beside)
    language = text(answers, "language") or text(form.questionnaire, "language") or "en"
    options = OptionCheck(codes, findings, english=language.startswith("en"))
    enabling = Enabling(form, answers, today)
    done = text(answers, "status") in {"completed", "amended"}
    constraints = ConstraintCheck(enabling, findings, done=done)
    inside = {"": "QuestionnaireResponse"}
    inside |= {text(one, "id"): text(one, "resourceType") for one in objects(answers, "contained")}
    values = ValueCheck(options, findings, inside)
    walk = _Walk(form, findings, values, enabling, constraints, done=done)
    if not form.questionnaire:
        message = "the Questionnaire is not here: only the shape of the response was checked"
        findings.warning("not-found", "", message)
        return findings
    _check_heading(findings, form.questionnaire, answers)
    walk.level(form.root.children, answers, ())
    walk.constraints.check(None, answers)
    return findings


def _asked_by(questionnaire: Json, response: Json) -> Json:
    """Return the Questionnaire that a response carries itself, where it names one, else the given."""
    wanted = text(response, "questionnaire")
    if wanted.startswith("#"):
        for one in objects(response, "contained"):
            if text(one, "id") == wanted[1:] and text(one, "resourceType") == "Questionnaire":
                return one
    return questionnaire


def _check_heading(findings: Findings, questionnaire: Json, response: Json) -> None:
    """Compare the address, version and period of the form with what the response says."""
    named, _, version = text(response, "questionnaire").partition("|")
    address = text(questionnaire, "url")
    if named and not named.startswith("#") and address:
        identifier = text(questionnaire, "id")
        local = bool(identifier) and named.rstrip("/").endswith(f"Questionnaire/{identifier}")
        if named != address and not local:
            findings.warning(
                "business-rule",
                "",
                f"the response answers {shown(named, 200)}, this is {shown(address, 200)}",
            )
        elif version and text(questionnaire, "version") not in {"", version}:
            findings.warning(
                "business-rule",
                "",
                f"the response answers version {shown(version)}, this is version "
                f"{shown(text(questionnaire, 'version'))}",
            )
    authored, period = moment(text(response, "authored")), child(questionnaire, "effectivePeriod")
    for edge, sign, word in (("start", -1, "before the start"), ("end", 1, "after the end")):
        bound = moment(text(period, edge))
        if authored is not None and bound is not None and compare(authored, bound) == sign:
            message = f"the response was written {word} of the form's period, {bound}"
            findings.warning("business-rule", "", message)


@dataclass
class _Walk:
    """Goes through the items of a response beside those of the form."""

    form: Form
    findings: Findings
    values: ValueCheck
    enabling: Enabling
    constraints: ConstraintCheck
    done: bool

    def missing(self, code: str, link_id: str, message: str) -> None:
        """Note what is missing: an error once the response is completed, else a warning."""
        self.findings.add("error" if self.done else "warning", code, link_id, message)

    def level(self, asked: list[Asked], node: Json, stack: Stack) -> None:
        """Check the items directly below a response, an item or an answer."""
        if len(stack) > MAX_LEVELS:
            self.findings.error("structure", stack[-1][0].link_id, "nested too deeply")
            return
        order: dict[str, int] = {}
        for index, one in enumerate(asked):
            order.setdefault(one.link_id, index)
        given: dict[str, list[Json]] = {}
        last = -1
        for item in objects(node, "item"):
            link_id = text(item, "linkId")
            if link_id not in order:
                self._stray(link_id, item, stack)
                continue
            if order[link_id] < last:
                message = "this item does not stand in the order of the form"
                self.findings.error("structure", link_id, message)
            last = order[link_id]
            given.setdefault(link_id, []).append(item)
        for link_id, index in order.items():
            self._item(asked[index], given.get(link_id, []), stack)

    def _stray(self, link_id: str, item: Json, stack: Stack) -> None:
        """Report an item that does not belong here; check it all the same if it is known."""
        if not link_id:
            return
        known = self.form.by_id.get(link_id)
        if known is None:
            near = nearest(link_id[:100], self.form.by_id)
            hint = f" Did you mean '{shown(near)}'?" if near else ""
            message = f"there is no item '{shown(link_id)}' in the form.{hint}"
            self.findings.error("not-found", link_id, message)
            return
        self.findings.error("structure", link_id, "this item stands in the wrong place")
        self._one(known, item, (*stack, (known, item)), enabled=True)

    def _item(self, asked: Asked, given: list[Json], stack: Stack) -> None:
        """Check every occurrence of one item of the form (none, one or several)."""
        enabled = self.enabling.enabled(asked, stack)
        if not given:
            if asked.required and enabled is not False:
                self._required(asked, enabled)
            return
        if enabled is False and any(one.get("answer") or one.get("item") for one in given):
            message = "this item is not enabled by the other answers, but it is answered"
            self.findings.error("invalid", asked.link_id, message)
        if enabled is None:
            message = "whether this item is enabled is not checkable"
            self.findings.warning("not-supported", asked.link_id, message)
        if len(given) > 1 and not asked.repeats:
            message = f"this item stands here {len(given)} times, it does not repeat"
            self.findings.error("invalid", asked.link_id, message)
        group = asked.kind == "group"
        if group or enabled is not False:
            count = len(given) if group else sum(len(objects(one, "answer")) for one in given)
            self._occurs(asked, count)
        for one in given:
            self._one(asked, one, (*stack, (asked, one)), enabled=enabled)

    def _required(self, asked: Asked, enabled: Truth) -> None:
        message = "this item is required, but it is not answered"
        if enabled is None:
            self.findings.warning("required", asked.link_id, f"{message} (if it is enabled)")
        else:
            self.missing("required", asked.link_id, message)

    def _one(self, asked: Asked, node: Json, stack: Stack, *, enabled: bool | None) -> None:
        """Check one occurrence: its text, its answers, what lies below."""
        written = text(node, "text")
        if written and written not in asked.texts:
            expected = shown(text(asked.node, "text"))
            message = f"the text is '{shown(written)}', in the form it is '{expected}'"
            self.findings.error("invalid", asked.link_id, message)
        answers = objects(node, "answer")
        if enabled is not False:
            self.constraints.check(asked, node)
        if asked.kind == "group":
            self._group(asked, node, answers, stack, enabled=enabled)
            return
        if node.get("item"):
            what = (
                "a display holds no items"
                if asked.kind == "display"
                else ("items below a question stand below its answer")
            )
            self.findings.error("structure", asked.link_id, what)
        if answers and asked.kind in _SILENT:
            self.findings.error("structure", asked.link_id, f"a {asked.kind} has no answer")
            return
        if asked.kind not in _KINDS:
            message = f"the form gives this item no type that FHIR knows ('{shown(asked.kind)}')"
            self.findings.error("required", asked.link_id, message)
        if not answers and asked.required and asked.kind != "display" and enabled is not False:
            self._required(asked, enabled)
        if answers or enabled is not False:
            self._answers(asked, answers, stack)

    def _group(
        self, asked: Asked, node: Json, answers: list[Json], stack: Stack, *, enabled: bool | None
    ) -> None:
        if answers:
            self.findings.error("structure", asked.link_id, "a group has no answer of its own")
        if asked.required and not objects(node, "item") and enabled is not False:
            self._required(asked, enabled)
        self.level(asked.children, node, stack)

    def _answers(self, asked: Asked, answers: list[Json], stack: Stack) -> None:
        if len(answers) > 1 and not asked.repeats:
            message = f"only one answer is possible, {len(answers)} are given"
            self.findings.error("invalid", asked.link_id, message)
        self._fixed(asked, answers)
        for answer in answers:
            self.values.value(asked, answer, len(answers))
            self.level(asked.children, answer, (*stack[:-1], (asked, answer_item(stack, answer))))

    def _occurs(self, asked: Asked, count: int) -> None:
        least, most = whole(asked.node, MIN_OCCURS), whole(asked.node, MAX_OCCURS)
        if least is not None and count < least:
            self.missing(
                "invalid", asked.link_id, f"{count} answers given, at least {least} needed"
            )
        if most is not None and count > most:
            message = f"{count} answers given, at most {most} are possible"
            self.findings.error("invalid", asked.link_id, message)

    def _fixed(self, asked: Asked, answers: list[Json]) -> None:
        """Say so when a read-only item was given another answer than the form's own."""
        initial = [value_of(one) for one in objects(asked.node, "initial")]
        if flag(asked.node, "readOnly") and initial and answers:
            given: list[Any] = [value_of(one) for one in answers]
            if given != initial:
                message = "this item is read only; its answer is not the form's initial value"
                self.findings.warning("business-rule", asked.link_id, message)


def answer_item(stack: Stack, answer: Json) -> Json:
    """Return the response item narrowed to one of its answers: the context of items below it."""
    return {**stack[-1][1], "answer": [answer]}
