"""Answers as a FHIR QuestionnaireResponse, and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.definition import in_language
from portal.forms.evaluate import Evaluation, completed_answers
from portal.forms.interop.access import OWN, Json, objects, shown, text, value_of
from portal.forms.interop.answer_values import from_fhir, link_ids, to_fhir
from portal.forms.interop.checking.normal import response_as_r4
from portal.forms.interop.export import canonical
from portal.forms.interop.exporting.choices import weight_url
from portal.forms.interop.exporting.parts import valued
from portal.forms.interop.files import plain_numbers
from portal.forms.interop.findings import Findings
from portal.forms.kinds import AnswerError
from portal.kernel.errors import InvalidInputError
from portal.kernel.ids import new_id

HASH = f"{OWN}definition-hash"
MAX_LEVELS = 60
MAX_ROWS = 1_000
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Heading:
    """What a response says about itself. ``authored`` is a FHIR moment, ``subject`` a reference."""

    status: str = "completed"
    authored: str = ""
    subject: str = ""
    author: str = ""
    identity: str = ""


def response(
    form: CompiledForm,
    answers: Answers,
    outcome: Evaluation,
    heading: Heading | None = None,
    *,
    exact: bool = False,
) -> Json:
    """Return the answers as a QuestionnaireResponse.

    Hidden answers are left out, calculated ones filled in, codes keep the version and display
    with which they were chosen, rows keep their ids. ``exact`` leaves decimals as ``Decimal``
    (trailing zeros and all), for :func:`portal.forms.interop.files.write_json`.
    """
    said = heading or Heading()
    kept = completed_answers(form, answers, outcome)
    node: Json = {"resourceType": "QuestionnaireResponse"}
    if said.identity:
        node["id"] = said.identity
    node |= {
        "language": form.language,
        "extension": [{"url": HASH, "valueString": form.hash}],
        "questionnaire": canonical(form),
        "status": said.status,
    }
    for member, reference in (("subject", said.subject), ("author", said.author)):
        if reference:
            node[member] = {"reference": reference}
    if said.authored:
        node["authored"] = said.authored
    tops = [item for item in form.items.values() if not item.parent]
    items = _Writer(form).level(tops, kept)
    if items:
        node["item"] = items
    return node if exact else dict(plain_numbers(node))


class _Writer:
    """Writes the items of a response in the order of the form."""

    def __init__(self, form: CompiledForm) -> None:
        self.form = form
        self.links = link_ids(form)
        self.weight = weight_url(form)

    def level(self, items: list[CompiledItem], answers: Answers) -> list[Json]:
        """Return the items with content at one level."""
        return [node for item in items for node in self.item(item, answers)]

    def item(self, item: CompiledItem, answers: Answers) -> list[Json]:
        """Return an item's nodes: one per row of a repeat, else one or none."""
        below = [self.form.items[one] for one in item.children]
        if item.is_repeat:
            return [self._row(item, below, row) for row in answers.get(item.id) or ()]
        if not item.kind.answers:
            inner = self.level(below, answers)
            return [{**self._head(item), "item": inner}] if inner else []
        given = answers.get(item.id)
        listed = given if isinstance(given, list) else [] if given is None else [given]
        nodes = [self._answer(item, one) for one in listed]
        inner = self.level(below, answers)
        if inner:
            nodes = nodes or [{}]
            nodes[0]["item"] = inner
        return [{**self._head(item), "answer": nodes}] if nodes else []

    def _answer(self, item: CompiledItem, stored: Any) -> Json:
        try:
            return valued(*to_fhir(item, stored, self.weight))
        except (ArithmeticError, AttributeError, KeyError, TypeError):
            raise InvalidInputError(
                f"The answer to '{item.id}' has not the shape that the portal stores.",
                hint="docs/forms.md shows the stored value of every type.",
            ) from None

    def _row(self, item: CompiledItem, below: list[CompiledItem], row: Answers) -> Json:
        node = {"id": row["row"], **self._head(item)}
        inner = self.level(below, row)
        return {**node, "item": inner} if inner else node

    def _head(self, item: CompiledItem) -> Json:
        words = in_language(item.item.label, self.form.language, self.form.language)
        return {"linkId": self.links[item.id], **({"text": words} if words else {})}


@dataclass
class Read:
    """Answers read from a response; ``findings`` say what could not be taken over."""

    answers: dict[str, Any] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)


def answers_from(form: CompiledForm, resource: Json, row_id: Callable[[], str] = new_id) -> Read:
    """Return the answers of a QuestionnaireResponse to this form.

    Items that the form does not know, and values that cannot be answers, are left out and named.
    Rows keep their id where the response has one; ``row_id`` makes the others'.
    """
    read = Read()
    links = {link: form.items[own] for own, link in link_ids(form).items()}
    _Reader(links, read.findings, row_id).level(response_as_r4(resource), read.answers, 0)
    return read


class _Reader:
    """Reads the items of a response, wherever they stand."""

    def __init__(
        self, links: Mapping[str, CompiledItem], findings: Findings, row_id: Callable[[], str]
    ) -> None:
        self.links = links
        self.findings = findings
        self.row_id = row_id
        self.rows: set[str] = set()

    def level(self, node: Json, answers: dict[str, Any], level: int) -> None:
        """Read the items directly below a response, an item or an answer."""
        for one in objects(node, "item"):
            link_id = text(one, "linkId")
            item = self.links.get(link_id)
            if item is None:
                message = f"there is no item '{shown(link_id)}' in the form"
                self.findings.error("not-found", link_id, message)
            elif level > MAX_LEVELS:
                self.findings.error("structure", link_id, "nested too deeply")
            elif item.is_repeat:
                self._row(item, one, answers, level)
            else:
                self._answers(item, one, answers)
                self.level(one, answers, level + 1)
                for answer in objects(one, "answer"):
                    self.level(answer, answers, level + 1)

    def _row(self, item: CompiledItem, node: Json, answers: dict[str, Any], level: int) -> None:
        rows = answers.setdefault(item.id, [])
        if len(rows) >= MAX_ROWS:
            self.findings.error("too-long", text(node, "linkId"), f"more than {MAX_ROWS:,} rows")
            return
        identity = text(node, "id")
        if not identity or len(identity) > 64 or identity in self.rows:
            identity = self.row_id()
        self.rows.add(identity)
        row: dict[str, Any] = {"row": identity}
        rows.append(row)
        self.level(node, row, level + 1)

    def _answers(self, item: CompiledItem, node: Json, answers: dict[str, Any]) -> None:
        found: list[Any] = []
        for answer in objects(node, "answer"):
            kind, value = value_of(answer)
            if not kind:
                continue
            beside = answer.get(f"_value{kind}")
            try:
                found.append(from_fhir(item, kind, (value, beside) if beside else value))
            except (AnswerError, TypeError, AttributeError, KeyError) as fault:
                reason = str(fault) if isinstance(fault, AnswerError) else "This cannot be read."
                self.findings.error("value", text(node, "linkId"), reason)
        if not found or not item.kind.answers:
            return
        if item.multiple:
            answers.setdefault(item.id, []).extend(found)
            return
        if len(found) > 1 or item.id in answers:
            self.findings.error(
                "invalid", text(node, "linkId"), "Only one answer is possible here."
            )
        answers.setdefault(item.id, found[0])
