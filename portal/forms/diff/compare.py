"""Structural comparison of two definitions: every difference once, none left out."""

from collections.abc import Iterable, Iterator
from typing import Any

from portal.forms.definition import FormDefinition, Item, Option, Rule, Text, walk
from portal.forms.diff.keywords import JUDGES
from portal.forms.diff.model import Change, FormDiff, Level
from portal.forms.diff.moves import Position, moved_items, positions
from portal.forms.diff.words import name_of, sentence, shown

_SPECIAL = {"id", "items", "rules", "options", "option_list", "unit", "units", "origin", "was"}
_LABELS = {"label", "other_label"}
_FORM_TEXTS = ("title", "description")
_FORM_PATCH = (
    "url",
    "status",
    "publisher",
    "due",
    "views",
    "checks",
    "migrations",
    "retired",
    "fhir",
)


def diff_forms(old: FormDefinition, new: FormDefinition, confirmed: Iterable[str] = ()) -> FormDiff:
    """Compare two definitions of a form.

    ``confirmed`` are keys (``item:keyword``) of rewordings that the author declared to mean the
    same; they count as patches instead of major changes.
    """
    comparison = _Comparison(old, new, frozenset(confirmed))
    return FormDiff(tuple(comparison.run()))


class _Comparison:
    def __init__(self, old: FormDefinition, new: FormDefinition, confirmed: frozenset[str]) -> None:
        self.old, self.new, self.confirmed = old, new, confirmed
        self.before = {item.id: item for item in walk(old.items)}
        self.after = {item.id: item for item in walk(new.items)}
        self.language = new.language
        self.renamed = {
            item.id: past
            for item in self.after.values()
            for past in item.was
            if past in self.before and past not in self.after and item.id not in self.before
        }

    def run(self) -> Iterator[Change]:
        """Yield the changes: the form itself, items in order, removed items, rules."""
        yield from self.form()
        old_places, new_places = positions(self.old), positions(self.new)
        moved = moved_items(old_places, new_places, self.renamed)
        for item in self.after.values():
            past = self.before.get(self.renamed.get(item.id, item.id))
            if past is None:
                yield self.added(item)
                continue
            if item.id in self.renamed:
                yield self.rename(past, item)
            yield from self.item(past, item)
            if item.id in moved:
                yield self.move(item, old_places[past.id], new_places[item.id])
        gone = set(self.renamed.values())
        for item in self.before.values():
            if item.id not in self.after and item.id not in gone:
                yield self.removed(item)
        yield from self.rules()

    def name(self, item: Item) -> str:
        return name_of(item, self.language)

    def added(self, item: Item) -> Change:
        if item.type == "note":
            level = Level.PATCH
        elif item.required or item.required_if or item.at_least:
            level = Level.MAJOR
        else:
            level = Level.MINOR
        need = "required " if item.required else ""
        what = {"note": "note", "section": "section", "group": "group"}.get(item.type, "question")
        return Change(
            item.id, "added", level, f"{self.name(item)} is a new {need}{what}.", "", None, item
        )

    def removed(self, item: Item) -> Change:
        level = Level.PATCH if item.type == "note" or not self._holds_answers(item) else Level.MAJOR
        return Change(item.id, "removed", level, f"{self.name(item)} was removed.", "", item, None)

    @staticmethod
    def _holds_answers(item: Item) -> bool:
        return item.is_question or item.repeats

    def rename(self, past: Item, item: Item) -> Change:
        text = f"{self.name(item)} was named '{past.id}' before; its answers move along."
        return Change(item.id, "renamed", Level.MAJOR, text, "id", past.id, item.id)

    def move(self, item: Item, old: Position, new: Position) -> Change:
        level = Level.PATCH if old.scope == new.scope else Level.MAJOR
        where = f"to '{new.parent}'" if new.parent != old.parent else "to another place"
        text = f"{self.name(item)} was moved {where if new.parent or old.parent == new.parent else 'out'}."
        return Change(item.id, "moved", level, text, "place", old.parent, new.parent)

    def item(self, old: Item, new: Item) -> Iterator[Change]:
        """Yield the changes of one item's own keywords."""
        for keyword in new.__struct_fields__:
            if keyword in _SPECIAL:
                continue
            before, after = getattr(old, keyword), getattr(new, keyword)
            if before == after:
                continue
            if keyword in _LABELS:
                yield from self.wording(new.id, keyword, before, after, self.name(new))
            else:
                yield self.keyword(old, new, keyword, before, after)
        units = [tuple(filter(None, (one.unit, *one.units))) for one in (old, new)]
        if units[0] != units[1]:
            yield self.keyword(old, new, "units", units[0], units[1])
        yield from self.options(old, new)

    def keyword(self, old: Item, new: Item, keyword: str, before: Any, after: Any) -> Change:
        judge = JUDGES.get(keyword)
        level = judge(old, new, before, after) if judge else Level.PATCH
        text = sentence(self.name(new), keyword, before, after)
        return Change(new.id, "changed", level, text, keyword, before, after)

    def wording(
        self, item_id: str, keyword: str, before: Text, after: Text, name: str
    ) -> Iterator[Change]:
        """Yield changes of a text that carries meaning, language by language."""
        for language in dict.fromkeys([*before, *after]):
            old, new = before.get(language, ""), after.get(language, "")
            if old == new:
                continue
            key = f"{keyword} ({language})"
            same = f"{item_id}:{key}" in self.confirmed
            rewording = bool(old and new)
            level = Level.MAJOR if rewording and not same else Level.PATCH
            text = sentence(name, key, old, new)
            yield Change(item_id, "changed", level, text, key, old, new, rewording)

    def options(self, old: Item, new: Item) -> Iterator[Change]:
        before, after = (self._options(f, i) for f, i in ((self.old, old), (self.new, new)))
        name = self.name(new)
        for key, option in after.items():
            if key not in before:
                text = f"{name} has a new option '{self._label(option)}'."
                yield Change(
                    new.id, "changed", Level.MINOR, text, f"option {option.code}", None, option
                )
            else:
                yield from self.option(new, before[key], option, name)
        for key, option in before.items():
            if key not in after:
                text = f"{name} lost its option '{self._label(option)}'."
                yield Change(
                    new.id, "changed", Level.MAJOR, text, f"option {option.code}", option, None
                )
        common = [key for key in before if key in after]
        if common != [key for key in after if key in before]:
            text = f"The options of {name} stand in another order."
            yield Change(new.id, "changed", Level.PATCH, text, "option order")

    @staticmethod
    def _options(form: FormDefinition, item: Item) -> dict[tuple[str, str], Option]:
        found = form.lists.get(item.option_list, ()) if item.option_list else item.options
        return {(option.system, option.code): option for option in found}

    def _label(self, option: Option) -> str:
        return option.label.get(self.language) or option.code

    def option(self, item: Item, old: Option, new: Option, name: str) -> Iterator[Change]:
        """Yield the changes of one option."""
        holder = f"option {new.code}"
        if old.label != new.label:
            yield from self.wording(
                item.id, f"{holder} label", old.label, new.label, f"{name}, option '{new.code}'"
            )
        levels = {
            "score": Level.MAJOR,
            "help": Level.PATCH,
            "default": Level.PATCH,
            "fhir": Level.PATCH,
        }
        for keyword in ("score", "exclusive", "show_if", "default", "help", "fhir"):
            before, after = getattr(old, keyword), getattr(new, keyword)
            if before != after:
                level = levels.get(keyword) or (Level.MAJOR if after else Level.MINOR)
                text = sentence(f"{name}, option '{new.code}'", keyword, before, after)
                yield Change(item.id, "changed", level, text, f"{holder} {keyword}", before, after)

    def form(self) -> Iterator[Change]:
        """Yield the changes of what stands beside the items."""
        for keyword in (*_FORM_TEXTS, *_FORM_PATCH):
            before, after = getattr(self.old, keyword), getattr(self.new, keyword)
            if before != after:
                text = f"The form's {keyword} changed."
                yield Change("", "changed", Level.PATCH, text, keyword, before, after)
        yield from self.languages()
        for name in dict.fromkeys([*self.old.let, *self.new.let]):
            before, after = self.old.let.get(name, ""), self.new.let.get(name, "")
            if before != after:
                level = Level.PATCH if not before else Level.MAJOR
                text = sentence(f"The named value '{name}'", "expression", before, after)
                yield Change("", "changed", level, text, f"let {name}", before, after)
        for name in dict.fromkeys([*self.old.codes, *self.new.codes]):
            before, after = self.old.codes.get(name, ""), self.new.codes.get(name, "")
            if before != after:
                level = Level.MAJOR if before and after else Level.PATCH
                text = sentence(f"The code prefix '{name}'", "address", before, after)
                yield Change("", "changed", level, text, f"codes {name}", before, after)

    def languages(self) -> Iterator[Change]:
        old, new = self.old.languages, self.new.languages
        if old == new:
            return
        lost = set(old) - set(new)
        text = f"The form's languages were {shown(old)} and are now {shown(new)}."
        level = Level.MINOR if lost else Level.PATCH
        yield Change("", "changed", level, text, "languages", old, new)

    def rules(self) -> Iterator[Change]:
        """Yield the changes of cross-field rules, matched by their id."""
        before = {rule.id: rule for rule in _all_rules(self.old)}
        after = {rule.id: rule for rule in _all_rules(self.new)}
        for name, rule in after.items():
            past = before.get(name)
            if past is None:
                level = Level.MAJOR if rule.severity == "error" else Level.MINOR
                text = f"A new rule '{name}' ({rule.severity}): {shown(rule.check)}."
                yield Change(rule.at, "added", level, text, f"rule {name}", None, rule)
            elif past != rule:
                yield _rule_change(past, rule)
        for name, rule in before.items():
            if name not in after:
                text = f"The rule '{name}' was removed."
                yield Change(rule.at, "removed", Level.MINOR, text, f"rule {name}", rule, None)


def _all_rules(form: FormDefinition) -> list[Rule]:
    return [*form.rules, *(rule for item in walk(form.items) for rule in item.rules)]


def _rule_change(old: Rule, new: Rule) -> Change:
    if old.check != new.check:
        level = Level.MAJOR if new.severity == "error" else Level.MINOR
        what = f"now checks {shown(new.check)}"
    elif old.severity != new.severity:
        level = Level.MAJOR if new.severity == "error" else Level.MINOR
        what = f"is {'an error' if new.severity == 'error' else 'a warning'} now"
    else:
        level, what = Level.PATCH, "has another message or place"
    text = f"The rule '{new.id}' {what}."
    return Change(new.at, "changed", level, text, f"rule {new.id}", old, new)
