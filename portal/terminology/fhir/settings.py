"""What a request asks for, read once: languages, versions, switches."""

from dataclasses import dataclass, field

from portal.terminology.fhir import languages, versions
from portal.terminology.fhir.languages import Languages
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import FhirError, Issue, Json
from portal.terminology.fhir.parameters import Parameters
from portal.terminology.fhir.resource_system import value_text

_EXPANSION_PARAMETER = "valueset-expansion-parameter"
_SUPPLEMENT = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"


@dataclass(frozen=True)
class Rules:
    """Which version of a code system to use: by default, as a check, by force."""

    default: dict[str, str] = field(default_factory=dict)
    check: dict[str, str] = field(default_factory=dict)
    force: dict[str, str] = field(default_factory=dict)
    value_sets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: Parameters) -> "Rules":
        """Read the four kinds of version parameter."""
        return cls(
            parameters.rules("system-version"),
            parameters.rules("check-system-version"),
            parameters.rules("force-system-version"),
            parameters.rules("default-valueset-version"),
        )

    def decided(self, url: str, version: str) -> str:
        """Return the version (or pattern) to use where a value set says ``version``."""
        return self.force.get(url) or version or self.default.get(url, "")

    def refusal(self, url: str, version: str, where: str = "") -> Issue | None:
        """Return the issue when a version that was found fails the check for its system."""
        wanted = self.check.get(url)
        if not wanted or versions.matches(wanted, version):
            return None
        text = (
            f"The version '{version}' is not allowed for system '{url}': required to be "
            f"'{wanted}' by a version-check parameter"
        )
        return Issue("error", "exception", "version-error", text, "VALUESET_VERSION_CHECK", where)


def wanted_languages(
    parameters: Parameters, value_set: Json | None, header: str, *, others: bool
) -> Languages:
    """Return the languages in FHIR's order: parameter, value set's parameter, header, its language."""
    said = parameters.text("displayLanguage") or _from_value_set(value_set) or header
    if not said and value_set:
        said = str(value_set.get("language", ""))
    return languages.parse(said, others=others) if said else Languages()


def _from_value_set(value_set: Json | None) -> str:
    for name, value in expansion_parameters(value_set):
        if name == "displayLanguage":
            return value
    return ""


def expansion_parameters(value_set: Json | None) -> list[tuple[str, str]]:
    """Return (name, value) of the parameters that a value set sets for its own expansion."""
    found = []
    compose = (value_set or {}).get("compose", {})
    for holder in (compose, value_set or {}):
        for extension in holder.get("extension", []):
            if str(extension.get("url", "")).endswith(_EXPANSION_PARAMETER):
                parts = {p.get("url"): value_text(p) for p in extension.get("extension", [])}
                found.append((str(parts.get("name", "")), str(parts.get("value", ""))))
    return found


def apply_supplements(library: Library, parameters: Parameters, value_set: Json | None) -> None:
    """Require the supplements that the request or the value set names."""
    named = parameters.texts("useSupplement")
    for extension in (value_set or {}).get("extension", []):
        if extension.get("url") == _SUPPLEMENT:
            named.append(value_text(extension))
    if named:
        library.require_supplements(named)


def find_value_set(library: Library, parameters: Parameters, rules: Rules) -> Json:
    """Return the value set of a request: sent inline, or by ``url`` (and ``valueSetVersion``)."""
    from portal.terminology.fhir.outcome import invalid, missing_value_set

    inline = parameters.resource("valueSet")
    if inline is not None:
        library.add(inline)
        return inline
    url = parameters.text("url", "valueSetUrl")
    if not url:
        raise invalid("Name the value set: the parameter 'url', or 'valueSet' with the resource")
    version = parameters.text("valueSetVersion")
    canonical = versions.joined(url, version) if version and "|" not in url else url
    found = library.value_set(canonical, rules.value_sets.get(versions.split(url)[0], ""))
    if found is None:
        raise missing_value_set(canonical)
    return found


def canonical_of(resource: Json) -> str:
    """Return ``url|version`` of a resource."""
    return versions.joined(str(resource.get("url", "")), str(resource.get("version", "")))


def circular(url: str, path: list[str]) -> FhirError:
    """Make the error for value sets that include one another in a circle."""
    text = (
        f"Found a circularity pointing to {url} processing ValueSet with pathway "
        f"[{', '.join(path)}]"
    )
    diagnostics = f"Cyclic reference detected when excluding {url} via [{', '.join(path)}]"
    issue = Issue("error", "processing", "vs-invalid", text, "VALUESET_CIRCULAR_REFERENCE")
    return FhirError(422, issue, diagnostics)
