"""Tables of choices that share their options: one line per question, one column per option."""

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.kinds.base import label_of
from portal.forms.rendering.choices import quoted
from portal.forms.rendering.markup import text, when
from portal.forms.rendering.naming import Style, identity, name, needed_mark


def is_matrix(form: CompiledForm, item: CompiledItem) -> bool:
    """Whether all lines of the table are single choices with the same options."""
    children = [form.items[child] for child in item.children]
    if not children or any(c.item.type != "choice" or c.multiple or c.read_only for c in children):
        return False
    first = [(o.system, o.code) for o in children[0].options]
    if not first or any(c.item.other or c.item.options_from for c in children):
        return False
    return all([(o.system, o.code) for o in c.options] == first for c in children)


def matrix_source(form: CompiledForm, item: CompiledItem, style: Style) -> str:
    """Return the source of the table."""
    children = [form.items[child] for child in item.children]
    options = children[0].options
    heads = "".join(
        f'<th scope="col" id="{item.id}-o{index}">{text(label_of(o, style.language, style.fallback))}</th>'
        for index, o in enumerate(options, 1)
    )
    heads += f'<th scope="col" id="{item.id}-o0">{style.say("not_answered")}</th>'
    lines = "".join(_line(item, child, style) for child in children)
    label, help_text = text(item.label(style.language)), style.author(item.item.help)
    hint = f'<p class="hint">{help_text}</p>' if help_text else ""
    return (
        f'{hint}<table class="table align-middle answer-matrix"><caption>{label}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )


def _line(item: CompiledItem, child: CompiledItem, style: Style) -> str:
    line_id = identity(child, "label")
    values = [f"{option.system}|{option.code}" for option in child.options]
    cells = "".join(_cell(item, child, value, index) for index, value in enumerate(values, 1))
    cells += _cell(item, child, "-", 0)
    problem = when(
        f"'{child.id}' in r.bad",
        f'<p class="problem" id="{identity(child, "problem")}">{{{{ r.bad[\'{child.id}\']|join(" ") }}}}</p>',
    )
    hidden = when(f"'{child.id}' in r.hidden", " hidden")
    show = " data-show-if" if child.show is not None else ""
    row = ' data-row="{{ r.id }}"' if child.scope else ""
    return (
        f'<tr data-item="{name(child)}" data-question="{child.id}"{row}{show}{hidden} '
        f'data-label="{text(child.label(style.language))}">'
        f'<th scope="row" id="{line_id}">{text(child.label(style.language))}{needed_mark(child, style)}{problem}</th>{cells}</tr>'
    )


def _cell(item: CompiledItem, child: CompiledItem, value: str, index: int) -> str:
    ticked = f"'{quoted(value)}' in r.picked.get('{child.id}', ())"
    if value == "-":
        ticked = f"not r.picked.get('{child.id}')"
    html_id = identity(child, str(index))
    return (
        f'<td><input class="form-check-input" type="radio" name="{name(child)}" id="{html_id}" '
        f'value="{text(value)}"{when(ticked, " checked")} '
        f'aria-labelledby="{identity(child, "label")} {item.id}-o{index}"></td>'
    )
