"""Small pieces of template source. Author's texts are escaped here, once and for good."""

from html import escape


def text(value: str) -> str:
    """Return an author's text as template source: no HTML, no template syntax can survive."""
    return escape(value, quote=True).replace("{", "&#123;").replace("}", "&#125;")


def attributes(**values: str | bool | None) -> str:
    """Return attributes as source; ``True`` is a bare attribute, empty ones are left out.

    Values are taken as source already (use :func:`text` for author's texts). ``class_`` is
    ``class``; underscores become hyphens.
    """
    parts = []
    for name, value in values.items():
        if value in (None, False, ""):
            continue
        attribute = name.rstrip("_").replace("_", "-")
        parts.append(attribute if value is True else f'{attribute}="{value}"')
    return (" " + " ".join(parts)) if parts else ""


def when(condition: str, source: str) -> str:
    """Return source that appears only when a template condition holds."""
    return "{% if " + condition + " %}" + source + "{% endif %}"


def value_of(key: str) -> str:
    """Return source that prints a text of the row (escaped by the template engine)."""
    return "{{ r.text.get('" + key + "', '') }}"
