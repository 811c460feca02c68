"""Items of a Questionnaire as items of a form."""

from typing import Any

import msgspec

from portal.forms.definition import Coding, Item, Option, same_system
from portal.forms.definition.vocabulary import keywords_for
from portal.forms.interop.access import Json, objects, text, value_of
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.files import plain_numbers
from portal.forms.interop.importing.computed import Computed
from portal.forms.interop.importing.constants import first_answer
from portal.forms.interop.importing.context import Context, is_repeat
from portal.forms.interop.importing.kinds import QUESTIONS, too_deep
from portal.forms.interop.importing.leftovers import Leftovers
from portal.forms.interop.importing.looks import Fields, Looks
from portal.forms.interop.wording import UntranslatableError
from portal.forms.kinds import KINDS


class ItemReader:
    """Reads one item: every member becomes a keyword or stays under ``fhir:``."""

    def __init__(self, context: Context, asked: Asked) -> None:
        self.context = context
        self.asked = asked
        self.left = Leftovers(asked.node)
        self.id = context.ids[asked]
        self.kind = context.kinds[asked]
        self.fields: Fields = {"id": self.id, "type": self.kind}
        self.patch: Json = {}
        self.names: Json = {}

    def may(self, keyword: str) -> bool:
        """Whether a keyword can stand on this item and was not refused before."""
        return keyword in keywords_for(self.kind) and self.context.allows(self.asked, keyword)

    def item(self) -> Item:
        """Return the item with everything below it."""
        children = self._below()
        self._identity()
        self._texts()
        self._flags()
        self._options()
        self._initial()
        looks = Looks(self.context, self.asked, self.left, self.fields)
        looks.read()
        self.names |= looks.renamed
        Computed(self.context, self.asked, self.left, self.fields).read(self.names, self.patch)
        self.fields["items"] = tuple(ItemReader(self.context, one).item() for one in children)
        rest = plain_numbers({**self.left.rest(), **self.patch})
        for what in self.left.rest():
            self._note_kept(what)
        if self.names:
            rest["as"] = self.names
        return Item(**self.fields, fhir=rest)

    def _note_kept(self, what: str) -> None:
        if what == "extension":
            for one in objects(self.left.node, "extension"):
                name = text(one, "url").rpartition("/")[2]
                self.context.report.keep(self.asked.link_id, f"extension {name}", "no keyword")
        else:
            self.context.report.keep(self.asked.link_id, what, "no keyword")

    def _below(self) -> list[Asked]:
        """Return the items that become items; a help text and what is too deep do not."""
        children = list(self.asked.children)
        raw = self.left.node.get("item")
        whole = isinstance(raw, list) and len(raw) == len(children)
        if self.kind == "note" or too_deep(self.asked) or (raw is not None and not whole):
            if children:
                self.context.report.keep(self.asked.link_id, "item", "nested too deeply")
            return []
        self.left.node.pop("item", None)
        helps = [one for one in children if _is_help(one)]
        if len(helps) == 1 and self.may("help"):
            inner = Leftovers(helps[0].node)
            self.fields["help"] = inner.take_text("text", self.context.language)
            link_id = helps[0].link_id
            if link_id != f"{self.asked.link_id}-help":
                self.names["help"] = link_id
            children.remove(helps[0])
        return children

    def _identity(self) -> None:
        link_id = self.left.take("linkId", str)
        if link_id is None:
            self.patch["linkId"] = self.left.node.pop("linkId", None)
        elif link_id != self.id:
            self.patch["linkId"] = link_id
            self.context.report.renamed[link_id] = self.id
        kind = self.left.node.pop("type", None)
        known = isinstance(kind, str) and (kind in QUESTIONS or kind in {"group", "display"})
        expected = {"note": "display"}.get(self.kind, "group")
        if not known or (kind not in QUESTIONS and kind != expected):
            self.patch["type"] = kind
            self.context.report.keep(self.asked.link_id, f"type {kind}", "no type of ours")
        if kind == "open-choice":
            self.fields["other"] = True

    def _texts(self) -> None:
        language = self.context.language
        words = self.left.take_text("text", language)
        if words:
            self.fields["label"] = words
        number = self.left.node.get("prefix")
        if isinstance(number, str) and 0 < len(number) < 200 and self.left.take("prefix", str):
            self.fields["number"] = number
        codes = self._codes()
        if codes:
            self.left.node.pop("code")
            self.fields["code"] = codes

    def _codes(self) -> tuple[Coding, ...]:
        """Return the item's codes when each of them can be written ``PREFIX:code label``."""
        raw = self.left.node.get("code")
        found: list[Coding] = []
        for one in objects(self.left.node, "code"):
            system, code = same_system(text(one, "system")), text(one, "code")
            display = text(one, "display")
            plain = set(one) <= {"system", "code", "display"} and display == display.strip()
            named = system in self.context.naming[0] and code and not any(c.isspace() for c in code)
            if not plain or not named or ("display" in one and not display):
                return ()
            found.append(Coding(system=system, code=code, display=display))
        return tuple(found) if isinstance(raw, list) and len(raw) == len(found) else ()

    def _flags(self) -> None:
        for keyword, member in (("required", "required"), ("read_only", "readOnly")):
            possible = self.left.node.get(member) is False or self.may(keyword)
            if possible and self.left.take_flag(member):
                self.fields[keyword] = True
        if self.left.node.get("repeats") is False:
            self.left.take_flag("repeats")
        elif is_repeat(self.asked) and self.fields.get("items") is None:
            self.fields["repeats"] = self.left.take_flag("repeats")
        elif self.may("multiple") and self.left.take_flag("repeats"):
            self.fields["multiple"] = True
        most, limit = self.left.node.get("maxLength"), getattr(KINDS[self.kind], "limit", 0)
        if isinstance(most, int) and 0 < most <= limit and self.may("max_length"):
            self.fields["max_length"] = self.left.take("maxLength", int) or 0

    def _options(self) -> None:
        offer = self.context.offers.get(self.asked)
        if offer is None:
            return
        self.context.score_urls |= offer.score_urls
        for member in offer.taken:
            self.left.node.pop(member, None)
        self.fields["options_from"] = offer.sources
        self.left.drop(self.left.extensions(a.OWN_LIST))
        if offer.option_list and self.context.lists.get(offer.option_list) == offer.options:
            self.fields["option_list"] = offer.option_list
            codes = [f"{o.system}|{o.code}" if o.system else o.code for o in offer.chosen]
            if codes:
                self.fields["default"] = codes if self.asked.repeats else codes[0]
        else:
            self.fields["options"] = self._toggled(offer.options)
        if offer.sources and self.left.extensions(a.OWN_SOURCES):
            self.left.take_extensions(a.OWN_SOURCES, "String")

    def _toggled(self, options: tuple[Option, ...]) -> tuple[Option, ...]:
        """Give options their conditions, where each toggle speaks of one option."""
        found = list(options)
        for toggle in self.left.extensions(a.TOGGLE):
            parts = {text(part, "url"): value_of(part) for part in objects(toggle, "extension")}
            coding = parts.get("option", ("", None))[1]
            at = [i for i, o in enumerate(found) if _is_option(o, coding)]
            if len(at) != 1 or len(objects(toggle, "extension")) != 2:
                continue
            try:
                shown = self.context.condition(parts.get("expression", ("", None))[1], self.asked)
            except UntranslatableError as reason:
                self.context.report.keep(self.asked.link_id, "a toggled option", str(reason))
                continue
            if self.context.allows(self.asked, "options"):
                found[at[0]] = msgspec.structs.replace(found[at[0]], show_if=shown)
                self.left.drop([toggle])
                self.context.report.translated += 1
        return tuple(found)

    def _initial(self) -> None:
        """Read the first answer; one beside options is told by the options themselves."""
        given = objects(self.left.node, "initial")
        raw = self.left.node.get("initial")
        if not given or not self.may("default") or not isinstance(raw, list):
            return
        if self.fields.get("options") or len(raw) != len(given):
            return
        found = [first_answer(self.context, self.kind, *value_of(one)) for one in given]
        if None in found or any(len(one) != 1 for one in given):
            return
        if len(found) > 1 and not self.fields.get("multiple"):
            return
        self.left.node.pop("initial")
        self.fields["default"] = found if self.fields.get("multiple") else found[0]


def _is_help(asked: Asked) -> bool:
    """Whether a child says nothing but the help text of its parent."""
    node = asked.node
    if set(node) - {"linkId", "type", "text", "_text", "extension"} or asked.kind != "display":
        return False
    left = Leftovers(node)
    words = left.take_text("text", "en")
    found = left.extensions(a.ITEM_CONTROL)
    concept = {"coding": [{"system": a.CONTROL_SYSTEM, "code": "help"}]}
    only = len(found) == 1 and found[0] == {"url": a.ITEM_CONTROL, "valueCodeableConcept": concept}
    return bool(words) and only and len(objects(node, "extension")) == 1


def _is_option(option: Option, coding: Any) -> bool:
    return (option.system, option.code) == (
        same_system(text(coding, "system")),
        text(coding, "code"),
    )
