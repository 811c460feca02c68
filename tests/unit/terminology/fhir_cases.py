"""Small code systems and value sets that the FHIR tests send along, and a client that reads answers."""

from typing import Any

from flask.testing import FlaskClient

BASE = "http://example.org/fhir"
SIMPLE = f"{BASE}/CodeSystem/simple"
Json = dict[str, Any]


def code_system(name: str, concepts: list[Json], **more: Any) -> Json:
    """Make a CodeSystem resource."""
    return {
        "resourceType": "CodeSystem",
        "url": f"{BASE}/CodeSystem/{name}",
        "version": "0.1.0",
        "name": name.title(),
        "status": "active",
        "language": "en",
        "content": "complete",
        "caseSensitive": True,
        "concept": concepts,
        **more,
    }


def value_set(
    name: str, include: list[Json], exclude: list[Json] | None = None, **more: Any
) -> Json:
    """Make a ValueSet resource; ``compose`` in ``more`` is merged."""
    compose: Json = {"include": include, **more.pop("compose", {})}
    if exclude:
        compose["exclude"] = exclude
    return {
        "resourceType": "ValueSet",
        "url": f"{BASE}/ValueSet/{name}",
        "version": "5.0.0",
        "name": name.title(),
        "status": "active",
        "compose": compose,
        **more,
    }


def concept(code: str, *below: Json, **more: Any) -> Json:
    """Make a concept whose display is ``Display <code>``."""
    out: Json = {"code": code, "display": f"Display {code}", **more}
    if below:
        out["concept"] = list(below)
    return out


def prop(code: str, value: Any) -> Json:
    """Make a concept property of the fitting type."""
    return {"code": code, ("valueBoolean" if isinstance(value, bool) else "valueCode"): value}


SYSTEM = code_system(
    "simple",
    [
        concept("code1", definition="First", property=[prop("prop", "old")],
                designation=[{"use": {"system": f"{BASE}/uses", "code": "olde"}, "value": "mine own"}]),
        concept(
            "code2",
            concept("code2a", concept("code2aI", property=[prop("prop", "old")]), concept("code2aII"),
                    property=[prop("prop", "new")]),
            concept("code2b", property=[prop("prop", "old")]),
            property=[prop("prop", "new"), prop("notSelectable", True), prop("status", "retired")],
        ),
        concept("code3", property=[prop("prop", "old")]),
    ],
    property=[
        {"code": "prop", "uri": f"{BASE}/props#prop", "type": "code"},
        {"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"},
        {"code": "notSelectable", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"},
    ],
)  # fmt: skip
ALL = value_set("simple-all", [{"system": SIMPLE}])


def is_a(code: str, system: str = SIMPLE) -> Json:
    """Make an include of everything below a code, the code with it."""
    return {"system": system, "filter": [{"property": "concept", "op": "is-a", "value": code}]}


class Client:
    """Sends operations and reads their answers."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def post(
        self, path: str, *resources: Json, header: str = "", release: str = "r5", **values: Any
    ) -> Any:
        """POST an operation; lists repeat a parameter, dictionaries are resources or codings."""
        entries: list[Json] = [{"name": "tx-resource", "resource": r} for r in resources]
        for name, value in values.items():
            several = value if isinstance(value, list) else [value]
            entries += [{"name": name.replace("_", "-"), **_typed(name, one)} for one in several]
        headers = {"Accept-Language": header} if header else {}
        body = {"resourceType": "Parameters", "parameter": entries}
        return self._client.post(f"/fhir/{release}/{path}", json=body, headers=headers)

    def expand(self, *resources: Json, **values: Any) -> Any:
        """Expand and return (status, body)."""
        answer = self.post("ValueSet/$expand", *resources, **values)
        return answer.status_code, answer.json

    def codes(self, *resources: Json, **values: Any) -> list[str]:
        """Expand flat and return the codes."""
        status, body = self.expand(*resources, excludeNested=True, **values)
        assert status == 200, body
        return [entry["code"] for entry in body["expansion"].get("contains", [])]

    def validate(self, *resources: Json, kind: str = "ValueSet", **values: Any) -> Json:
        """Validate and return the parameters by name, issues as short lines."""
        answer = self.post(f"{kind}/$validate-code", *resources, **values)
        assert answer.status_code == 200, answer.json
        return read(answer.json)


def _typed(name: str, value: Any) -> Json:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, dict):
        if "resourceType" in value:
            return {"resource": value}
        return {"valueCodeableConcept" if name == "codeableConcept" else "valueCoding": value}
    return {"valueString": value}


def read(body: Json) -> Json:
    """Return parameters as a dictionary; ``issues`` as ``severity/code/tx-code@where: text``."""
    out: Json = {}
    for entry in body["parameter"]:
        if entry["name"] == "issues":
            out["issues"] = [line(issue) for issue in entry["resource"]["issue"]]
        else:
            out[entry["name"]] = next(
                v for k, v in entry.items() if k.startswith(("value", "part"))
            )
    return out


def line(issue: Json) -> str:
    """Return an issue as one line."""
    tx = issue["details"].get("coding", [{"code": "-"}])[0]["code"]
    where = issue.get("expression", [""])[0]
    return f"{issue['severity']}/{issue['code']}/{tx}@{where}: {issue['details']['text']}"
