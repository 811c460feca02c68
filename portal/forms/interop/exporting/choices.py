"""Options, value sets and units of an item in FHIR."""

from decimal import Decimal
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.definition import Option
from portal.forms.interop.access import UCUM, Json
from portal.forms.interop.answer_values import ORDINAL, WEIGHT, coding_of, option_value
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.exporting.expressions import Expressions
from portal.forms.interop.exporting.texts import put_text, text_extension
from portal.forms.interop.exporting.verbatim import merged

VALUE_SETS = "https://ern-portal.eu/fhir/ValueSet/"
ANY_CODE = "urn:any-code"
"""The source of a choice whose form names no options at all."""


def put_options(node: Json, item: CompiledItem, form: CompiledForm) -> None:
    """Add ``answerOption`` or ``answerValueSet``."""
    listed = item.item.option_list
    if listed and is_value_set(form, listed):
        node["answerValueSet"] = f"#{set_id(listed)}"
    elif item.options:
        chosen = _defaults(item)
        node["answerOption"] = [_option(o, item.language, form, chosen) for o in item.options]
        if listed:
            name = {"url": a.OWN_LIST, "valueString": listed}
            node.setdefault("extension", []).append(name)
    sources = [source for source in item.item.options_from if source != ANY_CODE]
    if not sources:
        return
    if item.options or len(sources) > 1:
        own = [{"url": a.OWN_SOURCES, "valueString": source} for source in sources]
        node.setdefault("extension", []).extend(own)
    if not item.options:
        node["answerValueSet"] = canonical(sources[0])


def canonical(source: str) -> str:
    """Return the address of ``valueset:NAME`` or ``pack:NAME``; an address stays as it is."""
    kind, _, name = source.partition(":")
    if kind == "valueset":
        return VALUE_SETS + name
    return f"{VALUE_SETS}pack-{name}" if kind == "pack" else source


def source_of(address: str) -> str:
    """Return the source behind an address of this portal; others stay as they are."""
    if not address.startswith(VALUE_SETS):
        return address
    name = address.removeprefix(VALUE_SETS)
    return f"pack:{name[5:]}" if name.startswith("pack-") else f"valueset:{name}"


def set_id(name: str) -> str:
    """Return the id of the contained value set of a list."""
    return name.replace("_", "-").replace(".", "-")


def is_value_set(form: CompiledForm, name: str) -> bool:
    """Whether a list of options can be a value set: codes of code systems and nothing else."""
    options = form.definition.lists.get(name, ())
    plain = [o for o in options if o.system and not (o.exclusive or o.default or o.help or o.fhir)]
    return bool(plain) and len(plain) == len(options) and not any(o.show_if for o in options)


def value_sets(form: CompiledForm) -> list[Json]:
    """Return the lists of the form as contained value sets, as far as they can be ones."""
    used = {item.item.option_list for item in form.items.values()}
    return [
        value_set(name, options, form)
        for name, options in form.definition.lists.items()
        if name in used and is_value_set(form, name)
    ]


def value_set(name: str, options: tuple[Option, ...], form: CompiledForm) -> Json:
    """Return one list as a value set; neighbours of one system share an include."""
    include: list[Json] = []
    for option in options:
        if not include or include[-1]["system"] != option.system:
            include.append({"system": option.system, "concept": []})
        concept: Json = {"code": option.code}
        _put_designations(concept, option, form.language)
        if option.score:
            weight = {"url": weight_url(form), "valueDecimal": Decimal(option.score)}
            concept["extension"] = [weight]
        include[-1]["concept"].append(concept)
    return {
        "resourceType": "ValueSet",
        "id": set_id(name),
        "status": "active",
        "compose": {"include": include},
    }


def _put_designations(concept: Json, option: Option, language: str) -> None:
    label = option.label
    if not label:
        return
    own = language if language in label else next(iter(label))
    concept["display"] = label[own]
    others = [{"language": o, "value": words} for o, words in label.items() if o != own]
    if others:
        concept["designation"] = others


def weight_url(form: CompiledForm) -> str:
    """Return the extension for scores: R5's name, or R4's where the form came with that one."""
    kept = form.definition.fhir.get("as", {})
    return ORDINAL if isinstance(kept, dict) and kept.get("score") == "ordinalValue" else WEIGHT


def _defaults(item: CompiledItem) -> list[tuple[str, str]]:
    default = item.item.default
    if default is None or item.default is None:
        return []
    values = item.default if isinstance(item.default, list) else [item.default]
    return [(one.get("system", ""), one["code"]) for one in values if one.get("code")]


def _option(
    option: Option, language: str, form: CompiledForm, chosen: list[tuple[str, str]]
) -> Json:
    coding = coding_of(option, language)
    shadow: Json = {}
    put_text(shadow, "display", option.label, language)
    node: Json = {"valueCoding": coding | {k: v for k, v in shadow.items() if k == "_display"}}
    extensions: list[Json] = []
    if option.score:
        extensions.append({"url": weight_url(form), "valueDecimal": Decimal(option.score)})
    if option.exclusive:
        extensions.append({"url": a.EXCLUSIVE, "valueBoolean": True})
    if option.help:
        extensions.append(text_extension(a.OWN_OPTION_HELP, option.help, language))
    if extensions:
        node = {"extension": extensions, **node}
    if option.default or (option.system, option.code) in chosen:
        node["initialSelected"] = True
    return merged(node, option.fhir)


def toggles(item: CompiledItem, expressions: Expressions) -> list[Json]:
    """Return ``answerOptionsToggleExpression`` for options with a condition of their own."""
    found: list[Json] = []
    for option in item.options:
        shown = item.option_shows.get((option.system, option.code))
        if shown is None:
            continue
        kind, value = option_value(option, item.language)
        inner: list[Any] = [
            {"url": "option", f"value{kind}": value},
            {"url": "expression", "valueExpression": expressions.value(shown)},
        ]
        found.append({"url": a.TOGGLE, "extension": inner})
    return found


def unit_extensions(item: CompiledItem) -> list[Json]:
    """Return the units of a quantity."""
    asked = item.item
    kept = asked.fhir.get("as", {})
    names = kept.get("units", {}) if isinstance(kept, dict) else {}
    found: list[Json] = []
    if asked.unit:
        found.append({"url": a.UNIT, "valueCoding": _unit(asked.unit, names)})
    found += [{"url": a.UNIT_OPTION, "valueCoding": _unit(unit, names)} for unit in asked.units]
    if asked.units_open and (asked.unit or asked.units):
        found.append({"url": a.UNIT_OPEN, "valueCode": "optionsOrType"})
    return found


def _unit(code: str, names: Any) -> Json:
    """Return a unit; ``names`` are displays that differ from the code (None: no display)."""
    display = names.get(code, code) if isinstance(names, dict) else code
    return {"system": UCUM, "code": code, **({"display": display} if display else {})}
