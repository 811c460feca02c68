"""The input of each kind of field, as template source.

Names and ids end in ``{{ r.s }}``, the row's suffix. ``described`` is the source of
``aria-describedby`` and ``aria-invalid``.
"""

import json

from portal.forms.compiled import CompiledItem
from portal.forms.kinds.base import label_of
from portal.forms.kinds.choices import YES_NO
from portal.forms.kinds.numbers import QuantityKind
from portal.forms.rendering.choices import choice, quoted, yes_no
from portal.forms.rendering.markup import attributes, text, value_of, when
from portal.forms.rendering.naming import Style, identity, name

NOTHING = "{# nothing yet #}"


def input_source(item: CompiledItem, style: Style, described_by: str) -> str:
    """Return the source of an item's input."""
    kind = item.kind.name
    if item.read_only:
        return _shown(item, style)
    if kind == "yes_no":
        return yes_no(item, style)
    if item.multiple and kind not in {"choice", "long_text"}:
        return _several_texts(item, style, described_by)
    writers = {
        "choice": choice,
        "long_text": _long_text,
        "quantity": _quantity,
        "file": _linked,
        "reference": _linked,
    }
    return writers.get(kind, _line)(item, style, described_by)


def _shown(item: CompiledItem, style: Style) -> str:
    """Return an answer that cannot be changed: prefilled text, or a calculated value."""
    filled = value_of(item.id)
    if item.value is None:
        return f'<p class="form-control-plaintext" id="{identity(item)}">{filled}</p>'
    nothing = style.say("nothing_calculated")
    mark = attributes(
        class_="form-control-plaintext",
        id=identity(item),
        data_computed=item.id,
        data_empty=nothing,
        data_labels=text(_labels(item, style)) or None,
    )
    shown = f"{{% if r.text.get('{item.id}') %}}{filled}{{% else %}}{nothing}{{% endif %}}"
    return f"<output{mark}>{shown}</output>"


def _labels(item: CompiledItem, style: Style) -> str:
    """Return what the browser shows for calculated codes and conditions, as JSON."""
    if item.kind.name == "yes_no":
        yes, no = YES_NO.get(style.language.partition("-")[0], YES_NO["en"])
        return json.dumps({"true": yes, "false": no}, ensure_ascii=False)
    if item.kind.name != "choice":
        return ""
    labels = {
        f"{o.system}|{o.code}": label_of(o, style.language, style.fallback) for o in item.options
    }
    return json.dumps(labels, ensure_ascii=False)


def _line(
    item: CompiledItem, style: Style, described_by: str, value: str = "", html_id: str = ""
) -> str:
    """Return a one-line input; dates and numbers stay text, to accept 12,5 and 31.12.2024."""
    value, html_id = value or value_of(item.id), html_id or identity(item)
    definition, kind = item.item, item.kind
    html_type = {"url": "url", "time": "time"}.get(kind.name, "text")
    width = {"integer": "input-short", "decimal": "input-short", "date": "input-short"}
    if definition.control == "slider" and definition.min and definition.max:
        return _slider(item, described_by, value, html_id)
    return (
        "<input"
        + attributes(
            type=html_type,
            class_=f"form-control {width.get(kind.name, '')}".strip()
            + when(f"'{item.id}' in r.bad", " is-invalid"),
            id=html_id,
            name=name(item),
            value=value,
            inputmode=kind.input_mode or None,
            maxlength=str(definition.max_length) if definition.max_length else None,
            placeholder=style.author(definition.placeholder) or None,
            autocomplete="off",
            aria_required="true" if definition.required else None,
        )
        + described_by
        + ">"
    )


def _slider(item: CompiledItem, described_by: str, value: str, html_id: str) -> str:
    """Return a number with a slider beside it: the number is what counts and what is read out."""
    definition = item.item
    numeric = "<input" + attributes(
        type="number",
        class_="form-control input-short",
        id=html_id,
        name=name(item),
        value=value,
        min=text(definition.min),
        max=text(definition.max),
        step=text(definition.step) or ("1" if item.kind.name == "integer" else "any"),
        data_slider=True,
    )
    return numeric + described_by + ">"


def _long_text(item: CompiledItem, style: Style, described_by: str) -> str:
    definition = item.item
    opening = "<textarea" + attributes(
        class_="form-control" + when(f"'{item.id}' in r.bad", " is-invalid"),
        id=identity(item),
        name=name(item),
        rows="4",
        maxlength=str(definition.max_length) if definition.max_length else None,
        placeholder=style.author(definition.placeholder) or None,
        aria_required="true" if definition.required else None,
    )
    return opening + described_by + ">\n" + value_of(item.id) + "</textarea>"


def _several_texts(item: CompiledItem, style: Style, described_by: str) -> str:
    """Return one line per answer and an empty one for the next."""
    label = f' aria-label="{text(item.label(style.language))}"'
    again = _line(
        item, style, label, "{{ e.value or e.shown }}", identity(item, "{{ loop.index }}")
    )
    new = _line(item, style, described_by, NOTHING)
    loop = "{% for e in r.several.get('" + item.id + "', []) %}"
    return f"<div data-several>{loop}{again}{{% endfor %}}{new}</div>"


def _quantity(item: CompiledItem, style: Style, described_by: str) -> str:
    units = QuantityKind().units(item)
    number = _line(item, style, described_by)
    unit_id, unit_name = identity(item, "unit"), name(item, "unit")
    if len(units) == 1 and not item.item.units_open:
        unit = f'<span class="unit">{text(units[0])}</span><input type="hidden" name="{unit_name}" value="{text(units[0])}">'
    elif item.item.units_open:
        unit = (
            f'<label class="visually-hidden" for="{unit_id}">{style.say("unit")}</label>'
            f'<input type="text" class="form-control input-unit" id="{unit_id}" name="{unit_name}" '
            f'value="{value_of(item.id + "~unit")}" autocomplete="off">'
        )
    else:
        choices = "".join(
            f'<option value="{text(one)}"'
            + when(f"r.text.get('{item.id}~unit') == '{quoted(one)}'", " selected")
            + f">{text(one)}</option>"
            for one in units
        )
        unit = (
            f'<label class="visually-hidden" for="{unit_id}">{style.say("unit")}</label>'
            f'<select class="form-select input-unit" id="{unit_id}" name="{unit_name}">{choices}</select>'
        )
    return f'<div class="with-unit">{number}{unit}</div>'


def _linked(item: CompiledItem, _style: Style, described_by: str) -> str:
    """Return the parts of a file or reference; an uploader or a picker fills them in."""
    definition, kind = item.item, item.kind.name
    parts = ["", *(part for part in item.kind.parts if part)]
    hidden = "".join(
        f'<input type="hidden" name="{name(item, part)}" '
        f'value="{value_of(item.id + ("~" + part if part else ""))}" data-part="{part or "id"}">'
        for part in parts
    )
    shown = value_of(f"{item.id}~{'name' if kind == 'file' else 'display'}")
    holder = attributes(
        class_="linked-answer",
        data_link=kind,
        data_max_size=text(definition.max_size) or None,
        data_of=text(",".join(definition.of)) or None,
    )
    box = "<input" + attributes(
        type="file" if kind == "file" else "text",
        class_="form-control",
        id=identity(item),
        name=name(item, "upload" if kind == "file" else "search"),
        accept=text(",".join(definition.accept)) or None,
        autocomplete=None if kind == "file" else "off",
    )
    return f"<div{holder}><p data-linked-name>{shown}</p>{box}{described_by}>{hidden}</div>"
