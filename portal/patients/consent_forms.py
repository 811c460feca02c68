"""Consent forms to download: the centre's own text, else the network's template, else the built-in one.

A built-in text is a file ``consent_texts/<language>.yaml``. A network's templates come from the hook
``register_consent_templates``. A centre's own text is free text; a line ``# care de`` begins the text
for one purpose in one language, and text before any such line holds for every purpose and language.
"""

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from portal.access.actor import Actor
from portal.extend import manager
from portal.extend.specs import ConsentTemplateSpec
from portal.kernel import pdf
from portal.kernel.errors import InvalidInputError
from portal.patients import places, terms
from portal.patients.places import CentrePlace, NetworkPlace

HERE = Path(__file__).resolve().parent
TEXTS = HERE / "consent_texts"
_HEADING = re.compile(r"^#\s*(care|registries|research)\s+([a-z]{2})\s*$")


@dataclass(frozen=True)
class ConsentForm:
    """The text for one purpose in one language. ``key`` is kept with each signed consent."""

    purpose: str
    language: str
    source: str
    version: str
    title: str
    intro: str
    paragraphs: tuple[str, ...]
    statement: str

    @property
    def key(self) -> str:
        """Name of the text: who wrote it, purpose, language, version."""
        return f"{self.source}:{self.purpose}:{self.language}:{self.version}"[:80]


def languages(centre: CentrePlace, network: NetworkPlace | None) -> list[str]:
    """Return the languages in which a form can be downloaded for every purpose."""
    found = set(_builtin_languages())
    found |= {language for _, language in _centre_texts(centre.consent_text) if language}
    if network is not None:
        found |= {spec.language for spec in _network_specs(network.code)}
    return sorted(code for code in found if code in terms.LANGUAGES)


def forms(
    centre: CentrePlace, network: NetworkPlace | None, language: str, purpose: str = ""
) -> list[ConsentForm]:
    """Return the forms for one purpose, or for all three, in ``language``."""
    if language not in languages(centre, network):
        raise InvalidInputError(
            "There is no consent form in this language.",
            fields={"language": "Choose one of: " + ", ".join(languages(centre, network)) + "."},
        )
    wanted = [purpose] if purpose in set(terms.Purpose) else list(terms.Purpose)
    return [form(centre, network, language, one) for one in wanted]


def form(
    centre: CentrePlace, network: NetworkPlace | None, language: str, purpose: str
) -> ConsentForm:
    """Return the form for one purpose: the centre's, else the network's, else the built-in one.

    Headings and labels come from the built-in text of the language, or the English one.
    """
    text = _builtin(language if language in _builtin_languages() else "en")
    filled = {
        "hospital": centre.name,
        "city": centre.city,
        "network": network.short_name if network else "the European Reference Networks",
    }
    own = _own_text(centre.consent_text, purpose, language)
    if own:
        return _free(text, purpose, language, f"centre-{centre.code}", _edition(own), own)
    if network is not None:
        for spec in _network_specs(network.code):
            if (spec.purpose, spec.language) == (purpose, language):
                return _free(
                    text, purpose, language, f"network-{network.code}", spec.version, spec.text
                )
    part = text[purpose]
    return ConsentForm(
        purpose=purpose,
        language=language,
        source="built-in",
        version=str(text["version"]),
        title=part["title"],
        intro=text["intro"].format(**filled),
        paragraphs=tuple(p.format(**filled) for p in part["paragraphs"] + text["rights"]),
        statement=part["statement"],
    )


def download(
    actor: Actor, centre_code: str, network_code: str, language: str, purpose: str
) -> tuple[str, bytes]:
    """Return file name and PDF of the consent forms of a centre; no personal data in them."""
    centre = places.centre(actor, centre_code)
    network = centre.network(network_code)
    found = forms(centre, network, language, purpose)
    html = as_html(centre, network, language, found)
    name = f"consent-{purpose or 'all'}-{centre.code}-{language}.pdf".lower()
    return re.sub(r"[^a-z0-9.-]+", "-", name), _rendered(html)


def as_html(
    centre: CentrePlace, network: NetworkPlace | None, language: str, found: list[ConsentForm]
) -> str:
    """Return the document as HTML: one form a page, with boxes to tick and lines to sign."""
    text = _builtin(language if language in _builtin_languages() else "en")
    return (
        templates()
        .get_template("consent.html")
        .render(
            centre=centre, network=network, language=language, forms=found, labels=text["labels"]
        )
    )


@functools.lru_cache(maxsize=64)
def _rendered(html: str) -> bytes:
    return pdf.render(html, base=HERE / "pdf")


@functools.cache
def templates() -> jinja2.Environment:
    """Return the templates of this feature's PDFs."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "pdf"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _builtin_languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in TEXTS.glob("*.yaml")))


@functools.cache
def _builtin(language: str) -> dict[str, Any]:
    text: dict[str, Any] = yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    return text


def _network_specs(code: str) -> list[ConsentTemplateSpec]:
    return [s for _, s in manager.collect("register_consent_templates") if s.network == code]


def _free(
    text: dict[str, Any], purpose: str, language: str, source: str, version: str, body: str
) -> ConsentForm:
    """A text that people wrote: paragraphs are parted by empty lines."""
    paragraphs = tuple(" ".join(p.split()) for p in re.split(r"\n\s*\n", body) if p.strip())
    part = text[purpose]
    return ConsentForm(
        purpose, language, source, version, part["title"], "", paragraphs, part["statement"]
    )


def _edition(text: str) -> str:
    """Return the version of a centre's text: the first digits of its digest, so that any edit shows."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:10]


def _own_text(own: str, purpose: str, language: str) -> str:
    texts = _centre_texts(own)
    return texts.get((purpose, language)) or texts.get(("", ""), "")


def _centre_texts(own: str) -> dict[tuple[str, str], str]:
    """Split a centre's text at its headings into {(purpose, language): text}."""
    parts: dict[tuple[str, str], list[str]] = {}
    place = ("", "")
    for line in own.splitlines():
        heading = _HEADING.match(line.strip().lower())
        if heading:
            place = (heading[1], heading[2])
        else:
            parts.setdefault(place, []).append(line)
    joined = {place: "\n".join(lines).strip() for place, lines in parts.items()}
    return {place: text for place, text in joined.items() if text}
