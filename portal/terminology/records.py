"""The streams that every loader yields: concepts, designations, edges, replacements, properties.

Beside those five there are map rows (links to other systems), weights (how often a concept is used)
and one header with the release's own version. A loader yields them in any order.
"""

from typing import NamedTuple

PREFERRED = "preferred"
SYNONYM = "synonym"
LAYPERSON = "layperson"
ABBREVIATION = "abbreviation"
RELATED = "related"
NARROW = "narrow"
BROAD = "broad"
FULLY_SPECIFIED = "fsn"
HIDDEN = "hidden"
USES = (
    PREFERRED,
    FULLY_SPECIFIED,
    SYNONYM,
    LAYPERSON,
    ABBREVIATION,
    RELATED,
    NARROW,
    BROAD,
    HIDDEN,
)

EQUIVALENT = "equivalent"
NARROWER = "source-is-narrower-than-target"
BROADER = "source-is-broader-than-target"
RELATED_TO = "related-to"
NOT_RELATED = "not-related-to"
INVERSE = {NARROWER: BROADER, BROADER: NARROWER}

REPLACED_BY = "replaced-by"
SAME_AS = "same-as"
POSSIBLY = "possibly-equivalent-to"
CONSIDER = "consider"
ALTERNATIVE = "alternative"


class Header(NamedTuple):
    """What the release says about itself. ``version`` is the publisher's text, unchanged."""

    version: str
    title: str = ""


class Concept(NamedTuple):
    """One code. ``kind`` is the publisher's class (chapter, disease …), ``lang`` the display's."""

    code: str
    display: str = ""
    active: bool = True
    selectable: bool = True
    kind: str = ""
    definition: str = ""
    lang: str = "en"


class Designation(NamedTuple):
    """One name of a concept. ``lang`` is a BCP 47 tag, ``use`` one of :data:`USES`."""

    code: str
    text: str
    lang: str = "en"
    use: str = SYNONYM


class Edge(NamedTuple):
    """``child`` is directly below ``parent``."""

    child: str
    parent: str


class Replacement(NamedTuple):
    """``old`` should no longer be used; ``relation`` says how far ``new`` stands in for it.

    With ``relation`` ALTERNATIVE the old text is only another spelling of the code ``new``.
    """

    old: str
    new: str
    relation: str = REPLACED_BY


class Property(NamedTuple):
    """One property value of a concept; ``kind`` is a FHIR type name (string, code, boolean …)."""

    code: str
    name: str
    value: str
    kind: str = "string"


class MapRow(NamedTuple):
    """``code`` here corresponds to ``target_code`` of ``target`` (a pack id or a CURIE prefix)."""

    code: str
    target: str
    target_code: str
    relation: str = RELATED_TO
    origin: str = ""
    label: str = ""


class Weight(NamedTuple):
    """``uses`` of a concept elsewhere (for HPO: diseases annotated with it)."""

    code: str
    uses: int


Record = Header | Concept | Designation | Edge | Replacement | Property | MapRow | Weight
