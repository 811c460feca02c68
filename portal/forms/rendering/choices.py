"""Inputs for choices: buttons, ticks, drop-down lists, words beside them."""

from portal.forms.compiled import CompiledItem
from portal.forms.kinds.base import label_of
from portal.forms.kinds.choices import YES_NO
from portal.forms.rendering.markup import attributes, text, value_of, when
from portal.forms.rendering.naming import Style, identity, is_search, name, uses_radio
from portal.forms.rendering.search import search


def yes_no(item: CompiledItem, style: Style) -> str:
    """Return the buttons for yes, no and, unless required, no answer."""
    yes, no = YES_NO.get(style.language.split("-", maxsplit=1)[0], YES_NO["en"])
    choices = [("true", text(yes)), ("false", text(no))]
    if not item.item.required:
        choices.append(("-", style.say("not_answered")))
    return "".join(
        _tick(item, "radio", value, label, index, inline=True)
        for index, (value, label) in enumerate(choices, 1)
    )


def _tick(
    item: CompiledItem, kind: str, value: str, label: str, index: int, *, inline: bool
) -> str:
    html_id = identity(item, str(index))
    ticked = when(f"'{quoted(value)}' in r.picked.get('{item.id}', ())", " checked")
    if value == "-":
        ticked = when(f"not r.picked.get('{item.id}')", " checked")
    off = when(f"'{item.id} {quoted(value)}' in r.off", " disabled")
    box = f'<div class="form-check{" form-check-inline" if inline else ""}">'
    return (
        f'{box}<input class="form-check-input" type="{kind}" name="{name(item)}" id="{html_id}" '
        f'value="{text(value)}"{ticked}{off}>'
        f'<label class="form-check-label" for="{html_id}">{label}</label></div>'
    )


def quoted(value: str) -> str:
    """Return a text for use inside a quoted template string."""
    return (
        value.replace("\\", "\\\\").replace("'", "\\'").replace("{", "\\x7b").replace("}", "\\x7d")
    )


def choice(item: CompiledItem, style: Style, described_by: str) -> str:
    """Return the input of a choice: searched, ticked, or picked from a list."""
    if is_search(item):
        return search(item, style, described_by)
    inline = item.item.layout == "horizontal"
    choices = [
        (f"{o.system}|{o.code}", text(label_of(o, style.language, style.fallback)))
        for o in item.options
    ]
    if not (item.multiple or uses_radio(item)):
        return _dropdown(item, style, described_by, choices) + _other(item, style)
    kind = "checkbox" if item.multiple else "radio"
    if not item.multiple and item.item.other:
        choices.append(("~", style.author(item.item.other_label) or style.say("other")))
    if not item.multiple and not item.item.required:
        choices.append(("-", style.say("not_answered")))
    ticks = "".join(
        _tick(item, kind, value, label, index, inline=inline)
        for index, (value, label) in enumerate(choices, 1)
    )
    sentinel = f'<input type="hidden" name="{name(item)}" value="">' if item.multiple else ""
    return ticks + _other(item, style) + sentinel


def _other(item: CompiledItem, style: Style) -> str:
    if not item.item.other:
        return ""
    html_id = identity(item, "text")
    label = style.author(item.item.other_label) or style.say("other")
    if item.multiple:
        value = (
            "{% for e in r.several.get('"
            + item.id
            + "', []) %}{% if e.text %}{{ e.text }}{% endif %}{% endfor %}"
        )
    else:
        value = value_of(item.id + "~text")
    return (
        f'<div class="other-answer"><label for="{html_id}">{label}</label>'
        f'<input type="text" class="form-control" id="{html_id}" name="{name(item, "text")}" '
        f'value="{value}" autocomplete="off" data-other></div>'
    )


def _dropdown(
    item: CompiledItem, style: Style, described_by: str, choices: list[tuple[str, str]]
) -> str:
    if item.item.other:
        choices = [*choices, ("~", style.author(item.item.other_label) or style.say("other"))]
    options = "".join(
        f'<option value="{text(value)}"'
        + when(f"'{quoted(value)}' in r.picked.get('{item.id}', ())", " selected")
        + when(f"'{item.id} {quoted(value)}' in r.off", " disabled")
        + f">{label}</option>"
        for value, label in choices
    )
    opening = "<select" + attributes(
        class_="form-select" + when(f"'{item.id}' in r.bad", " is-invalid"),
        id=identity(item),
        name=name(item),
        aria_required="true" if item.item.required else None,
    )
    return (
        f'{opening}{described_by}><option value="">{style.say("choose")}</option>{options}</select>'
    )
