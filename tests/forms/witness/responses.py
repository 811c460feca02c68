"""Answers of the vectors as FHIR resources, written here by hand so that the exporter has no say."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.definition import same_system
from portal.forms.evaluate import Context, completed_answers, evaluate
from portal.forms.kinds import AnswerError

UCUM = "http://unitsofmeasure.org"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
Json = dict[str, Any]


def response(form: CompiledForm, answers: Json, context: Context) -> Json:
    """Return a completed QuestionnaireResponse."""
    kept = completed_answers(form, answers, evaluate(form, answers, context))
    top = [item for item in form.items.values() if not item.parent]
    visit = context.visit_date or context.today
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": visit.isoformat(),
        "item": list(_items(form, top, kept)),
    }


def questionnaire(form: CompiledForm) -> Json:
    """Return the skeleton of the form in which the engine looks up options."""

    def nodes(items: list[CompiledItem]) -> list[Json]:
        return [
            {
                "linkId": item.id,
                "answerOption": [_coding(item, {"code": o.code}) for o in item.options],
                "item": nodes([form.items[child] for child in item.children]),
            }
            for item in items
        ]

    top = [item for item in form.items.values() if not item.parent]
    return {"resourceType": "Questionnaire", "item": nodes(top)}


def _items(form: CompiledForm, items: list[CompiledItem], answers: Json) -> Iterator[Json]:
    for item in items:
        children = [form.items[child] for child in item.children]
        if item.is_repeat:
            for row in answers.get(item.id, []):
                yield {"linkId": item.id, "item": list(_items(form, children, row))}
        elif item.item.is_container:
            yield {"linkId": item.id, "item": list(_items(form, children, answers))}
        elif item.id in answers:
            given = answers[item.id] if item.multiple else [answers[item.id]]
            listed = [_value(item, one) for one in given if _readable(item, one)]
            if listed:
                yield {"linkId": item.id, "answer": listed}


def _readable(item: CompiledItem, value: Any) -> bool:
    """An invalid answer is unknown; FHIR has no place for it."""
    try:
        item.read(value)
    except AnswerError:
        return False
    return True


_PLAIN = {
    "integer": ("valueInteger", int),
    "decimal": ("valueDecimal", float),
    "yes_no": ("valueBoolean", bool),
    "date": ("valueDate", str),
    "datetime": ("valueDateTime", str),
    "time": ("valueTime", str),
}


def _value(item: CompiledItem, value: Any) -> Json:
    if item.item.type == "choice":
        return _coding(item, value)
    if item.item.type == "quantity":
        unit, amount = value["unit"], float(Decimal(value["value"]))
        return {"valueQuantity": {"value": amount, "unit": unit, "system": UCUM, "code": unit}}
    element, convert = _PLAIN.get(item.item.type, ("valueString", str))
    return {element: convert(value)}


def _coding(item: CompiledItem, value: Json) -> Json:
    if "text" in value:
        return {"valueString": value["text"]}
    coding: Json = {"code": value["code"]}
    if value.get("system"):
        coding["system"] = same_system(value["system"])
    for option in item.options:
        if option.code == value["code"] and option.score:
            coding["extension"] = [{"url": WEIGHT, "valueDecimal": float(option.score)}]
    return {"valueCoding": coding}
