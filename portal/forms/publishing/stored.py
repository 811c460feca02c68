"""Stored responses of a version, replayed through the form that would come after it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from portal.forms import answers as shapes
from portal.forms.answers import Key
from portal.forms.compiled import CompiledForm
from portal.forms.facts import context_of
from portal.forms.models import FormAnswer, FormResponse
from portal.forms.overlay_source import NetworkForm, form_by_hash
from portal.forms.replay import MAX_EXAMPLES, Replay, Verdict, replay
from portal.kernel import db
from portal.networks.models import Network
from portal.patients.models import Patient

BATCH = 200
FormOf = Callable[[NetworkForm], CompiledForm]
"""The new form as a network will have it."""


def replay_stored(name: str, version: str, network: str, form_of: FormOf) -> Replay:
    """Replay every response that was given with ``version``; each with its own patient's facts.

    ``network`` (code) limits the responses to one network; empty means all.
    """
    statement = (
        select(FormResponse, Patient, Network.code, Network.enabled)
        .join(Patient, Patient.id == FormResponse.patient_id)
        .join(Network, Network.id == FormResponse.network_id)
        .where(FormResponse.form == name, FormResponse.form_version == version)
        .order_by(FormResponse.id)
    )
    if network:
        statement = statement.where(Network.code == network)
    rows = db.session.execute(statement).all()
    parts: list[Replay] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        flat = _answers([response.id for response, *_ in batch])
        for response, patient, code, enabled in batch:
            old = form_by_hash(response.form_hash)
            given = shapes.nest(old, flat.get(response.id, {}))
            parts.append(
                replay(
                    old,
                    form_of(NetworkForm(code, enabled)),
                    [(response.id, given)],
                    context_of(patient),
                )
            )
    return joined(parts)


def _answers(response_ids: list[str]) -> dict[str, dict[Key, Any]]:
    found: dict[str, dict[Key, Any]] = {}
    for response, item, row, value in db.session.execute(
        select(
            FormAnswer.response_id, FormAnswer.item_id, FormAnswer.row_id, FormAnswer.value
        ).where(FormAnswer.response_id.in_(response_ids))
    ):
        found.setdefault(response, {})[item, row] = value
    return found


def joined(parts: Iterable[Replay]) -> Replay:
    """Return several outcomes as one: counts added, a few examples kept, the largest first."""
    total = valid = 0
    counts: Counter[tuple[str, str, str]] = Counter()
    verdicts: dict[tuple[str, str, str], Verdict] = {}
    for part in parts:
        total, valid = total + part.total, valid + part.valid
        for one in part.verdicts:
            key = (one.code, one.item, one.rule)
            counts[key] += one.count
            before = verdicts.setdefault(key, replace(one, examples=()))
            examples = (*before.examples, *one.examples)[:MAX_EXAMPLES]
            verdicts[key] = replace(before, count=counts[key], examples=examples)
    return Replay(total, valid, tuple(_sorted(verdicts.values())))


def _sorted(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    yield from sorted(verdicts, key=lambda one: (-one.count, one.code, one.item, one.rule))
