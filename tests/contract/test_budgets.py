"""What each page may cost: the exact number of SQL statements, the same with ten times the rows.

A page has 8 statements: two say who asks, one counts what waits for them, five are the page's own.
A page that is composed of many features' parts has 12. A page whose reading goes on record has 5 more
for that commit: the thing and the relation once again inside it, and three of the audit's chain.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from portal.testing.addresses import House
from portal.testing.growth import multiply
from portal.testing.pytest_plugin import Statements

PAGE, COMPOSED, RECORD = 8, 12, 5


@dataclass(frozen=True)
class Cost:
    """``statements`` of the page for ``persona``, who is answered with ``status``."""

    persona: str
    statements: int
    status: int = 200
    composed: bool = False
    on_record: bool = False

    @property
    def limit(self) -> int:
        """How many statements such a page may have."""
        return (COMPOSED if self.composed else PAGE) + (RECORD if self.on_record else 0)


# rule -> who looks, statements, status
COSTS: dict[str, Cost] = {
    "/": Cost("enroller", 8),
    "/accessibility": Cost("member", 3),
    "/api/v1/menu/": Cost("member", 2, 404),
    "/api/v1/terminology/concept": Cost("member", 2),
    "/api/v1/terminology/packs": Cost("member", 2),
    "/api/v1/terminology/search": Cost("member", 2),
    "/assets/<path:name>": Cost("member", 0, 404),
    "/back": Cost("member", 3, 404),
    "/centre/<code>/": Cost("enroller", 8),
    "/centre/<code>/audit": Cost("enroller", 6),
    "/centre/<code>/consent-forms.pdf": Cost("enroller", 3),
    "/centre/<code>/consents": Cost("enroller", 5),
    "/centre/<code>/enrol": Cost("enroller", 5),
    "/centre/<code>/panels/": Cost("enroller", 5),
    "/centre/<code>/patients/": Cost("enroller", 6),
    "/centre/<code>/settings": Cost("enroller", 4),
    "/configuration/areas/add": Cost("coordinator", 5),
    "/configuration/areas/edit/<pk>": Cost("coordinator", 4),
    "/configuration/areas/list/": Cost("coordinator", 7),
    "/configuration/areas/show/<pk>": Cost("coordinator", 5),
    "/configuration/networks/edit/<pk>": Cost("coordinator", 5),
    "/configuration/networks/list/": Cost("coordinator", 5),
    "/configuration/networks/show/<pk>": Cost("coordinator", 8),
    "/contributions/": Cost("member", 5),
    "/contributions/certificate": Cost("member", 4),
    "/documents/<document_id>/": Cost("member", 11, on_record=True),
    "/documents/<document_id>/describe": Cost("enroller", 5),
    "/documents/<document_id>/download": Cost("member", 9, on_record=True),
    "/documents/<document_id>/inline": Cost("enroller", 3),
    "/documents/<document_id>/pages/<int:number>.png": Cost("enroller", 3),
    "/documents/<document_id>/release": Cost("enroller", 5),
    "/documents/<document_id>/withdraw": Cost("enroller", 5),
    "/ern/<code>/": Cost("member", 8),
    "/ern/<code>/access-requests": Cost("coordinator", 5),
    "/ern/<code>/access-requests/<request_id>": Cost("coordinator", 6),
    "/ern/<code>/experts": Cost("member", 7),
    "/ern/<code>/groups": Cost("member", 7),
    "/ern/<code>/groups/<group_id>": Cost("coordinator", 7),
    "/ern/<code>/groups/new": Cost("coordinator", 4),
    "/ern/<code>/invitations": Cost("coordinator", 7),
    "/ern/<code>/members": Cost("coordinator", 6),
    "/ern/<code>/members/<membership_id>/finish": Cost("coordinator", 5),
    "/ern/<code>/panels/": Cost("member", 5),
    "/ern/<code>/preferences": Cost("member", 5),
    "/ern/<code>/workflow": Cost("member", 4),
    "/fhir/$versions": Cost("member", 2),
    "/fhir/<any(CodeSystem, ValueSet, ConceptMap):kind>": Cost("member", 2),
    "/fhir/<any(CodeSystem, ValueSet, ConceptMap):kind>/<identity>/<operation>": Cost(
        "member", 2, 400
    ),
    "/fhir/<any(CodeSystem, ValueSet, ConceptMap):kind>/<operation>": Cost("member", 2, 400),
    "/fhir/<any(r4, r5):fhir_release>/$versions": Cost("member", 2),
    "/fhir/<any(r4, r5):fhir_release>/<any(CodeSystem, ValueSet, ConceptMap):kind>": Cost(
        "member", 2
    ),
    "/fhir/<any(r4, r5):fhir_release>/<any(CodeSystem, ValueSet, ConceptMap):kind>/<identity>/<operation>": Cost(
        "member", 2, 400
    ),
    "/fhir/<any(r4, r5):fhir_release>/<any(CodeSystem, ValueSet, ConceptMap):kind>/<operation>": Cost(
        "member", 2, 400
    ),
    "/fhir/<any(r4, r5):fhir_release>/metadata": Cost("member", 2),
    "/fhir/metadata": Cost("member", 2),
    "/for-me/": Cost("member", 4),
    "/forms/rules/<form_hash>.json": Cost("member", 2),
    "/healthz": Cost("member", 0),
    "/help": Cost("member", 3),
    "/lang/<string:locale>": Cost("member", 2, 302),
    "/login/": Cost("member", 2, 302),
    "/login/callback": Cost("member", 3, 503),
    "/logout/": Cost("member", 3),
    "/notices/": Cost("member", 4),
    "/notices/preferences": Cost("member", 5),
    "/outcome/<panel_id>/": Cost("member", 8),
    "/outcome/<panel_id>/pdf": Cost("member", 11, on_record=True),
    "/panel/<panel_id>/": Cost("member", 12, composed=True),
    "/panel/<panel_id>/deadline": Cost("lead", 5),
    "/panel/<panel_id>/discussion": Cost("member", 6),
    "/panel/<panel_id>/experts": Cost("enroller", 8),
    "/panel/<panel_id>/outsider": Cost("coordinator", 7),
    "/panel/<panel_id>/people": Cost("enroller", 5),
    "/panel/<panel_id>/question": Cost("enroller", 6),
    "/panel/<panel_id>/timeline": Cost("member", 7),
    "/panel/<panel_id>/urgent": Cost("enroller", 5),
    "/panel/new": Cost("member", 8, 403),
    "/patient/<patient_id>/": Cost("member", 15, composed=True, on_record=True),
    "/patient/<patient_id>/consents/<purpose>/record": Cost("enroller", 5),
    "/patient/<patient_id>/consents/<purpose>/withdraw": Cost("enroller", 4),
    "/patient/<patient_id>/documents/": Cost("member", 6),
    "/patient/<patient_id>/form/": Cost("enroller", 8),
    "/patient/<patient_id>/form/<section>/": Cost("enroller", 8),
    "/patient/<patient_id>/form/check": Cost("enroller", 7),
    "/patient/<patient_id>/form/history": Cost("member", 8),
    "/patient/<patient_id>/form/pedigree.json": Cost("member", 10, 404, on_record=True),
    "/patient/<patient_id>/form/pedigree.ped": Cost("member", 10, 404, on_record=True),
    "/patient/<patient_id>/form/pedigree.svg": Cost("member", 10, 404, on_record=True),
    "/patient/<patient_id>/form/read": Cost("member", 13, on_record=True),
    "/patient/<patient_id>/hand-over": Cost("enroller", 6),
    "/patient/<patient_id>/identity/correct": Cost("enroller", 9, on_record=True),
    "/patient/<patient_id>/nickname": Cost("enroller", 4),
    "/people/<person_id>": Cost("member", 7),
    "/people/invitation/<secret>": Cost("pending", 6),
    "/people/me": Cost("member", 5),
    "/people/me/sessions": Cost("member", 4),
    "/people/request-access": Cost("member", 5),
    "/people/welcome": Cost("member", 2, 302),
    "/privacy": Cost("member", 3),
    "/readyz": Cost("member", 2),
    "/search": Cost("member", 6),
    "/session/state": Cost("member", 2),
    "/signed-out/": Cost("member", 3),
    "/static/appbuilder/<path:filename>": Cost("member", 0, 404),
    "/support/": Cost("support", 4),
    "/support/audit/": Cost("auditor", 5),
    "/support/centres/": Cost("support", 4),
    "/support/centres/edit/": Cost("support", 6),
    "/support/centres/new/": Cost("support", 4),
    "/support/extensions/": Cost("support", 4),
    "/support/guests/": Cost("support", 5),
    "/support/invitations/": Cost("support", 4),
    "/support/jobs/": Cost("support", 4),
    "/support/mails/": Cost("support", 5),
    "/support/memberships/": Cost("support", 5),
    "/support/people/": Cost("support", 4),
    "/support/people/<person_id>": Cost("support", 8),
    "/support/people/<person_id>/grant": Cost("support", 7),
    "/support/people/<person_id>/memberships/<membership_id>/finish": Cost("support", 8),
    "/support/people/<person_id>/suspend": Cost("support", 4),
    "/support/requests/": Cost("support", 5),
    "/support/sessions/": Cost("support", 5),
    "/support/static/<path:filename>": Cost("member", 3, 404),
    "/verify/<code>": Cost("member", 4),
}

# Upstream's routes of the support console that lead back to the list: two or three statements.
UPSTREAM = ("details/", "edit/", "new/", "export/<export_type>/", "ajax/lookup/")
SUPPORT_LISTS = (
    "audit", "centres", "guests", "invitations", "jobs", "mails", "memberships", "people", "requests",
    "sessions",
)  # fmt: skip


def _cost(rule: str) -> Cost | None:
    if rule in COSTS:
        return COSTS[rule]
    for name in SUPPORT_LISTS:
        for tail in UPSTREAM:
            if rule == f"/support/{name}/{tail}":
                missing = tail == "ajax/lookup/"
                return Cost("operator", 3 if missing else 2, 404 if missing else 302)
    return None


def _is_book_keeping(statement: str) -> bool:
    """Whether a statement notes when a session was used last: at most one a minute and session."""
    return statement.startswith("UPDATE web_session")


Clients = Callable[..., FlaskClient]


@pytest.fixture
def measured(
    house: House, client_as: Clients, count_sql: Statements
) -> Callable[[], Iterator[tuple[str, int, int]]]:
    """Return a function that visits every page and yields rule, status and number of statements."""
    clients = {cost.persona: client_as(cost.persona) for cost in COSTS.values()}
    clients["operator"] = client_as("operator")

    def visit() -> Iterator[tuple[str, int, int]]:
        for rule, url in house.addresses("GET").items():
            cost = _cost(rule)
            if cost is None:
                continue
            client = clients[cost.persona]
            client.get(url)  # caches that live as long as the process are filled
            count_sql.clear()
            answer = client.get(url)
            yield rule, answer.status_code, sum(not _is_book_keeping(s) for s in count_sql)

    return visit


def test_every_page_has_a_budget(house: House) -> None:
    rules = set(house.addresses("GET"))
    assert sorted(r for r in rules if _cost(r) is None) == [], "give these routes a row in COSTS"
    assert sorted(set(COSTS) - rules) == [], "these routes are gone"


def test_budgets_keep_the_limits() -> None:
    assert {rule: c.statements for rule, c in COSTS.items() if c.statements > c.limit} == {}
    assert len([c for c in COSTS.values() if c.composed]) <= 2
    assert len([c for c in COSTS.values() if c.on_record and c.status == 200]) <= 8


def test_pages_cost_exactly_what_the_table_says_however_many_rows_there_are(
    measured: Callable[[], Iterator[tuple[str, int, int]]],
) -> None:
    small = {rule: (status, number) for rule, status, number in measured()}
    _same({rule: (_told(rule).status, _told(rule).statements) for rule in small}, small)
    rows = multiply(10)
    assert min(rows[name] for name in ("patient", "panel", "comment", "document", "task")) >= 10
    _same(small, {rule: (status, number) for rule, status, number in measured()})


def _told(rule: str) -> Cost:
    cost = _cost(rule)
    assert cost is not None
    return cost


def _same(expected: dict[str, tuple[int, int]], found: dict[str, tuple[int, int]]) -> None:
    """Fail with a line per page that answers or costs something else."""
    wrong = [
        f"{rule}: status and statements are {found[rule]}, expected {expected[rule]}"
        for rule in expected
        if found[rule] != expected[rule]
    ]
    assert not wrong, "\n".join(wrong)
