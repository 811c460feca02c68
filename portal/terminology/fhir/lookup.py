"""CodeSystem $lookup and $subsumes."""

from portal.terminology.fhir.languages import choose
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.nodes import Node, System
from portal.terminology.fhir.outcome import FhirError, Issue, Json, invalid, unknown_system
from portal.terminology.fhir.parameters import Parameters, element, resource
from portal.terminology.fhir.settings import Rules, apply_supplements, wanted_languages

_STANDARD = {"parent", "child", "inactive"}


def _coding(parameters: Parameters, *names: str) -> tuple[str, str, str]:
    """Return (system, version, code) of the request, from a Coding or from single parameters."""
    for name in names:
        coding = parameters.resource(name)
        if coding:
            return (
                str(coding.get("system", "")),
                str(coding.get("version", "")),
                str(coding.get("code", "")),
            )
    return parameters.text("system", "url"), parameters.text("version"), parameters.text("code")


def _system(library: Library, rules: Rules, url: str, version: str) -> System:
    if not url:
        raise invalid("Name the code system: the parameter 'system'", "SYSTEM_REQUIRED")
    wanted = rules.decided(url, version)
    found = library.system(url, wanted)
    if found is None:
        issue = unknown_system(url, wanted, library.known_versions(url))
        raise FhirError(404, issue)
    return found


def _node(system: System, code: str) -> Node:
    node = system.locate(code)
    if node is None:
        text = f"Unknown code '{code}' in the CodeSystem '{system.url}' version '{system.version}'"
        raise FhirError(
            404, Issue("error", "not-found", "invalid-code", text, "Unknown_Code_in_Version")
        )
    return node


def lookup(library: Library, parameters: Parameters, header: str) -> Json:
    """Return everything known of one code."""
    apply_supplements(library, parameters, None)
    rules = Rules.of(parameters)
    url, version, code = _coding(parameters, "coding")
    if not code:
        raise invalid("Name the code: the parameters 'system' and 'code', or 'coding'")
    system = _system(library, rules, url, version)
    node = _node(system, code)
    languages = wanted_languages(parameters, None, header, others=True)
    shown = choose(node.names, languages)
    out = [
        element("abstract", "Boolean", node.abstract),
        element("code", "Code", node.code),
        element("name", "String", system.name or system.title or system.url),
        element("system", "Uri", system.url),
    ]
    if system.version:
        out.append(element("version", "String", system.version))
    if shown is not None:
        out.append(element("display", "String", shown.text))
    if node.definition:
        out.append(element("definition", "String", node.definition))
    asked = parameters.texts("property")
    out += [
        _designation(name.text, name.language, name.use, name.use_system) for name in node.names
    ]
    out += _properties(system, node, asked)
    out += [element("used-supplement", "Canonical", name) for name in system.supplements]
    return resource(out)


def _designation(text: str, language: str, use: str, use_system: str) -> Json:
    part = []
    if language:
        part.append(element("language", "Code", language))
    if use:
        coding = {"system": use_system, "code": use} if use_system else {"code": use}
        part.append(element("use", "Coding", coding))
    return {"name": "designation", "part": [*part, element("value", "String", text)]}


def _properties(system: System, node: Node, asked: list[str]) -> list[Json]:
    def wanted(name: str) -> bool:
        return not asked or "*" in asked or name in asked

    out = []
    for name, codes in (("parent", node.parents), ("child", node.children)):
        for code in codes if wanted(name) else ():
            near = system.locate(code)
            described = [element("description", "String", near.display)] if near else []
            part = [element("code", "Code", name), *described, element("value", "Code", code)]
            out.append({"name": "property", "part": part})
    if wanted("inactive"):
        part = [element("code", "Code", "inactive"), element("value", "Boolean", node.inactive)]
        out.append({"name": "property", "part": part})
    for entry in node.properties:
        name = str(entry.get("code", ""))
        if name in _STANDARD or not wanted(name):
            continue
        value = next((v for key, v in entry.items() if key.startswith("value")), "")
        kind = next((key[5:] for key in entry if key.startswith("value")), "String")
        part = [element("code", "Code", name), element("value", kind, value)]
        out.append({"name": "property", "part": part})
    return out


def subsumes(library: Library, parameters: Parameters) -> Json:
    """Return how code A stands to code B."""
    rules = Rules.of(parameters)
    first, second = parameters.resource("codingA"), parameters.resource("codingB")
    url = parameters.text("system", "url") or str((first or {}).get("system", ""))
    if not url:
        raise invalid("Name the code system: the parameter 'system'", "SUBSUMES_SYSTEM_REQUIRED")
    if first and second and first.get("system") != second.get("system"):
        raise invalid("The two codings are from different code systems", "SUBSUMES_SYSTEM_MISMATCH")
    code_a = parameters.text("codeA") or str((first or {}).get("code", ""))
    code_b = parameters.text("codeB") or str((second or {}).get("code", ""))
    if not code_a or not code_b:
        raise invalid("Name both codes: 'codeA' and 'codeB', or 'codingA' and 'codingB'")
    system = _system(library, rules, url, parameters.text("version"))
    one, other = _node(system, code_a), _node(system, code_b)
    if one.code == other.code:
        answer = "equivalent"
    elif system.is_below(other.code, one.code):
        answer = "subsumes"
    else:
        answer = "subsumed-by" if system.is_below(one.code, other.code) else "not-subsumed"
    return resource([element("outcome", "Code", answer)])
