"""Rules that a form writes in FHIRPath: ``targetConstraint`` of SDC, ``questionnaire-constraint``.

A rule of the form looks at the response, a rule of an item at each of its occurrences. It is
violated where it is false; one that uses what is not supported here is a warning.
"""

from portal.forms.interop.access import (
    EXTENSION,
    SDC,
    Json,
    extensions,
    objects,
    shown,
    text,
    value_of,
)
from portal.forms.interop.checking.enabling import Enabling
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.fhirpath import PathError, holds
from portal.forms.interop.findings import Findings

CONSTRAINTS = (
    f"{SDC}sdc-questionnaire-targetConstraint",
    f"{SDC}targetConstraint",
    f"{EXTENSION}targetConstraint",
    f"{EXTENSION}questionnaire-constraint",
)
MAX_HUMAN = 300


class ConstraintCheck:
    """Checks the rules of one form; before the response is ``done`` they only warn (as SDC says)."""

    def __init__(self, enabling: Enabling, findings: Findings, *, done: bool) -> None:
        self.enabling = enabling
        self.done = done
        self.findings = findings

    def check(self, asked: Asked | None, node: Json) -> None:
        """Check the rules of an item (None: of the form) at one of its occurrences."""
        owner = self.enabling.form.questionnaire if asked is None else asked.node
        for url in CONSTRAINTS:
            for one in extensions(owner, url):
                self._rule(_parts(one), asked, node)

    def _rule(self, parts: Json, asked: Asked | None, node: Json) -> None:
        written, supported = _expression(parts.get("expression"))
        link_id = asked.link_id if asked else ""
        name = _words(parts, "human") or _words(parts, "key") or written
        if not written:
            return
        reason = "" if supported else "its language is not FHIRPath"
        kept = True
        try:
            kept = not supported or holds(written, self.enabling.world(asked, node))
        except PathError as fault:
            reason = str(fault)
        if reason:
            message = f"the rule '{shown(name, MAX_HUMAN)}' is not checkable: {reason}"
            self.findings.warning("not-supported", link_id, message)
        elif not kept:
            lenient = not self.done or _words(parts, "severity") == "warning"
            severity = "warning" if lenient else "error"
            self.findings.add(severity, "invariant", link_id, shown(name, MAX_HUMAN))


def _parts(constraint: Json) -> Json:
    """Return the values of the parts of a constraint by their names."""
    return {text(one, "url"): value_of(one)[1] for one in objects(constraint, "extension")}


def _words(parts: Json, name: str) -> str:
    value = parts.get(name)
    return value if isinstance(value, str) else ""


def _expression(value: object) -> tuple[str, bool]:
    """Return the expression (bare text, or an Expression) and whether it is FHIRPath."""
    if isinstance(value, str):
        return value, True
    return text(value, "expression"), text(value, "language") in {"text/fhirpath", ""}
