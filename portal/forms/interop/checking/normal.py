"""STU3 and R5 shapes into R4: the checks and the import know one shape only."""

from typing import Any

from portal.forms.interop.access import Json, child, objects, text, value_of

_OPEN = frozenset({"optionsOrType", "optionsOrString"})
MAX_LEVELS = 80


def questionnaire_as_r4(resource: Json) -> Json:
    """Return a Questionnaire in the shape of R4; what is R4 already stays as it is."""
    if not _is_foreign(resource):
        return resource
    return {**resource, "item": [_item(one, 0) for one in objects(resource, "item")]}


def _is_foreign(resource: Json) -> bool:
    """Say whether an item uses words of STU3 or R5."""
    todo = objects(resource, "item")
    while todo:
        one = todo.pop()
        todo += objects(one, "item")
        old = "option" in one or "options" in one or isinstance(one.get("initial"), dict)
        single = any(key.startswith("initial") and key != "initial" for key in one)
        new = text(one, "type") == "coding" or "answerConstraint" in one
        behind = any("hasAnswer" in w or "operator" not in w for w in objects(one, "enableWhen"))
        if old or single or new or behind:
            return True
    return False


def _item(item: Json, level: int) -> Json:
    found = dict(item)
    if "option" in found and "answerOption" not in found:
        found["answerOption"] = found.pop("option")
    if "options" in found and "answerValueSet" not in found:
        found["answerValueSet"] = text(child(found, "options"), "reference") or text(
            found, "options"
        )
        del found["options"]
    kind, value = value_of(found, "initial")
    if kind:
        del found[f"initial{kind}"]
        found["initial"] = [{f"value{kind}": value}]
    if text(found, "type") == "coding":
        found["type"] = "open-choice" if text(found, "answerConstraint") in _OPEN else "choice"
    if isinstance(found.get("enableWhen"), list):
        _conditions(found)
    if isinstance(found.get("item"), list) and level < MAX_LEVELS:
        found["item"] = [_item(one, level + 1) for one in objects(found, "item")]
    return found


def _conditions(item: Json) -> None:
    """Give STU3 conditions their operator; several of them meant « any »."""
    conditions: list[Any] = []
    old = False
    for one in objects(item, "enableWhen"):
        if "operator" in one:
            conditions.append(one)
            continue
        old = True
        rest = {key: value for key, value in one.items() if key != "hasAnswer"}
        if isinstance(one.get("hasAnswer"), bool):
            rest |= {"operator": "exists", "answerBoolean": one["hasAnswer"]}
        else:
            rest["operator"] = "="
        conditions.append(rest)
    item["enableWhen"] = conditions
    if old and len(conditions) > 1:
        item.setdefault("enableBehavior", "any")


def response_as_r4(resource: Json) -> Json:
    """Return a QuestionnaireResponse in the shape of R4.

    STU3 named its form by a reference, its encounter ``context``, and gave items a subject.
    """
    if not isinstance(resource.get("questionnaire"), dict):
        return resource
    found = {key: value for key, value in resource.items() if key not in {"parent", "context"}}
    found["questionnaire"] = text(child(resource, "questionnaire"), "reference")
    if "parent" in resource:
        found["partOf"] = resource["parent"]
    if "context" in resource:
        found["encounter"] = resource["context"]
    if isinstance(found.get("item"), list):
        found["item"] = [_without_subject(one, 0) for one in found["item"]]
    return found


def _without_subject(node: Any, level: int) -> Any:
    if not isinstance(node, dict) or level > MAX_LEVELS:
        return node
    found = {key: value for key, value in node.items() if key != "subject"}
    for member in ("item", "answer"):
        if isinstance(found.get(member), list):
            found[member] = [_without_subject(one, level + 1) for one in found[member]]
    return found
