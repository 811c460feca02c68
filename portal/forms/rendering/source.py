"""The template source of a section: fields with their words, groups, rows, tables."""

from collections.abc import Iterable

from portal.forms.compiled import CompiledForm, CompiledItem, Section
from portal.forms.definition import Text
from portal.forms.rendering.inputs import input_source
from portal.forms.rendering.markup import attributes, text, when
from portal.forms.rendering.matrix import is_matrix, matrix_source
from portal.forms.rendering.naming import (
    Style,
    described,
    identity,
    is_grouped,
    name,
    needed_mark,
)

ROW_COLUMNS = 6
_NARROW = frozenset(
    {"text", "integer", "decimal", "quantity", "yes_no", "date", "time", "choice", "datetime"}
)


class SectionSource:
    """Writes the source of one section in one language."""

    def __init__(
        self, form: CompiledForm, style: Style, only: frozenset[str] | None = None
    ) -> None:
        self.form = form
        self.style = style
        self.only = only

    def section(self, section: Section) -> str:
        """Return the source of a whole section; ``r`` is the view of the form outside rows."""
        return "{% set r = root %}" + self.items(section.items, top=True)

    def items(self, item_ids: Iterable[str], *, top: bool = False) -> str:
        """Return the source of several items."""
        return "".join(self.item(self.form.items[item_id], top=top) for item_id in item_ids)

    def item(self, item: CompiledItem, *, top: bool = False) -> str:
        """Return the source of one item with everything below it."""
        if self.only is not None and not self._wanted(item):
            return ""
        if item.is_repeat:
            return self.repeat(item, top=top)
        if item.item.type == "note":
            return self.note(item)
        if item.item.type == "table" and is_matrix(self.form, item):
            return self.shown(
                item, matrix_source(self.form, item, self.style), "div", "table-responsive"
            )
        if item.item.is_container:
            return (
                self.items(item.children) if top and self._bare(item) else self.group(item, top=top)
            )
        return self.field(item) + self.items(item.children)

    def _wanted(self, item: CompiledItem) -> bool:
        only = self.only or frozenset()
        return item.id in only or any(self._wanted(self.form.items[c]) for c in item.children)

    @staticmethod
    def _bare(item: CompiledItem) -> bool:
        """Say whether a top section needs no frame: its heading is the page's own."""
        return item.item.type == "section" and item.show is None and not item.item.help

    def shown(self, item: CompiledItem, body: str, tag: str, css: str, extra: str = "") -> str:
        """Wrap a body so that it can be found, hidden and announced."""
        hidden = when(f"'{item.id}' in r.hidden", " hidden")
        always = " hidden" if item.item.hidden else hidden
        marks = attributes(
            class_=css,
            data_item=name(item),
            data_question=item.id,
            data_row="{{ r.id }}" if item.scope else None,
            data_show_if=item.show is not None,
            data_hidden=item.item.hidden,
            data_given=f"{{{{ r.given.get('{item.id}', '') }}}}" if item.item.read_only else None,
            data_label=text(item.label(self.style.language)),
        )
        return f"<{tag}{marks}{extra}{always}>{body}</{tag}>"

    def words(self, words: Text) -> str:
        """Return a text of the author in the page's language."""
        return self.style.author(words)

    def note(self, item: CompiledItem) -> str:
        """Return a note; legal texts and instructions look alike, help is quieter."""
        css = "hint" if item.item.control == "help" else "alert alert-info"
        body = f"<p>{self.words(item.item.label)}</p>" + self.link(item)
        return self.shown(item, body, "div", css, ' role="note"')

    def link(self, item: CompiledItem) -> str:
        """Return a link to more about the item, if its address is one."""
        address = item.item.link
        if not address.startswith(("https://", "http://", "/")):
            return ""
        more = self.style.say("more")
        return f'<a href="{text(address)}" rel="noopener noreferrer">{more}</a>'

    def hint(self, item: CompiledItem) -> str:
        """Return the help of an item."""
        parts = [self.words(item.item.help), self.words(item.item.pattern_help)]
        body = " ".join(part for part in parts if part)
        link = self.link(item)
        if not body and not link:
            return ""
        return f'<p class="hint" id="{identity(item, "hint")}">{body}{" " if body and link else ""}{link}</p>'

    def problem(self, item: CompiledItem) -> str:
        """Return the place of an item's problems, present only when there are any."""
        loop = f"{{% for m in r.bad['{item.id}'] %}}{{{{ m }}}}{{% if not loop.last %}} {{% endif %}}{{% endfor %}}"
        body = f'<p class="problem" id="{identity(item, "problem")}">{loop}</p>'
        return when(f"'{item.id}' in r.bad", body)

    def title(self, item: CompiledItem) -> str:
        """Return number, label and whether an answer is required."""
        number = f"{text(item.item.number)} " if item.item.number else ""
        label = text(item.label(self.style.language))
        return f"{number}{label}{needed_mark(item, self.style)}"

    def field(self, item: CompiledItem) -> str:
        """Return one question: label, hint, problem, input."""
        hint = self.hint(item)
        ties = described(item, hint=bool(hint))
        body = hint + self.problem(item) + input_source(item, self.style, ties)
        css = "field" + when(f"'{item.id}' in r.bad", " field-bad") + self.width(item)
        if is_grouped(item) and not item.read_only:
            return self.shown(
                item, f"<legend>{self.title(item)}</legend>{body}", "fieldset", css, ties
            )
        tag = "span" if item.read_only else "label"
        target = "" if item.read_only else f' for="{identity(item)}"'
        label = f'<{tag} class="form-label field-label"{target}>{self.title(item)}</{tag}>'
        return self.shown(item, label + body, "div", css)

    @staticmethod
    def width(item: CompiledItem) -> str:
        """Return the class for the item's width in twelfths of the line."""
        width = item.item.width
        return f" field-w{max(1, round(width * 12 / 100))}" if width else ""

    def group(self, item: CompiledItem, *, top: bool) -> str:
        """Return a group as a fieldset with a legend."""
        heading = "h3" if top else "h4"
        label = self.words(item.item.label)
        legend = f'<legend><span class="{heading}">{label}</span></legend>' if label else ""
        body = legend + self.hint(item) + self.problem(item) + self.items(item.children)
        ties = described(item, hint=True) if self.hint(item) else ""
        return self.shown(item, body, "fieldset", f"group{' group-top' if top else ''}", ties)

    def repeat(self, item: CompiledItem, *, top: bool = False) -> str:
        """Return rows with a template for new ones; adding and removing also works by post."""
        as_table = item.item.control == "table" and self._fits_table(item)
        row = self.table_row(item) if as_table else self.card(item)
        depth = len(item.scope)
        rows = "{% for r in up.rows.get('" + item.id + "', []) %}" + row + "{% endfor %}"
        template = f"<template data-row-template>{row}</template>"
        blank = f"{{% with r = blanks['{item.id}'] %}}{template}{{% endwith %}}"
        listed = self.table(item, rows) if as_table else f"<div data-rows>{rows}</div>"
        listed += self.no_rows(item)
        inside = f"{{% with up = r %}}{listed}{blank}{{% endwith %}}"
        sentinel = f'<input type="hidden" name="{name(item)}" value="">'
        body = (
            f'<legend><span class="h4">{self.title(item)}</span></legend>'
            f"{self.hint(item)}{self.problem(item)}{inside}{self.add_button(item)}{sentinel}"
        )
        extra = attributes(
            data_repeat=item.id,
            data_depth=str(depth),
            data_at_most=str(item.item.at_most) if item.item.at_most else None,
            data_row_label=text(item.label(self.style.language)),
        )
        return self.shown(
            item, body, "fieldset", f"group repeat{' group-top' if top else ''}", extra
        )

    def no_rows(self, item: CompiledItem) -> str:
        """Return the sentence that stands in the place of rows while there are none."""
        hidden = when(f"up.rows.get('{item.id}')", " hidden")
        return f'<p class="hint" data-rows-none{hidden}>{self.style.say("no_rows")}</p>'

    def add_button(self, item: CompiledItem) -> str:
        """Return the button for another row; it posts the page where there is no script."""
        marks = attributes(
            type="submit",
            class_="btn btn-outline-primary",
            name=name(item, "add"),
            value="1",
            formnovalidate=True,
            data_row_add=True,
        )
        named = self.words(item.item.short_label)
        if named:
            return f"<button{marks}>{self.style.say('add', label='#').replace('#', named)}</button>"
        shown = self.style.say("add_row")
        whole = f"{shown}: {text(item.label(self.style.language))}"
        return f'<button{marks} aria-label="{whole}">{shown}</button>'

    def _fits_table(self, item: CompiledItem) -> bool:
        children = [self.form.items[child] for child in item.children]
        simple = all(
            c.item.type in _NARROW and not c.is_repeat and not c.children for c in children
        )
        return simple and len(children) <= ROW_COLUMNS

    def row_parts(self, item: CompiledItem) -> tuple[str, str]:
        """Return the hidden input that names the row, and the button that removes it."""
        outer = "{{ up.s }}"
        label = item.label(self.style.language)
        marker = f'<input type="hidden" name="{item.id}{outer}" value="{{{{ r.id }}}}">'
        remove = self.style.say("remove", label=label, number="#").replace(
            "#", "{{ r.number or '' }}"
        )
        button = (
            f'<button type="submit" class="btn btn-sm btn-outline-secondary" name="{item.id}{outer}~remove" '
            f'value="{{{{ r.id }}}}" formnovalidate data-row-remove aria-label="{remove}">'
            f"{self.style.say('remove_short')}</button>"
        )
        return marker, button

    def card(self, item: CompiledItem) -> str:
        """Return one row as a card."""
        marker, button = self.row_parts(item)
        label = self.style.say("row", label=item.label(self.style.language), number="#")
        label = label.replace("#", "<span data-row-number>{{ r.number or '' }}</span>")
        body = self.items(item.children)
        return (
            f'<fieldset class="card row-card" data-row-id="{{{{ r.id }}}}"><div class="card-body">'
            f'<legend class="h5">{label}</legend>{marker}{body}{button}</div></fieldset>'
        )

    def table(self, item: CompiledItem, rows: str) -> str:
        """Return the table around the rows; its head names the columns."""
        heads = "".join(
            f'<th scope="col">{self.title(child)}{self.hint(child).replace("{{ r.s }}", "{{ up.s }}")}</th>'
            for child in (self.form.items[c] for c in item.children)
        )
        label = text(item.label(self.style.language))
        actions = self.style.say("actions")
        hidden = when(f"not up.rows.get('{item.id}')", " hidden")
        return (
            f'<div class="table-responsive" data-rows-table{hidden}><table class="table align-middle answer-table"><caption class="visually-hidden">'
            f'{label}</caption><thead><tr>{heads}<th scope="col"><span class="visually-hidden">{actions}</span></th></tr></thead>'
            f"<tbody data-rows>{rows}</tbody></table></div>"
        )

    def table_row(self, item: CompiledItem) -> str:
        """Return one row of the table; each cell keeps its label for those who hear it."""
        marker, button = self.row_parts(item)
        cells = ""
        for child in (self.form.items[c] for c in item.children):
            ties = described(child, hint=False)
            control = input_source(child, self.style, ties)
            if is_grouped(child) and not child.read_only:
                legend = f'<legend class="visually-hidden">{self.title(child)}</legend>'
                inner = self.shown(
                    child, legend + self.problem(child) + control, "fieldset", "field", ties
                )
            else:
                tag = "span" if child.read_only else "label"
                target = "" if child.read_only else f' for="{identity(child)}"'
                label = f'<{tag} class="visually-hidden"{target}>{self.title(child)}</{tag}>'
                inner = self.shown(child, label + self.problem(child) + control, "div", "field")
            cells += f"<td>{inner}</td>"
        return f'<tr data-row-id="{{{{ r.id }}}}">{cells}<td>{marker}{button}</td></tr>'
