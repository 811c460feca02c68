"""The options of a choice: ``answerOption``, value sets inside the form, addresses of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from portal.forms.definition import Option, Text, same_system
from portal.forms.definition.shapes import DECIMAL, ID, LANGUAGE, LOCAL_CODE
from portal.forms.interop.access import Json, extension, number, objects, text, value_of
from portal.forms.interop.answer_values import ORDINAL, WEIGHT, WEIGHTS
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.exporting.choices import ANY_CODE, source_of
from portal.forms.interop.files import plain_numbers
from portal.forms.interop.importing.leftovers import Leftovers
from portal.forms.interop.naming import identifier
from portal.forms.interop.standard.codes import options_of

_SOURCES = ("valueset:", "pack:", "http:", "https:", "urn:")


@dataclass
class Offered:
    """What a choice offers. ``taken`` are the members of the item that this says completely."""

    options: tuple[Option, ...] = ()
    option_list: str = ""
    sources: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    score_urls: set[str] = field(default_factory=set)
    chosen: tuple[Option, ...] = ()


def offered(
    node: Json,
    language: str,
    prefixes: Mapping[str, str],
    sets: Mapping[str, Json],
    systems: dict[str, Json],
) -> Offered:
    """Return the options of one choice."""
    own = [
        one.get("valueString")
        for one in objects(node, "extension")
        if one.get("url") == a.OWN_SOURCES
    ]
    sources = tuple(one for one in own if isinstance(one, str) and one.startswith(_SOURCES))
    if objects(node, "answerOption"):
        found = _listed(node, language, prefixes)
        if found.options:
            found.sources = sources
            name = extension(node, a.OWN_LIST)
            if isinstance(name, str) and ID.fullmatch(name) and found.taken:
                _name_list(found, name)
            return found
    address = text(node, "answerValueSet")
    if address.startswith("#") and address[1:] in sets:
        codings = options_of(sets[address[1:]], systems)
        options = _of_set(codings or [], language, prefixes)
        if options:
            name = identifier(address[1:], (), "list_")
            return Offered(options, name, (), ("answerValueSet",))
    if sources:
        return Offered(sources=sources, taken=("answerValueSet",))
    if address.startswith(_SOURCES) and not any(c.isspace() for c in address):
        return Offered(sources=(source_of(address),), taken=("answerValueSet",))
    return Offered(sources=(ANY_CODE,))


def _name_list(found: Offered, name: str) -> None:
    """Give options the name of their list; a chosen one is a matter of the item then."""
    found.option_list = name
    found.chosen = tuple(option for option in found.options if option.default)
    found.options = tuple(msgspec.structs.replace(o, default=False) for o in found.options)


def _listed(node: Json, language: str, prefixes: Mapping[str, str]) -> Offered:
    """Read ``answerOption``; when two say the same, the list itself stays verbatim as well."""
    found: dict[tuple[str, str], Option] = {}
    result = Offered(taken=("answerOption",))
    raw = node["answerOption"]
    listed = objects(node, "answerOption")
    for one in listed:
        option = _option(one, language, prefixes, {code for _, code in found}, result.score_urls)
        if option is None or (option.system, option.code) in found:
            result.taken = ()
            continue
        found[option.system, option.code] = option
    if not isinstance(raw, list) or len(raw) != len(listed):
        result.taken = ()
    result.options = tuple(found.values())
    return result


def _option(
    node: Json,
    language: str,
    prefixes: Mapping[str, str],
    taken: set[str],
    score_urls: set[str],
) -> Option | None:
    left = Leftovers(node)
    kind, value = value_of(node)
    fields: dict[str, Any] = {}
    if kind == "Coding" and isinstance(value, dict) and left.take("valueCoding", dict) is not None:
        fields, rest = _coding(value, language, prefixes, taken)
    elif kind and isinstance(value, str | int):
        fields, rest = _plain(kind, value, language, taken)
        left.node.pop(f"value{kind}")
    else:
        return None
    fields["default"] = left.take_flag("initialSelected")
    fields["exclusive"] = left.take_extension(a.EXCLUSIVE, "Boolean") is True
    fields["help"] = left.take_extension_text(a.OWN_OPTION_HELP, language)
    fields["score"] = _score(left, value, score_urls)
    patch = {**left.rest(), **rest}
    return Option(**fields, fhir=plain_numbers(patch))


def _score(left: Leftovers, value: Any, score_urls: set[str]) -> str:
    """Take the score of an option; on the coding it is read and left where it is."""
    for url in (WEIGHT, ORDINAL):
        raw = left.take_extension(url, "Decimal", "Integer")
        if raw is not None:
            score_urls.add(url)
            written = _decimal(raw)
            if written:
                return written
    raw = extension(value, *WEIGHTS)
    return "" if raw is None else _decimal(raw)


def _decimal(value: Any) -> str:
    exact = number(value)
    written = "" if exact is None else format(exact, "f")
    return written if DECIMAL.fullmatch(written) else ""


def _coding(
    coding: Json, language: str, prefixes: Mapping[str, str], taken: set[str]
) -> tuple[dict[str, Any], Json]:
    """Return the fields of an option and what the coding holds besides."""
    left = Leftovers(coding)
    system = same_system(text(coding, "system"))
    code = text(coding, "code")
    label = left.take_text("display", language)
    patch: Json = {}
    if system in prefixes and code and not any(c.isspace() for c in code):
        left.take("system", str)
        left.take("code", str)
    elif not system and (found := LOCAL_CODE.fullmatch(code)) and not found.group(2):
        left.take("code", str)
    else:
        own = identifier(code or next(iter(label.values()), ""), taken, "option_")
        patch = {"code": coding.get("code"), "system": coding.get("system")}
        left.node.pop("code", None)
        left.node.pop("system", None)
        code, system = own, ""
        patch = {key: value for key, value in patch.items() if key == "code" or value is not None}
    rest = {**left.rest(), **patch}
    fields = {"system": system, "code": code, "label": label}
    return fields, {"valueCoding": rest} if rest else {}


def _plain(kind: str, value: Any, language: str, taken: set[str]) -> tuple[dict[str, Any], Json]:
    """Return an option for a text, number or date; ``fhir:`` says what it is."""
    code = identifier(str(value), taken, "option_")
    label: Text = {language: str(value)} if str(value) else {}
    patch = {"valueCoding": None, f"value{kind}": value}
    return {"system": "", "code": code, "label": label}, patch


def _of_set(codings: list[Json], language: str, prefixes: Mapping[str, str]) -> tuple[Option, ...]:
    """Return the concepts of a value set as options; () when one of them cannot be one."""
    found: dict[tuple[str, str], Option] = {}
    for one in codings:
        system, code = same_system(text(one, "system")), text(one, "code")
        fits = system in prefixes and code and not any(c.isspace() for c in code)
        if not fits or (system, code) in found:
            return ()
        label: Text = {language: text(one, "display")} if text(one, "display") else {}
        for other in objects(one, "designation"):
            tongue, words = text(other, "language"), text(other, "value")
            if words and LANGUAGE.fullmatch(tongue):
                label.setdefault(tongue, words)
        raw = extension(one, *WEIGHTS)
        score = "" if raw is None else _decimal(raw)
        found[system, code] = Option(system=system, code=code, label=label, score=score)
    return tuple(found.values())
