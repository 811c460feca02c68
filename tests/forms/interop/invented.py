"""Questionnaires nobody would write: every element at random, also where it makes no sense."""

from random import Random
from typing import Any

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
UCUM = "http://unitsofmeasure.org"
TYPES = [
    "group",
    "display",
    "boolean",
    "decimal",
    "integer",
    "date",
    "dateTime",
    "time",
    "string",
    "text",
    "url",
    "choice",
    "open-choice",
    "attachment",
    "reference",
    "quantity",
    "question",
    "weird",
]
CONTROLS = [
    "radio-button",
    "check-box",
    "drop-down",
    "autocomplete",
    "gtable",
    "table",
    "grid",
    "list",
    "page",
    "tab-container",
    "help",
    "slider",
    "text-box",
    "prompt",
    "header",
]
PATHS = (
    "%resource.item.where(linkId='i0').answer.value + 1",
    "%resource.item.where(linkId='i0').answer.value > 1",
    "%resource.item.where(linkId='i2').answer.exists()",
    "%resource.descendants().where(linkId='i1').answer.value",
    "%patient.birthDate",
    "today()",
    "true",
    "1+1",
    "%x.y",
    "bad(",
)
SIMPLE: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    (f"{CORE}minValue", "Integer", (1,)),
    (f"{CORE}minValue", "Decimal", (0.5,)),
    (f"{CORE}minValue", "Date", ("2020-01", "2020-01-31")),
    (f"{CORE}minValue", "Time", ("10:00:00",)),
    (f"{CORE}minValue", "DateTime", ("2020-01-01T10:00:00Z",)),
    (f"{CORE}minValue", "String", ("x",)),
    (f"{CORE}maxValue", "Integer", (9,)),
    (f"{CORE}maxValue", "Decimal", (7.25,)),
    (f"{CORE}maxValue", "Date", ("2024",)),
    (f"{CORE}questionnaire-minOccurs", "Integer", (0, 1, 2)),
    (f"{CORE}questionnaire-maxOccurs", "Integer", (1, 3)),
    (f"{CORE}regex", "String", ("[0-9]+", "^a$", "(?=x)", "[0-9]{4}(-[0-9]{2})?", "(a")),
    (f"{CORE}entryFormat", "String", ("nn",)),
    (f"{CORE}minLength", "Integer", (2,)),
    (f"{CORE}maxDecimalPlaces", "Integer", (0, 2, 20)),
    (f"{CORE}questionnaire-hidden", "Boolean", (True, False)),
    (f"{CORE}questionnaire-choiceOrientation", "Code", ("vertical", "horizontal", "diagonal")),
    (f"{CORE}questionnaire-sliderStepValue", "Integer", (1, 5)),
    (f"{CORE}questionnaire-supportLink", "Uri", ("https://a.b/c",)),
    (f"{CORE}mimeType", "Code", ("image/png",)),
    (f"{CORE}maxSize", "Decimal", (5, 2000, 3500000)),
    (f"{CORE}questionnaire-referenceResource", "Code", ("Patient",)),
    (f"{CORE}questionnaire-unit", "Coding", ({"system": UCUM, "code": "kg", "display": "kilo"},)),
    (f"{CORE}questionnaire-unit", "Coding", ({"system": UCUM, "code": "kg"}, {"code": "zz"})),
    (f"{CORE}questionnaire-unitOption", "Coding", ({"system": UCUM, "code": "cm"},)),
    (f"{CORE}questionnaire-unitOption", "Coding", ({"system": "urn:o", "code": "q"},)),
    (f"{SDC}width", "Quantity", ({"value": 5, "unit": "px"},)),
    (f"{SDC}width", "Quantity", ({"value": 50, "unit": "%", "system": UCUM, "code": "%"},)),
    (f"{SDC}shortText", "String", ("S",)),
    (f"{SDC}openLabel", "String", ("Other",)),
    (f"{SDC}observationExtract", "Boolean", (True,)),
    ("urn:other", "String", ("keep",)),
)
VALUE_SETS = [
    {
        "resourceType": "ValueSet",
        "id": name,
        "status": "active",
        "compose": {"include": [{"system": "urn:x", "concept": [{"code": "a"}, {"code": "z"}]}]},
    }
    for name in ("vs1", "vs2")
]


