"""Reading a FHIR Parameters resource or a query string, and writing one."""

import math
from typing import Any

from portal.terminology.fhir.outcome import Json, invalid
from portal.terminology.fhir.versions import split

MAX_PARAMETERS = 5000
_QUERY_TYPES = {"count": "Integer", "offset": "Integer"}


class Parameters:
    """The parameters of one request; names may repeat."""

    def __init__(self, entries: list[Json]) -> None:
        if len(entries) > MAX_PARAMETERS:
            raise invalid(f"More than {MAX_PARAMETERS} parameters")
        self.entries = entries

    @classmethod
    def of_resource(cls, body: Any) -> "Parameters":
        """Read a Parameters resource."""
        if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
            raise invalid("The body of this operation is a Parameters resource in JSON")
        entries = body.get("parameter", [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise invalid("Parameters.parameter is a list of objects")
        return cls(entries)

    @classmethod
    def of_query(cls, pairs: list[tuple[str, str]]) -> "Parameters":
        """Read a query string; every value is taken as text until somebody asks for its type."""
        return cls([{"name": name, "valueString": value} for name, value in pairs])

    def values(self, name: str) -> list[Any]:
        """Return all values (of any type) and resources with this name."""
        out = []
        for entry in self.entries:
            if entry.get("name") == name:
                found = [v for key, v in entry.items() if key.startswith("value")]
                out += found or ([entry["resource"]] if "resource" in entry else [])
        return out

    def text(self, *names: str) -> str:
        """Return the first text under one of the names, or an empty text."""
        for name in names:
            for value in self.values(name):
                if isinstance(value, str | int | float) and not isinstance(value, bool):
                    return str(value)
        return ""

    def texts(self, name: str) -> list[str]:
        """Return all texts under a name."""
        return [str(value) for value in self.values(name) if isinstance(value, str)]

    def flag(self, name: str) -> bool | None:
        """Return true, false, or None when the parameter is absent."""
        for value in self.values(name):
            if isinstance(value, bool):
                return value
            if isinstance(value, str):
                return value.lower() == "true"
        return None

    def number(self, name: str) -> int | None:
        """Return a whole number from 0, or None; raise for anything else."""
        for value in self.values(name):
            try:
                number = int(value)
            except (TypeError, ValueError) as error:
                raise invalid(f"The parameter '{name}' is a whole number") from error
            if number < 0:
                raise invalid(f"The parameter '{name}' is not negative")
            return number
        return None

    def resource(self, name: str) -> Json | None:
        """Return the first resource or object under a name."""
        return next((value for value in self.values(name) if isinstance(value, dict)), None)

    def resources(self, name: str) -> list[Json]:
        """Return all resources under a name."""
        return [value for value in self.values(name) if isinstance(value, dict)]

    def rules(self, name: str) -> dict[str, str]:
        """Return system → version of repeated ``url|version`` parameters."""
        return dict(split(value) for value in self.texts(name) if "|" in value)

    def plus(self, other: "Parameters") -> "Parameters":
        """Return these parameters with those of ``other`` for names that are missing here."""
        names = {entry.get("name") for entry in self.entries}
        return Parameters(self.entries + [e for e in other.entries if e.get("name") not in names])


def element(name: str, kind: str, value: Any) -> Json:
    """Return one parameter with its typed value."""
    return {"name": name, f"value{kind}": value}


def resource(entries: list[Json]) -> Json:
    """Return a Parameters resource, its parameters in alphabetical order."""
    ordered = sorted(entries, key=lambda entry: str(entry["name"]))
    return {"resourceType": "Parameters", "parameter": ordered}


def number_json(text: str) -> int | float | str:
    """Return a decimal's text as a JSON number, whole when it is whole."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value == int(value) and "." not in text else value
