"""The input for codes searched in a terminology; its behaviour lives in assets/src/terminology."""

from portal.forms.compiled import CompiledItem
from portal.forms.rendering.markup import attributes, text, value_of, when
from portal.forms.rendering.naming import Style, identity, name

_PARTS = ("system", "version", "code", "display", "language")


def search(item: CompiledItem, style: Style, described_by: str) -> str:
    """Return a combobox with hidden parts; several chosen codes are listed above it."""
    box = _box(item, style) + described_by + ">"
    if item.multiple:
        sentinel = f'<input type="hidden" name="{name(item)}" value="">'
        return f'<div class="combobox" data-combobox>{_chosen(item, style)}{box}</div>{sentinel}'
    hidden = "".join(
        f'<input type="hidden" name="{name(item, key)}" '
        f'value="{value_of(item.id + "~" + key)}" data-part="{key}">'
        for key in _PARTS
    )
    return f'<div class="combobox" data-combobox>{box}{hidden}</div>'


def _box(item: CompiledItem, style: Style) -> str:
    """Return the text field, still open for further attributes."""
    sources = item.item.options_from
    packs = [source[5:] for source in sources if source.startswith("pack:")]
    sets = [s.removeprefix("valueset:") for s in sources if not s.startswith("pack:")]
    return "<input" + attributes(
        type="text",
        class_="form-control" + when(f"'{item.id}' in r.bad", " is-invalid"),
        role="combobox",
        id=identity(item),
        name=name(item, "text" if item.item.other else "query"),
        value="" if item.multiple else value_of(item.id + "~shown"),
        autocomplete="off",
        aria_expanded="false",
        aria_autocomplete="list",
        aria_required="true" if item.item.required else None,
        placeholder=style.author(item.item.placeholder) or None,
        data_terminology_url=text(style.terminology_url),
        data_packs=text(",".join(packs)) or None,
        data_value_set=text(",".join(sets)) or None,
        data_name=name(item),
        data_multiple=item.multiple,
        data_free_text=item.item.other,
        data_language=text(style.language),
    )


def _chosen(item: CompiledItem, style: Style) -> str:
    """Return the list of codes chosen so far; a tick keeps each, so removing needs no script."""
    hidden = "".join(
        f'<input type="hidden" name="{name(item, key)}" value="{{{{ e.get(\'{key}\', \'\') }}}}" data-part="{key}">'
        for key in _PARTS
    )
    words_only = f'<input type="hidden" name="{name(item, "text")}" value="{{{{ e.text }}}}">'
    body = "{% if e.code %}" + hidden + "{% else %}" + words_only + "{% endif %}"
    remove = (
        f'<button type="submit" class="btn btn-sm btn-outline-secondary" name="{name(item, "drop")}" '
        f'value="{{{{ e.value or e.text }}}}" formnovalidate data-chosen-remove '
        f'aria-label="{style.say("remove_short")}: {{{{ e.shown }}}}">{style.say("remove_short")}</button>'
    )
    return (
        f'<ul class="chosen list-unstyled" data-chosen aria-label="{style.say("chosen")}">'
        "{% for e in r.several.get('"
        + item.id
        + "', []) %}"
        + "<li data-chosen-item><span>{{ e.shown }}</span>"
        + body
        + remove
        + "</li>{% endfor %}</ul>"
    )
