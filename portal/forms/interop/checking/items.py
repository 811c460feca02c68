"""The items of a Questionnaire with their places, found once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from portal.forms.interop.access import (
    EXTENSION,
    SDC,
    TRANSLATION,
    Json,
    child,
    extensions,
    flag,
    objects,
    text,
    value_of,
)

MAX_LEVELS = 80
CODED = frozenset({"choice", "open-choice"})
TYPES: dict[str, str] = {
    "boolean": "Boolean",
    "decimal": "Decimal",
    "integer": "Integer",
    "date": "Date",
    "dateTime": "DateTime",
    "time": "Time",
    "string": "String",
    "text": "String",
    "url": "Uri",
    "attachment": "Attachment",
    "reference": "Reference",
    "quantity": "Quantity",
}
"""Item type to the type of its answers, as in ``value[x]``; choices take several."""
VARIABLE = f"{EXTENSION}variable"
ENABLE_EXPRESSION = f"{SDC}sdc-questionnaire-enableWhenExpression"


@dataclass(eq=False)
class Asked:
    """One item of the Questionnaire."""

    node: Json
    parent: "Asked | None" = None
    level: int = 0
    children: "list[Asked]" = field(default_factory=list)

    @cached_property
    def link_id(self) -> str:
        """The item's linkId."""
        return text(self.node, "linkId")

    @cached_property
    def kind(self) -> str:
        """The item's type."""
        return text(self.node, "type")

    @property
    def required(self) -> bool:
        """Whether an answer is needed."""
        return flag(self.node, "required")

    @property
    def repeats(self) -> bool:
        """Whether several answers are possible."""
        return flag(self.node, "repeats")

    @cached_property
    def order(self) -> dict[str, int]:
        """The places of the children by linkId; the first of twins counts."""
        found: dict[str, int] = {}
        for index, one in enumerate(self.children):
            found.setdefault(one.link_id, index)
        return found

    @cached_property
    def texts(self) -> frozenset[str]:
        """The item's text and its translations."""
        found = {text(self.node, "text")}
        for one in extensions(child(self.node, "_text"), TRANSLATION):
            for part in objects(one, "extension"):
                value = value_of(part)[1]
                if part.get("url") == "content" and isinstance(value, str):
                    found.add(value)
        return frozenset(found)

    def holds(self, other: "Asked") -> bool:
        """Whether the other item lies below this one, or is it."""
        step: Asked | None = other
        while step is not None and step is not self:
            step = step.parent
        return step is self


class Form:
    """A Questionnaire ready to be looked things up in."""

    def __init__(self, questionnaire: Json) -> None:
        self.questionnaire = questionnaire
        self.root = Asked(questionnaire, level=0)
        self.by_id: dict[str, Asked] = {}
        todo = [self.root]
        while todo:
            around = todo.pop()
            if around.level >= MAX_LEVELS:
                continue
            for node in objects(around.node, "item"):
                parent = None if around is self.root else around
                one = Asked(node, parent, around.level + 1)
                around.children.append(one)
                self.by_id.setdefault(one.link_id, one)
            todo += reversed(around.children)

    def variables(self, asked: Asked | None) -> Mapping[str, str]:
        """Return the variables that an item's expressions may use, inner ones first."""
        found = dict(self.own_variables(asked))
        while asked is not None:
            asked = asked.parent
            found = {**self.own_variables(asked), **found}
        return found

    def own_variables(self, asked: Asked | None) -> dict[str, str]:
        """Return the variables that an item (None: the form) declares itself."""
        node = self.questionnaire if asked is None else asked.node
        found: dict[str, str] = {}
        for one in extensions(node, VARIABLE):
            expression = value_of(one)[1]
            name, written = text(expression, "name"), text(expression, "expression")
            if name and written and text(expression, "language") in {"text/fhirpath", ""}:
                found.setdefault(name, written)
        return found
