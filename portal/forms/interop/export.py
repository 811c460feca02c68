"""A form as a FHIR R4 Questionnaire."""

import json
from typing import Any

import msgspec

from portal.forms.compiled import CompiledForm
from portal.forms.definition import FormDefinition, Rule
from portal.forms.interop.access import Json, text
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.exporting.choices import value_sets
from portal.forms.interop.exporting.expressions import Expressions
from portal.forms.interop.exporting.items import ItemWriter
from portal.forms.interop.exporting.texts import put_text
from portal.forms.interop.exporting.verbatim import merged
from portal.forms.interop.files import plain_numbers
from portal.forms.interop.naming import (
    languages_in,
    machine_name,
    prefixes,
    resource_id,
    systems_in,
)

QUESTIONNAIRES = "https://ern-portal.eu/fhir/Questionnaire/"
_BLOCKS = ("due", "views", "checks", "migrations", "retired")


def questionnaire(form: CompiledForm) -> Json:
    """Return the form as a Questionnaire: JSON with the extensions of SDC and our own.

    What stands under ``fhir:`` is laid over what is generated, so that an imported form comes out
    as it went in.
    """
    found: Json = plain_numbers(_resource(form))
    return found


def canonical(form: CompiledForm) -> str:
    """Return the address and version under which a form's responses name it."""
    definition = form.definition
    kept = definition.fhir
    url = kept["url"] if "url" in kept else definition.url or _address(definition)
    version = kept.get("version", definition.version)
    return f"{url}|{version}" if version else str(url or _address(definition))


def _address(definition: FormDefinition) -> str:
    return f"{QUESTIONNAIRES}{resource_id(definition.form)}"


def _resource(form: CompiledForm) -> Json:
    definition = form.definition
    expressions = Expressions(form)
    writer = ItemWriter(form, expressions)
    node: Json = {
        "resourceType": "Questionnaire",
        "id": resource_id(definition.form),
        "language": form.language,
    }
    contained = value_sets(form)
    if contained:
        node["contained"] = contained
    extensions = [*expressions.variables(()), *(writer.rule(rule) for rule in _rules(form))]
    if extensions:
        node["extension"] = extensions
    node |= {
        "url": definition.url or _address(definition),
        "version": definition.version,
        "name": machine_name(definition.form),
    }
    put_text(node, "title", definition.title, form.language)
    node["status"] = definition.status or "active"
    if definition.publisher:
        node["publisher"] = definition.publisher
    put_text(node, "description", definition.description, form.language)
    if definition.derived_from:
        node["derivedFrom"] = [definition.derived_from]
    items = writer.items(tuple(i.id for i in definition.items if i.id in form.items))
    node["item"] = items
    found = _with_sets(merged(node, definition.fhir), definition, contained)
    own = _own(form, found)
    if own:
        found["extension"] = [*found.get("extension", []), *own]
    return found


def _with_sets(node: Json, definition: FormDefinition, made: list[Json]) -> Json:
    """Join verbatim resources with the generated value sets; verbatim ones win."""
    kept = definition.fhir.get("contained")
    if not isinstance(kept, list):
        return node
    names = {text(one, "id") for one in kept}
    node["contained"] = [*kept, *(one for one in made if one["id"] not in names)]
    return node


def _rules(form: CompiledForm) -> list[Rule]:
    """Return the rules of the form that look at no row; the others stand on their repeat."""
    of_form = {one.rule.id for one in form.rules if not one.scope}
    return [rule for rule in form.definition.rules if rule.id in of_form]


def _own(form: CompiledForm, resource: Json) -> list[Json]:
    """Return the blocks beside the items, which FHIR has no words for, as one extension."""
    definition = form.definition
    found = [{"url": a.ASSEMBLED_FROM, "valueCanonical": one} for one in definition.assembled_from]
    blocks: dict[str, Any] = {
        name: msgspec.to_builtins(getattr(definition, name))
        for name in _BLOCKS
        if getattr(definition, name)
    }
    others = sorted(set(languages_in(resource)) - {form.language})
    if tuple(definition.languages) != (form.language, *others):
        blocks["languages"] = list(definition.languages)
    if dict(definition.codes) != prefixes(systems_in(resource))[1]:
        blocks["codes"] = dict(definition.codes)
    if blocks:
        written = json.dumps(blocks, ensure_ascii=False, sort_keys=True)
        found.append({"url": a.OWN_BLOCKS, "valueString": written})
    return found
