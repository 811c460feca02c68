"""Which version of a code system decides: value set, coding, and the three version parameters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.terminology.fhir.versions import best, matches, order_of

from .fhir_cases import BASE, Client, code_system, value_set

URL = f"{BASE}/CodeSystem/version"
ONE = code_system("version", [{"code": "code1", "display": "Display 1 (1.0)"}], version="1.0.0")
TWO = code_system("version", [{"code": "code1", "display": "Display 1 (1.2)"}], version="1.2.0")
SETS = {
    "vs10": value_set("vs10", [{"system": URL, "version": "1.0.0"}]),
    "vs20": value_set("vs20", [{"system": URL, "version": "1.2.0"}]),
    "vsnn": value_set("vsnn", [{"system": URL}]),
    "vs1w": value_set("vs1w", [{"system": URL, "version": "1.x.x"}]),
    "vs1wb": value_set("vs1wb", [{"system": URL, "version": "1"}]),
}
KNOWN = "Valid versions: 1.0.0 or 1.2.0"
RULES: dict[str, dict[str, str]] = {
    "": {},
    "default": {"system_version": f"{URL}|1.2.0"},
    "check": {"check_system_version": f"{URL}|1.0.x"},
    "force": {"force_system_version": f"{URL}|1.0.x"},
}


def mismatch(said: str, coding: str, how: str = "in the ValueSet include") -> str:
    return (
        f"error/invalid/vs-invalid@Coding.version: The code system '{URL}' version '{said}' {how} is "
        f"different to the one in the value ('{coding}')"
    )


def unknown(version: str) -> str:
    return (
        f"error/not-found/not-found@Coding.system: A definition for CodeSystem '{URL}' version "
        f"'{version}' could not be found, so the code cannot be validated. {KNOWN}"
    )


def refused(version: str, where: str = "Coding.version") -> str:
    return (
        f"error/exception/version-error@{where}: The version '{version}' is not allowed for system "
        f"'{URL}': required to be '1.0.x' by a version-check parameter"
    )


@pytest.mark.parametrize(
    ("coding", "which", "rule", "display", "issues"),
    [
        ("", "vsnn", "", "1.2", []),
        ("", "vs10", "", "1.0", []),
        ("", "vs1w", "", "1.2", []),
        ("", "vs1wb", "", "1.2", [unknown("1")]),
        ("1.0.0", "vsnn", "", "1.0", []),
        ("1.0.0", "vs10", "", "1.0", []),
        ("1.0.0", "vs1w", "", "1.0", []),
        ("1.0.0", "vs20", "", "1.2", [mismatch("1.2.0", "1.0.0")]),
        ("1.0.0", "vs1wb", "", "1.0", [mismatch("1", "1.0.0"), unknown("1")]),
        ("2.4.0", "vs10", "", "1.0", [mismatch("1.0.0", "2.4.0"), unknown("2.4.0")]),
        ("", "vsnn", "default", "1.2", []),
        ("1.0.0", "vsnn", "default", "1.2", [mismatch("1.2.0", "1.0.0")]),
        ("1.0.0", "vs10", "default", "1.0", []),
        ("1.0.0", "vsnn", "check", "1.2", [refused("1.2.0"), mismatch("1.2.0", "1.0.0")]),
        ("1.0.0", "vs10", "check", "1.0", []),
        ("", "vs1w", "check", "1.2", [refused("1.2.0", "")]),
        ("", "vsnn", "force", "1.0", []),
        ("1.0.0", "vs20", "force", "1.0", []),
        (
            "2.4.0", "vs10", "force", "1.0",
            [mismatch("1.0.x", "2.4.0", "resulting from the version '1.0.0' in the ValueSet include"),
             unknown("2.4.0")],
        ),
    ],
)  # fmt: skip
def test_one_coding(
    fhir: Client, coding: str, which: str, rule: str, display: str, issues: list[str]
) -> None:
    subject = {"system": URL, "code": "code1", **({"version": coding} if coding else {})}
    found = fhir.validate(
        ONE, TWO, SETS[which], url=SETS[which]["url"], coding=subject, **RULES[rule]
    )
    assert sorted(found.get("issues", [])) == sorted(issues)
    assert found["result"] is (not issues)
    assert found["display"] == f"Display 1 ({display})"
    assert found["version"] == f"{display}.0"
    if any("could not be found" in issue for issue in issues):
        assert found["x-caused-by-unknown-system"].startswith(f"{URL}|")


def test_a_coding_of_an_unknown_version_gets_a_note(fhir: Client) -> None:
    subject = {"system": URL, "code": "code1", "version": "2.4.0"}
    found = fhir.validate(ONE, TWO, SETS["vsnn"], url=SETS["vsnn"]["url"], coding=subject)
    assert found["issues"][0] == unknown("2.4.0")
    assert found["issues"][1].startswith("warning/invalid/vs-invalid@Coding.version")
    assert "for the versionless include" in found["issues"][1]
    assert found["message"] == unknown("2.4.0").partition(": ")[2]
    assert found["version"] == "1.2.0"


@pytest.mark.parametrize(
    ("which", "rule", "version"),
    [
        ("vsnn", "", "1.2.0"),
        ("vs10", "", "1.0.0"),
        ("vs1w", "", "1.2.0"),
        ("vsnn", "default", "1.2.0"),
        ("vs10", "default", "1.0.0"),
        ("vs20", "force", "1.0.0"),
        ("vs10", "check", "1.0.0"),
    ],
)
def test_expansion(fhir: Client, which: str, rule: str, version: str) -> None:
    status, body = fhir.expand(ONE, TWO, SETS[which], url=SETS[which]["url"], **RULES[rule])
    assert status == 200
    used = [p["valueUri"] for p in body["expansion"]["parameter"] if p["name"] == "used-codesystem"]
    assert used == [f"{URL}|{version}"]
    assert body["expansion"]["contains"][0]["display"] == f"Display 1 ({version[:3]})"


@pytest.mark.parametrize(
    ("which", "rule", "text"),
    [
        ("vs1wb", "", "version '1' could not be found, so the value set cannot be expanded"),
        ("vs20", "check", "The version '1.2.0' is not allowed"),
    ],
)
def test_expansions_that_cannot_be(fhir: Client, which: str, rule: str, text: str) -> None:
    status, body = fhir.expand(ONE, TWO, SETS[which], url=SETS[which]["url"], **RULES[rule])
    assert status == 422
    assert text in body["issue"][0]["details"]["text"]


def test_the_version_of_a_value_set(fhir: Client) -> None:
    system = code_system("vsv", [{"code": "a", "display": "A"}, {"code": "b", "display": "B"}])
    inner: list[Any] = [
        value_set(
            "inner", [{"system": system["url"], "concept": [{"code": code}]}], version=version
        )
        for code, version in (("a", "1.0.0"), ("b", "3.0.0"))
    ]
    outer = value_set("outer", [{"valueSet": [f"{BASE}/ValueSet/inner"]}])
    pinned = value_set("pinned", [{"valueSet": [f"{BASE}/ValueSet/inner|1.0.0"]}])
    assert fhir.codes(system, *inner, outer, url=outer["url"]) == ["b"]
    assert fhir.codes(system, *inner, pinned, url=pinned["url"]) == ["a"]
    default = f"{BASE}/ValueSet/inner|1.0.0"
    assert fhir.codes(
        system, *inner, outer, url=outer["url"], default_valueset_version=default
    ) == ["a"]
    wrong = f"{BASE}/ValueSet/inner|9.0.0"
    status, body = fhir.expand(
        system, *inner, outer, url=outer["url"], default_valueset_version=wrong
    )
    assert status == 422
    assert "could not be found" in body["issue"][0]["details"]["text"]
    _status, body = fhir.expand(system, *inner, pinned, url=pinned["url"])
    used = [p["valueUri"] for p in body["expansion"]["parameter"] if p["name"] == "used-valueset"]
    assert used == [f"{BASE}/ValueSet/inner|1.0.0"]


@pytest.mark.parametrize(
    ("pattern", "version", "expected"),
    [
        ("1.0.0", "1.0.0", True), ("1.0.x", "1.0.7", True), ("1.x.x", "1.2.0", True), ("1.x", "1.2.0", True),
        ("1.*", "1.2.0", True), ("1", "1.0.0", False), ("1.0", "1.0.0", False), ("1.0.x", "1.2.0", False),
        ("2.x", "1.0.0", False), ("", "", True),
    ],
)  # fmt: skip
def test_patterns(pattern: str, version: str, *, expected: bool) -> None:
    assert matches(pattern, version) is expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)), min_size=1))
def test_the_newest_is_the_newest_by_number(found: list[tuple[int, int, int]]) -> None:
    versions = [".".join(map(str, parts)) for parts in found]
    assert best("", versions) == ".".join(map(str, max(found)))
    assert order_of("1.10.0") > order_of("1.9.0")


BOTH = value_set("both", [{"system": URL, "version": "1.0.0"}, {"system": URL, "version": "1.2.0"}])
OLDER = code_system(
    "version",
    [{"code": "code1", "display": "Display 1 (1.0)"}, {"code": "old", "display": "Old"}],
    version="1.0.0",
)


@pytest.mark.parametrize(
    ("coding", "version"),
    [
        ({"code": "code1"}, "1.2.0"),
        ({"code": "code1", "display": "Display 1 (1.0)"}, "1.0.0"),
        ({"code": "code1", "display": "Display 1 (1.2)"}, "1.2.0"),
        ({"code": "old"}, "1.0.0"),
        ({"code": "code1", "version": "1.0.0"}, "1.0.0"),
        ({"code": "code1", "version": "1.2.0"}, "1.2.0"),
    ],
)
def test_a_value_set_of_two_versions(fhir: Client, coding: dict[str, Any], version: str) -> None:
    found = fhir.validate(OLDER, TWO, BOTH, url=BOTH["url"], coding={"system": URL, **coding})
    assert found["result"] is True
    assert found["version"] == version
    assert "issues" not in found


def test_a_code_of_neither_version(fhir: Client) -> None:
    coding = {"system": URL, "code": "none"}
    found = fhir.validate(OLDER, TWO, BOTH, url=BOTH["url"], coding=coding)
    assert found["result"] is False
    assert "version '1.2.0'" in found["message"]
