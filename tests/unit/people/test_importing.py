"""Tables of people and centres: every fault with its row, all or nothing, the same from CSV and XLSX."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.access.actor import Actor, system
from portal.kernel import db
from portal.kernel.errors import DefinitionError, ForbiddenError, NotFoundError
from portal.networks.models import Centre
from portal.people import importing
from portal.people.models import AccessInvitation
from portal.people.service import bulk
from portal.testing.world import World

SYSTEM = system("test")
PEOPLE = "email,network,profile,centre,acts_for,message\n"


def _csv(tmp_path: Path, text: str, name: str = "people.csv") -> importing.Table:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return importing.read(path)


def _faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        bulk.plan(SYSTEM, _csv(tmp_path, text))
    return [str(issue) for issue in caught.value.issues]


def test_people_are_invited_from_a_table(tmp_path: Path, world: World) -> None:
    table = _csv(
        tmp_path,
        PEOPLE
        + "a@x.test,nmd,clinician,NL-UTR,,Welcome\n\nb@x.test,nmd,assistant,NL-UTR,ENROLLER@hospital.test,\nc@x.test,eye,guest,,,\n",
    )
    assert [r.line for r in table.rows] == [2, 4, 5]
    plan, links = bulk.carry_out(SYSTEM, table)
    assert [email for email, _ in links] == ["a@x.test", "b@x.test", "c@x.test"]
    assert plan.present == ()
    rows = {r.email: r for r in db.session.scalars(select(AccessInvitation))}
    assert rows["b@x.test"].acts_for_id == world.people["enroller"]
    assert rows["a@x.test"].message == "Welcome"
    again, links = bulk.carry_out(SYSTEM, table)
    assert (again.present, links) == ((2, 4, 5), [])


def test_a_dry_run_changes_nothing(tmp_path: Path, world: World) -> None:
    del world
    plan = bulk.plan(SYSTEM, _csv(tmp_path, PEOPLE + "a@x.test,nmd,clinician,NL-UTR,,\n"))
    assert len(plan.invitations) == 1
    assert db.session.scalar(select(func.count()).select_from(AccessInvitation)) == 0


def test_every_fault_names_row_column_and_nearest(tmp_path: Path, world: World) -> None:
    del world
    faults = _faults(
        tmp_path,
        PEOPLE
        + "a@x.test,nmb,clinician,NL-UTR,,\n"
        + "b@x.test,nmd,clinican,NL-UTR,,\n"
        + "nobody,nmd,clinician,NL-UTR,,\n"
        + "d@x.test,nmd,clinician,FR-LYO,,\n"
        + "e@x.test,nmd,clinician,,,\n"
        + "f@x.test,nmd,assistant,NL-UTR,unknown@x.test,\n"
        + "g@x.test,nmd,clinician,NL-UTR,,\nG@x.test,nmd,clinician,NL-UTR,,\n",
    )
    assert faults[0] == (
        "people.csv:2: [network] 'nmb' is not the code of a network Did you mean 'nmd'?"
    )
    assert "people.csv:3: [profile]" in faults[1]
    assert "Did you mean 'clinician'?" in faults[1]
    assert "people.csv:4: [email]" in faults[2]
    assert "people.csv:5: [centre] This centre takes no part" in faults[3]
    assert "people.csv:6: [centre]" in faults[4]
    assert "people.csv:7: [acts_for]" in faults[5]
    assert "the same person, network and profile as in row 8" in faults[6]
    assert len(faults) == 7


def test_one_bad_row_keeps_all_others_out(tmp_path: Path, world: World) -> None:
    del world
    table = _csv(tmp_path, PEOPLE + "a@x.test,nmd,clinician,NL-UTR,,\nb@x.test,none,clinician,,,\n")
    with pytest.raises(DefinitionError):
        bulk.carry_out(SYSTEM, table)
    assert db.session.scalar(select(func.count()).select_from(AccessInvitation)) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("email,netwrk,profile\n", "Did you mean 'network'?"),
        ("email,profile\n", "[network] this column is missing"),
        ("email,email,network,profile\n", "this column stands twice"),
        ("", "the table is empty"),
        ('email,network,profile\n"open,nmd,guest\n', "not a table"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        _csv(tmp_path, text)
    assert says in str(caught.value)


def test_a_table_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(b"email,network,profile\na@x.test,nmd,guest\nm\xfcller@x.test,nmd,guest\n")
    with pytest.raises(DefinitionError, match=r"latin.csv:3: .*not UTF-8"):
        importing.read(path)


def test_spreadsheets_read_like_text(tmp_path: Path, world: World) -> None:
    del world
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Code", "Name", "City", "Country", "Networks"],
        ["be-lie", "CHU Sainte-Ève", "Liège", "be", "nmd, eye"],
        [None, None, None, None, None],
        ["BG-SOF", "Болница Бояна", "Sofia", "BG", None],
        ["NL-UTR", "there already", "Utrecht", "NL", None],
    ):
        sheet.append(row)
    book.save(tmp_path / "centres.xlsx")
    table = importing.read(tmp_path / "centres.xlsx")
    assert (table.kind, [r.line for r in table.rows]) == ("centres", [2, 4, 5])
    plan, _ = bulk.carry_out(SYSTEM, table)
    assert plan.present == (5,)
    names = db.session.scalars(select(Centre.name).where(Centre.code.in_(["BE-LIE", "BG-SOF"])))
    assert sorted(names) == ["CHU Sainte-Ève", "Болница Бояна"]
    book.close()


def test_faults_of_centres_are_named(tmp_path: Path, world: World) -> None:
    del world
    text = (
        "code;name;city;country;networks\nutrecht;A;B;NL;\nNL-AMS;;B;NL;nmd eyes\nNL-AMS;A;B;XX;\n"
    )
    faults = _faults(tmp_path, text)
    assert "people.csv:2: [code] 'utrecht' is not a code such as NL-UTR" in faults[0]
    assert "people.csv:3: [name] this cell is empty" in faults[1]
    assert "[networks] 'eyes'" in faults[2]
    assert "the same code as in row 3" in faults[3]
    assert "[country] 'XX'" in faults[4]


def test_a_broken_spreadsheet_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(DefinitionError, match="not an XLSX file"):
        importing.read(tmp_path / "x.xlsx")
    with pytest.raises(DefinitionError, match="no such file"):
        importing.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("persona", "error"),
    [("coordinator", ForbiddenError), ("enroller", ForbiddenError), ("stranger", ForbiddenError)],
)
def test_only_support_imports(
    tmp_path: Path, world: World, actor_of: object, persona: str, error: type[Exception]
) -> None:
    del world
    actor: Actor = actor_of(persona)  # type: ignore[operator]
    table = _csv(tmp_path, PEOPLE + "a@x.test,nmd,clinician,NL-UTR,,\n")
    with pytest.raises(error):
        bulk.plan(actor, table)
    with pytest.raises(error):
        bulk.carry_out(actor, table)


CELL = st.text(max_size=30)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=5))
def test_any_text_is_read_or_refused_with_a_reason(
    tmp_path: Path, world: World, rows: list[list[str]]
) -> None:
    del world
    import csv

    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([PEOPLE.strip().split(","), *rows])
    try:
        table = importing.read(path)
        plan = bulk.plan(SYSTEM, table)
    except DefinitionError as error:
        assert all(issue.file == "any.csv" for issue in error.issues)
    else:
        assert len(plan.invitations) + len(plan.present) == len(table.rows)


def test_a_person_is_found_by_id_address_or_login_name(world: World) -> None:
    from portal.kernel.errors import InvalidInputError
    from portal.people.queries.find import person_named

    for text in (world.people["lead"], "LEAD@hospital.test", "lead"):
        assert person_named(text).id == world.people["lead"], text
    with pytest.raises(NotFoundError):
        person_named("nobody")
    with pytest.raises(InvalidInputError, match="several people"):
        person_named("@hospital.test")


def test_new_areas_of_a_plugin_are_added_and_edits_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.extend import manager
    from portal.extend.specs import AreaSpec, NetworkSpec
    from portal.networks import service as networks
    from portal.networks.models import Network, ThematicArea

    first = db.session.get_one(ThematicArea, world.areas["nmd"])
    networks.edit_area(SYSTEM, first.id, networks.AreaEdit("Renamed", 7, active=False))
    areas = (AreaSpec(first.code, "Original"), AreaSpec("brand_new", "Brand new"))
    spec = NetworkSpec("nmd", "Other", "Other title", areas)

    class Newer:
        @staticmethod
        def collect(hook: str) -> list[tuple[str, NetworkSpec]]:
            assert hook == "register_networks"
            return [("ern_nmd", spec)]

    monkeypatch.setattr("portal.networks.service.sync.manager", Newer)
    assert manager is not Newer
    for _ in range(2):
        networks.sync_networks(SYSTEM)
    db.session.expire_all()
    first = db.session.get_one(ThematicArea, first.id)
    assert (first.label, first.position, first.active) == ("Renamed", 7, False)
    new = db.session.scalars(select(ThematicArea).where(ThematicArea.code == "brand_new")).one()
    assert new.network_id == world.networks["nmd"]
    assert db.session.get_one(Network, world.networks["nmd"]).short_name != "Other"
