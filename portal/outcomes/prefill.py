"""A first draft from what the experts have written, so that nobody types it again."""

from sqlalchemy import select

from portal.kernel import db
from portal.outcomes.content import OutcomeDraft
from portal.panels.models import Contribution, Panel
from portal.people.queries import cards


def draft_from_answers(panel: Panel) -> OutcomeDraft:
    """Return a draft: each answer under its author's name, their recommendations, their codes."""
    sent = db.session.scalars(
        select(Contribution)
        .where(Contribution.panel_id == panel.id, Contribution.sent_at.is_not(None))
        .order_by(Contribution.sent_at)
    ).all()
    people = cards([row.author_id for row in sent])
    named = [
        (people[row.author_id].name if row.author_id in people else "An expert", row)
        for row in sent
    ]
    findings = "\n\n".join(f"{name}: {row.text.strip()}" for name, row in named if row.text.strip())
    advice = "\n\n".join(
        f"{name}: {row.recommendation.strip()}" for name, row in named if row.recommendation.strip()
    )
    codes = tuple(row.diagnosis for row in sent if row.diagnosis)
    return OutcomeDraft(
        diagnosis=codes,
        findings=findings,
        recommendations={"diagnostic": advice} if advice else {},
    )
