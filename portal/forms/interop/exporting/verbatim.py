"""What stands under ``fhir:`` laid over what was generated.

As in a JSON merge patch, null takes a generated member away and objects are merged; lists of
extensions are added up, other lists replace.
"""

from collections.abc import Mapping
from typing import Any

from portal.forms.interop.access import Json

RESERVED = "as"
"""Under ``fhir:``, how own words are written in FHIR; no member of the resource."""


def merged(generated: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """Return the generated element with the verbatim content laid over it."""
    found = dict(generated)
    for key, value in patch.items():
        if key == RESERVED:
            continue
        if value is None:
            found.pop(key, None)
        elif key in {"extension", "modifierExtension"} and isinstance(value, list):
            found[key] = [*found.get(key, []), *value]
        elif isinstance(value, Mapping) and isinstance(found.get(key), Mapping):
            found[key] = merged(found[key], value)
        else:
            found[key] = value
    return found
