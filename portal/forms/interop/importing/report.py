"""What became of a file that was imported."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """Counts, and every part that is not carried by a keyword.

    ``kept`` stays verbatim (under ``fhir:``, with the reason), ``ignored`` is lost, ``renamed``
    are ids that had to differ from the source's.
    """

    format: str
    items: int = 0
    translated: int = 0
    kept: list[dict[str, str]] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    def keep(self, place: str, what: str, why: str = "") -> None:
        """Note what stays verbatim."""
        self.kept.append({"linkId": place, "what": what, "why": why})

    def ignore(self, place: str, what: str, why: str) -> None:
        """Note what is not carried over."""
        self.ignored.append({"linkId": place, "what": what, "why": why})

    def plain(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "format": self.format,
            "items": self.items,
            "expressions": self.translated,
            "kept": self.kept,
            "ignored": self.ignored,
            "renamed": self.renamed,
        }

    def sentences(self) -> list[str]:
        """Return the report as lines for people."""
        found = [f"{self.items} items, {self.translated} conditions and calculations carried over"]
        for word, entries in (("kept as it is", self.kept), ("ignored", self.ignored)):
            for one in entries:
                place = f"{one['linkId']}: " if one["linkId"] else ""
                why = f" ({one['why']})" if one["why"] else ""
                found.append(f"{word}: {place}{one['what']}{why}")
        if self.renamed:
            found.append(f"{len(self.renamed)} ids differ from the source's")
        return found
