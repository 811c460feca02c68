"""Renders a section with answers, and what the page around it needs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from portal.forms.compiled import CompiledForm
from portal.forms.definition import same_system
from portal.forms.definition.reading import SYSTEMS
from portal.forms.evaluate import Context, Evaluation
from portal.forms.messages import Translator, untranslated
from portal.forms.posted import Posted, field_name
from portal.forms.rendering.naming import Style, is_grouped
from portal.forms.rendering.source import SectionSource
from portal.forms.rendering.values import Messages, ViewBuilder, blank_row
from portal.forms.rendering.words import word

TERMINOLOGY_URL = "/api/v1/terminology/search"

_ENVIRONMENT = Environment(autoescape=True, auto_reload=False)
_TEMPLATES: dict[tuple[Any, ...], Template] = {}
MAX_TEMPLATES = 600


@dataclass(frozen=True)
class Look:
    """What the page decides: language, translator of the few words around, where codes are found.

    Templates are cached by the language, so a translator must give the same words for the same
    language.
    """

    language: str = ""
    translate: Translator = untranslated
    terminology_url: str = TERMINOLOGY_URL

    def style(self, form: CompiledForm) -> Style:
        """Return the style for a form, falling back to the form's own language."""
        wanted = self.language or form.language
        return Style(wanted, form.language, self.translate, self.terminology_url)


PLAIN = Look()


def render_section(
    form: CompiledForm,
    section_id: str,
    answers: Mapping[str, Any],
    evaluation: Evaluation,
    *,
    look: Look = PLAIN,
    posted: Posted | None = None,
    issues: str = "draft",
    view: str = "",
) -> Markup:
    """Return the fields of a section, without the ``<form>`` around them.

    ``posted`` (from ``read_posted``) brings back what was typed and could not be read. ``issues``
    chooses which findings of the evaluation stand beside their fields: ``none``, ``draft`` (what
    is wrong) or ``all`` (also what is missing). ``view`` shows only the items of a named view.
    Raises ``KeyError`` for an unknown section or view.
    """
    style = look.style(form)
    template = _template(form, section_id, view, style)
    items = [form.items[item_id] for item_id in form.section(section_id).all_items]
    problems, typed = (posted.problems, posted.typed) if posted else ({}, {})
    found = _messages(evaluation, problems, issues, look.translate)
    messages = Messages(found, typed)
    builder = ViewBuilder(form, evaluation, messages, style.language)
    root = builder.build(items, answers)
    blanks = {item.id: blank_row(builder, items, item) for item in items if item.is_repeat}
    return Markup(template.render(root=root, blanks=blanks))  # noqa: S704 - escaped by Jinja


def _messages(
    evaluation: Evaluation, problems: Mapping[str, str], issues: str, translate: Translator
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [text] for name, text in problems.items()}
    if issues == "none":
        return found
    for issue in evaluation.issues:
        if issue.is_gap and issues != "all":
            continue
        name = field_name(issue.item, issue.row)
        if name in problems:
            continue
        texts = found.setdefault(name, [])
        text = issue.said(translate)
        if text not in texts:
            texts.append(text)
    return found


def _template(form: CompiledForm, section_id: str, view: str, style: Style) -> Template:
    """Return the template of a section; built once per content, language and view."""
    key = (
        form.hash,
        section_id,
        view,
        style.language,
        style.terminology_url,
        style.say("required"),
    )
    template = _TEMPLATES.get(key)
    if template is None:
        only = frozenset(form.definition.views[view]) if view else None
        source = SectionSource(form, style, only).section(form.section(section_id))
        template = _ENVIRONMENT.from_string(source)
        if len(_TEMPLATES) >= MAX_TEMPLATES:
            _TEMPLATES.clear()
        _TEMPLATES[key] = template
    return template


def error_summary(
    form: CompiledForm,
    evaluation: Evaluation,
    *,
    look: Look = PLAIN,
    posted: Posted | None = None,
    section_id: str = "",
    issues: str = "all",
) -> Markup:
    """Return the summary that stands above a refused form, or nothing; links lead to the fields."""
    entries: list[tuple[str, str, str]] = []
    for name, text in (posted.problems if posted else {}).items():
        entries.append((name, _label(form, name.partition("@")[0], look.language), text))
    for issue in evaluation.issues:
        skipped = (issue.is_gap and issues != "all") or issue.reason or issues == "none"
        if skipped or (section_id and issue.section != section_id):
            continue
        name = field_name(issue.item, issue.row)
        entries.append((name, _label(form, issue.item, look.language), issue.said(look.translate)))
    if not entries:
        return Markup("")
    lines = Markup("").join(
        Markup('<li><a href="#{}">{}: {}</a></li>').format(_target(form, name), label, text)
        for name, label, text in entries
    )
    title = word("errors_title", look.translate)
    return Markup(
        '<div class="error-summary" data-error-summary tabindex="-1" role="alert">'
        "<h2>{}</h2><ul>{}</ul></div>"
    ).format(title, lines)


def _label(form: CompiledForm, item_id: str, language: str) -> str:
    item = form.items.get(item_id)
    return item.label(language) if item else item_id


def _target(form: CompiledForm, name: str) -> str:
    item = form.items.get(name.partition("@")[0])
    return f"f-{name}-1" if item is not None and is_grouped(item) else f"f-{name}"


def page_data(
    form: CompiledForm,
    section_id: str,
    answers: Mapping[str, Any],
    context: Context,
    rules_url: str,
    *,
    look: Look = PLAIN,
) -> Markup:
    """Return the ``data-`` attributes of the element around a section, for the browser's script.

    ``rules_url`` serves ``rules_json(form)``; its address should hold the form's hash, so that
    it can be cached for ever. The answers of other sections go along, because conditions may
    speak of them.
    """
    inside = set(form.section(section_id).all_items)
    others = {name: value for name, value in answers.items() if name not in inside}
    values = {
        "form": form.name,
        "section": section_id,
        "rules-url": rules_url,
        "answers": json.dumps(others, ensure_ascii=False),
        "facts": json.dumps(_facts(context), ensure_ascii=False, default=str),
        "code-prefixes": json.dumps(_prefixes(form)),
        "phrases": json.dumps(_phrases(look), ensure_ascii=False),
    }
    return Markup(" ").join(
        Markup('data-{}="{}"').format(name, value) for name, value in values.items()
    )


def _prefixes(form: CompiledForm) -> dict[str, str]:
    """Return the prefix of each code system, for codes that are shown as people write them."""
    named = {same_system(address): name for name, address in SYSTEMS.items()}
    own = {same_system(address): name for name, address in form.definition.codes.items()}
    return named | own


def _facts(context: Context) -> dict[str, Any]:
    visit = context.visit_date or context.today
    days = {"today": context.today.isoformat(), "visit_date": visit.isoformat()}
    return {**days, **context.values}


def _phrases(look: Look) -> dict[str, str]:
    """Return the phrases that the script says; it fills in the names in brackets itself."""
    return {
        key: word(key, look.translate, label="{label}", labels="{labels}", number="{number}")
        for key in ("now_shown", "now_hidden", "added", "removed", "not_answered")
    }


@lru_cache(maxsize=64)
def _rules_text(form: CompiledForm) -> str:
    return json.dumps(form.ast, ensure_ascii=False, separators=(",", ":"))


def rules_json(form: CompiledForm) -> str:
    """Return the rules of a form for the browser, as JSON text."""
    return _rules_text(form)
