"""Everything the template of a section needs, computed from the response."""

import json
from dataclasses import dataclass
from functools import cached_property

from flask import url_for
from markupsafe import Markup

from portal.forms.pedigree.model import TABLE
from portal.forms.pedigree.text import Told, told
from portal.forms.posted import Posted
from portal.forms.queries import Working
from portal.forms.queries.filling import QUICK, section_states
from portal.forms.rendering import Look, error_summary, page_data, render_section
from portal.kernel.ids import new_id


@dataclass(frozen=True)
class Part:
    """A heading with rendered fields."""

    id: str
    title: str
    body: Markup


@dataclass
class SectionPage:
    """One section, or the parts of several that make the quick case."""

    work: Working
    section: str
    look: Look
    posted: Posted | None = None

    @property
    def quick(self) -> bool:
        """Whether this is the quick case."""
        return self.section == QUICK

    @cached_property
    def title(self) -> str:
        """The heading."""
        if self.quick:
            return self.look.translate("Quick case")
        form = self.work.form
        return form.section(self.section).title(self.look.language, form.language)

    @cached_property
    def parts(self) -> list[Part]:
        """The rendered fields."""
        form = self.work.form
        if not self.quick:
            return [Part(self.section, "", self._body(self.section, ""))]
        wanted = self.item_ids
        return [
            Part(
                section.id,
                section.title(self.look.language, form.language),
                self._body(section.id, QUICK),
            )
            for section in form.sections
            if wanted & set(section.all_items)
        ]

    def _body(self, section: str, view: str) -> Markup:
        return render_section(
            self.work.form,
            section,
            self.work.answers,
            self.work.evaluation,
            look=self.look,
            posted=self.posted,
            view=view,
        )

    @cached_property
    def item_ids(self) -> frozenset[str]:
        """The ids of all items on the page."""
        form = self.work.form
        if self.quick:
            return frozenset(form.definition.views[QUICK])
        return frozenset(form.section(self.section).all_items)

    @cached_property
    def family(self) -> Told | None:
        """The family in words, on the section that holds the table of relatives."""
        return told(self.work.answers) if TABLE in self.item_ids else None

    @cached_property
    def summary(self) -> Markup:
        """What could not be read, with links to the fields."""
        if self.posted is None or not self.posted.problems:
            return Markup("")
        return error_summary(
            self.work.form, self.work.evaluation, look=self.look, posted=self.posted, issues="none"
        )

    @cached_property
    def data(self) -> Markup:
        """The attributes for the browser's script.

        The quick case shows parts of sections: answers that are not on the page travel along, as
        those of other sections do, because conditions may speak of them.
        """
        work = self.work
        address = url_for("RulesView.rules", form_hash=work.form.hash)
        if not self.quick:
            return page_data(
                work.form, self.section, work.answers, work.context, address, look=self.look
            )
        first = work.form.sections[0].id
        elsewhere = {k: v for k, v in work.answers.items() if k not in self.item_ids}
        inside = set(work.form.section(first).all_items)
        given = {k: v for k, v in elsewhere.items() if k not in inside}
        data = page_data(work.form, first, given, work.context, address, look=self.look)
        whole = Markup('data-answers="{}"').format(json.dumps(elsewhere, ensure_ascii=False))
        part = Markup('data-answers="{}"').format(json.dumps(given, ensure_ascii=False))
        return Markup(data.replace(part, whole, 1))  # noqa: S704 - both are escaped markup

    @cached_property
    def versions(self) -> str:
        """The version of every answer on the page, as the autosave script reads it."""
        return json.dumps(self.work.versions_of(self.item_ids))

    @property
    def key(self) -> str:
        """A key by which a page that is sent twice counts once."""
        return new_id()

    @cached_property
    def previous(self) -> str:
        """The id of the section before, or an empty string."""
        return neighbours(self.work, self.section)[0]

    @cached_property
    def following(self) -> str:
        """The id of the section after, or an empty string."""
        return neighbours(self.work, self.section)[1]

    @cached_property
    def contents(self) -> list[dict[str, object]]:
        """The sections that are shown, for the list beside the page."""
        work = self.work
        if work.opened is None:
            return []
        return [
            {
                "id": one.id,
                "title": one.title,
                "state": one.state,
                "percent": one.percent,
                "counts": work.evaluation.sections[one.id].total > 0,
                "current": one.id == self.section,
            }
            for one in section_states(work.opened, work.evaluation, self.look.language)
        ]


def shown_sections(work: Working) -> list[str]:
    """Return the ids of the sections in which something is shown."""
    return [
        section.id
        for section in work.form.sections
        if any(work.evaluation.is_visible(item) for item in section.items)
    ]


def neighbours(work: Working, section: str) -> tuple[str, str]:
    """Return the sections before and after; empty strings at the ends and for the quick case."""
    shown = shown_sections(work)
    if section not in shown:
        return "", ""
    place = shown.index(section)
    before = shown[place - 1] if place else ""
    return before, shown[place + 1] if place + 1 < len(shown) else ""