class Inventor:
    """Makes up one Questionnaire."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice
        self.count = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def questionnaire(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "resourceType": "Questionnaire",
            "status": self.pick(["active", "draft", "unknown"]),
            "item": [self.item(0) for _ in range(self.random.randint(1, 5))],
        }
        for key, share, values in (
            ("id", 0.5, ["q-1", "Q", "a_b"]),
            ("name", 0.5, ["Name"]),
            ("version", 0.5, ["1.0.0", "2"]),
            ("language", 0.3, ["en", "de", "de-AT"]),
            ("title", 0.3, ["T"]),
            ("contained", 0.4, [VALUE_SETS]),
        ):
            if self.chance(share):
                found[key] = self.pick(values)
        return found

    def item(self, depth: int) -> dict[str, Any]:
        here = self.count
        self.count += 1
        ids = [f"i{here}", f"x{here}", f"{here}.1", f"Q-{here}"]
        kind = self.pick(TYPES if depth < 3 else TYPES[1:])
        found: dict[str, Any] = {"linkId": self.pick(ids), "type": kind}
        for key, share, values in (
            ("text", 0.8, ["Text", "T: x", "yes", "a\nb", "  sp ", '"q"', "it's", "#h"]),
            ("_text", 0.1, [translation("de"), translation("fr")]),
            ("prefix", 0.1, ["1.", "A"]),
            ("required", 0.2, [True, True, False]),
            ("repeats", 0.2, [True, True, False]),
            ("readOnly", 0.2, [True, True, False]),
            ("maxLength", 0.1, [5, 3000]),
            ("code", 0.1, [[self.coding()]]),
            ("initial", 0.1, [[self.value("value")]]),
        ):
            if self.chance(share):
                found[key] = self.pick(values)
        if "choice" in kind and self.chance(0.8):
            self.put_options(found)
        if self.chance(0.2):
            found["enableWhen"] = [self.condition() for _ in range(self.random.randint(1, 2))]
            if self.chance(0.7):
                found["enableBehavior"] = self.pick(["all", "any"])
        if extensions := self.extensions():
            found["extension"] = extensions
        if depth < 4 and self.chance(0.9 if kind == "group" else 0.1):
            found["item"] = [self.item(depth + 1) for _ in range(self.random.randint(1, 3))]
        return found

    def put_options(self, item: dict[str, Any]) -> None:
        if self.chance(0.3):
            item["answerValueSet"] = self.pick(["#vs1", "#vs2", "http://a/vs", "weird set"])
            return
        item["answerOption"] = []
        for _ in range(self.random.randint(1, 4)):
            free: list[dict[str, Any]] = [{"valueString": "free"}, {"valueInteger": 3}]
            option = dict(self.pick([{"valueCoding": self.coding()}, *free]))
            if self.chance(0.1):
                option["initialSelected"] = True
            if self.chance(0.3):
                score = {"url": f"{CORE}ordinalValue", "valueDecimal": self.pick([1, 2.5])}
                option["extension"] = [score]
            item["answerOption"].append(option)

    def condition(self) -> dict[str, Any]:
        return {
            "question": self.pick(["i0", "i1", "i2", "x3", "nope"]),
            "operator": self.pick(["=", "!=", "exists", ">", "<="]),
            **self.value("answer", whole=True),
        }

    def value(self, word: str, *, whole: bool = False) -> dict[str, Any]:
        values = {
            "Boolean": True,
            "Integer": 2,
            "String": "x",
            "Date": "2020-01-01",
            "Decimal": 2.5,
            "Coding": {**({"system": "urn:x", "code": "z"} if whole else {}), **self.coding()},
        }
        kind = self.pick(list(values))
        return {f"{word}{kind}": values[kind]}

    def coding(self) -> dict[str, str]:
        found = {
            "system": self.pick(["urn:x", "http://loinc.org", "http://www.orpha.net", ""]),
            "code": self.pick(["a", "b", "1-2", "a b", "", "x/y"]),
            "display": self.pick(["A", "B b", " c", "", "Ü"]),
        }
        return {key: value for key, value in found.items() if value} or {"code": "only"}

    def extensions(self) -> list[dict[str, Any]]:
        found = [
            {"url": url, f"value{kind}": self.pick(values)}
            for url, kind, values in SIMPLE
            if self.chance(0.06)
        ]
        for word in ("initial", "calculated", "enableWhen"):
            if self.chance(0.06):
                said = {"language": "text/fhirpath", "expression": self.pick(PATHS)}
                found.append({"url": f"{SDC}{word}Expression", "valueExpression": said})
        for name, system, codes in (
            ("itemControl", "item-control", CONTROLS),
            ("displayCategory", "display-category", ["instructions", "security", "x"]),
        ):
            if self.chance(0.06):
                code = {"system": f"http://hl7.org/fhir/questionnaire-{system}"}
                concept = {"coding": [{**code, "code": self.pick(codes)}]}
                url = f"{CORE}questionnaire-{name}"
                found.append({"url": url, "valueCodeableConcept": concept})
        return found


def translation(language: str) -> dict[str, Any]:
    """Return a text's translation beside it."""
    parts = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": "Ü"}]
    return {"extension": [{"url": f"{CORE}translation", "extension": parts}]}
