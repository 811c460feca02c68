"""Names, ids and the style of a page: what every piece of an input needs."""

from dataclasses import dataclass

from portal.forms.compiled import CompiledItem
from portal.forms.definition import in_language
from portal.forms.messages import Translator
from portal.forms.rendering.markup import text, when
from portal.forms.rendering.words import word

MANY_OPTIONS = 7


@dataclass(frozen=True)
class Style:
    """What the page decides: language, words, where terminology is searched."""

    language: str
    fallback: str
    translate: Translator
    terminology_url: str

    def say(self, key: str, **values: str | int) -> str:
        """Return a word of the interface as template source."""
        return text(word(key, self.translate, **values))

    def author(self, words: dict[str, str]) -> str:
        """Return an author's text in the page's language as template source."""
        return text(in_language(words, self.language, self.fallback))


def identity(item: CompiledItem, part: str = "") -> str:
    """Return the HTML id of an input."""
    return f"f-{item.id}{{{{ r.s }}}}{'-' + part if part else ''}"


def name(item: CompiledItem, part: str = "") -> str:
    """Return the posted name of an input."""
    return f"{item.id}{{{{ r.s }}}}{'~' + part if part else ''}"


def described(item: CompiledItem, *, hint: bool) -> str:
    """Return the attributes that tie hint and problem to the input."""
    hint_id = identity(item, "hint")
    problem = when(f"'{item.id}' in r.bad", f" {identity(item, 'problem')}")
    invalid = when(f"'{item.id}' in r.bad", ' aria-invalid="true"')
    if hint:
        return f' aria-describedby="{hint_id}{problem}"{invalid}'
    tied = when(f"'{item.id}' in r.bad", f' aria-describedby="{identity(item, "problem")}"')
    return tied + invalid


def needed_mark(item: CompiledItem, style: Style) -> str:
    """Return the word « required » beside a label; with a condition it can be hidden."""
    if item.item.required:
        return f' <span class="needed">({style.say("required")})</span>'
    if item.required_if is None:
        return ""
    hidden = when(f"'{item.id}' not in r.needed", " hidden")
    return f' <span class="needed" data-needed{hidden}>({style.say("required")})</span>'


def is_grouped(item: CompiledItem) -> bool:
    """Whether the input is a set of ticks or buttons, which needs a fieldset and a legend."""
    kind = item.kind.name
    if kind == "yes_no":
        return True
    if kind != "choice" or is_search(item):
        return False
    return item.multiple or uses_radio(item)


def is_search(item: CompiledItem) -> bool:
    """Whether answers are searched in a terminology."""
    return bool(item.item.options_from) or item.item.control == "search"


def uses_radio(item: CompiledItem) -> bool:
    """Whether a single choice shows all its options at once."""
    if item.item.control:
        return item.item.control == "radio"
    return len(item.options) <= MANY_OPTIONS
