"""A definition back into YAML that the reader accepts and that means exactly the same."""

from collections.abc import Iterable
from typing import Any

import msgspec
import yaml

from portal.forms.definition.model import Coding, FormDefinition, Item, Option, Rule, Text
from portal.forms.definition.prefixing import walk
from portal.forms.definition.reading import SYSTEMS, same_system

_ITEM_ORDER = ("label", "number", "short_label", "help", "code")
_TEXTS = {
    "label",
    "short_label",
    "help",
    "placeholder",
    "other_label",
    "pattern_help",
    "title",
    "description",
    "message",
}
_LISTS = {"options_from", "units", "accept", "of", "sensitive", "was"}


class _Dumper(yaml.SafeDumper):
    """Writes lists indented below their key, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002
        """Never leave out the indent of a list."""
        return super().increase_indent(flow, indentless=False)


def to_yaml(definition: FormDefinition) -> str:
    """Return the definition as YAML; reading it again gives an equal definition."""
    writer = _Writer(definition)
    return yaml.dump(writer.form(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Writer:
    def __init__(self, definition: FormDefinition) -> None:
        self.definition = definition
        self.language = definition.language
        self.prefixes = {same_system(address): name for name, address in SYSTEMS.items()}
        for name, address in definition.codes.items():
            self.prefixes[same_system(address)] = name
        self.codes = dict(definition.codes)
        self._name_systems()

    def _name_systems(self) -> None:
        """Give every code system in use a prefix."""
        used = [o.system for options in self.definition.lists.values() for o in options]
        for item in walk(self.definition.items):
            used += [option.system for option in item.options]
            used += [code.system for code in item.code]
            if item.prefill is not None and item.prefill.last is not None:
                used.append(item.prefill.last.system)
        for system in used:
            if system and system not in self.prefixes:
                name = f"CS{len(self.codes) + 1}"
                self.prefixes[system] = self.codes[name] = system

    def form(self) -> dict[str, Any]:
        """Return the form as plain mappings in the order in which people write it."""
        form = self.definition
        result: dict[str, Any] = {"form": form.form, "title": self.text(form.title)}
        result["description"] = self.text(form.description)
        result |= {"version": form.version, "url": form.url, "status": form.status}
        result |= {
            "publisher": form.publisher,
            "languages": list(form.languages),
            "codes": self.codes,
        }
        result["lists"] = {name: self.options(o) for name, o in form.lists.items()}
        result["let"] = form.let
        result["items"] = [self.item(item) for item in form.items]
        result["rules"] = [self.rule(rule, "") for rule in form.rules]
        result["due"] = form.due
        result["views"] = {name: list(members) for name, members in form.views.items()}
        for name in ("checks", "migrations"):
            result[name] = msgspec.to_builtins(getattr(form, name))
        result["retired"] = msgspec.to_builtins(form.retired)
        result["fhir"] = form.fhir
        kept = {key: value for key, value in result.items() if value not in ("", {}, [], ())}
        return kept | {"items": result["items"]}

    def text(self, text: Text) -> Any:
        """Return a text: a plain sentence when there is one in the author's language only."""
        return text[self.language] if list(text) == [self.language] else dict(text)

    def coding(self, code: Coding) -> str:
        """Return ``PREFIX:code label``."""
        label = f" {code.display}" if code.display else ""
        return f"{self.prefixes[code.system]}:{code.code}{label}"

    def options(self, options: Iterable[Option]) -> list[Any]:
        """Return options in their shortest notation."""
        return [self.option(option) for option in options]

    def option(self, option: Option) -> Any:
        """Return one option."""
        code = f"{self.prefixes[option.system]}:{option.code}" if option.system else option.code
        fields = {
            name: self.text(value) if name in _TEXTS else value
            for name in ("label", "help", "score", "exclusive", "default", "show_if", "fhir")
            if (value := getattr(option, name))
        }
        label = fields.get("label")
        short = isinstance(label, str) and label.strip() == label and "\n" not in label
        if short and len(fields) == 1:
            return f"{code} {label}"
        return {"code": code, **fields} if fields else code

    def rule(self, rule: Rule, owner: str) -> dict[str, Any]:
        """Return one rule; what the reader would fill in is left out."""
        result = {"id": rule.id, "check": rule.check, "message": self.text(rule.message)}
        if rule.severity != "error":
            result["severity"] = rule.severity
        if rule.at != owner:
            result["at"] = rule.at
        return result

    def item(self, item: Item) -> dict[str, Any]:
        """Return one item with everything below it."""
        result = self.heading(item)
        for name in item.__struct_fields__:
            value = getattr(item, name)
            skipped = name in {"id", "type", "repeats", "items", "rules", "option_list", "origin"}
            if skipped or (
                value in (None, "", (), {}, False, 0) and not (name == "decimals" and value == 0)
            ):
                continue
            result[name] = self.keyword(name, value)
        if item.default is False or item.default == 0:
            result["default"] = item.default
        if item.option_list:
            result["options"] = item.option_list
        if item.rules:
            result["rules"] = [self.rule(rule, item.id) for rule in item.rules]
        if item.items or item.is_container:
            result["items"] = [self.item(child) for child in item.items]
        return result

    @staticmethod
    def heading(item: Item) -> dict[str, Any]:
        """Return id and type, as a shorthand where there is one."""
        if item.repeats:
            return {"repeat": item.id} | ({"type": "table"} if item.type == "table" else {})
        if item.is_container:
            return {item.type: item.id}
        return {"id": item.id, "type": item.type}

    def keyword(self, name: str, value: Any) -> Any:
        """Return the value of one keyword."""
        if name in _TEXTS:
            return self.text(value)
        if name == "code":
            return [self.coding(code) for code in value]
        if name == "options":
            return self.options(value)
        if name == "prefill":
            return self.prefill(value)
        return list(value) if name in _LISTS else value

    def prefill(self, value: Any) -> Any:
        """Return where a first value comes from."""
        if value.last is None:
            return value.expression
        return {"last": self.coding(value.last)} | (
            {"within": value.within} if value.within else {}
        )
