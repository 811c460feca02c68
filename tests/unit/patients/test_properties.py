"""What holds for every date, name and number that people can type."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from portal.kernel import crypto
from portal.patients import vault
from portal.patients.fields import PARTS, DayMonthYearField
from portal.patients.models import PatientIdentity
from portal.patients.vault import Identity

RING = crypto.KeyRing({"a": b"a" * 32}, "a", b"i" * 32)
WORDS = st.text(st.characters(categories=("L", "M", "N", "P", "Z")), min_size=1, max_size=40)


class Born(Form):
    day = DayMonthYearField("Born", missing="Enter it.")


def typed(**parts: str) -> Born:
    return Born(MultiDict({f"day-{part}": text for part, text in parts.items()}))


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_every_date_that_exists_is_read(day):
    form = typed(day=str(day.day), month=f"{day.month:02d}", year=str(day.year))
    assert form.validate()
    assert form.day.data == day


@given(st.dictionaries(st.sampled_from(PARTS), st.text(max_size=14), min_size=1))
def test_anything_else_is_an_error_in_words_and_stays_on_the_page(parts):
    form = typed(**parts)
    if form.validate():
        assert isinstance(form.day.data, date)
        return
    assert form.day.data is None
    assert all(text.endswith(".") for text in form.day.errors)
    for part, text in parts.items():
        assert form.day.parts[part] == text.strip()[:12]


@given(WORDS, WORDS, st.dates(date(1901, 1, 1), date(2026, 1, 1)), st.text(max_size=30))
def test_the_vault_gives_back_what_was_put_in_and_hides_it(given_name, family, born, number):
    before = list(crypto._ring)
    crypto.configure(RING)
    try:
        identity = Identity(given_name, family, born, "", number)
        row = vault.seal("p" * 26, "c" * 26, identity)
        assert vault.open_row(row) == identity
        assert not vault.needs_rotation(row)
        assert row.given_name != PatientIdentity(given_name=given_name).given_name
        assert vault.seal("p" * 26, "c" * 26, identity).given_name != row.given_name
    finally:
        crypto._ring[:] = before


@given(
    st.lists(st.sampled_from(["Maria", "Del", "Carmen", "Ruiz", "Ortega"]), min_size=1),
    st.randoms(),
)
def test_the_index_of_a_name_does_not_depend_on_order_or_case(words, chance):
    before = list(crypto._ring)
    crypto.configure(RING)
    try:
        other = list(words)
        chance.shuffle(other)
        wanted = vault.name_index("c", " ".join(words))
        assert vault.name_index("c", "-".join(other).upper()) == wanted
        assert vault.name_index("another", " ".join(words)) != wanted
    finally:
        crypto._ring[:] = before
