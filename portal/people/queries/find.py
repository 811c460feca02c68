"""Find one person by what a person types on the command line."""

from sqlalchemy import or_, select

from portal.kernel import db
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.people.models import ExternalIdentity, Person


def person_named(text: str) -> Person:
    """Return the person with this id, e-mail address or login subject; ambiguous names are refused."""
    subjects = select(ExternalIdentity.person_id).where(ExternalIdentity.subject == text)
    found = db.session.scalars(
        select(Person)
        .where(or_(Person.id == text, Person.email.icontains(text), Person.id.in_(subjects)))
        .order_by(Person.search_text)
        .limit(6)
    ).all()
    exact = [p for p in found if p.id == text or p.email.casefold() == text.casefold()]
    matching = exact or list(found)
    if not matching:
        raise NotFoundError(
            f"There is no person with the id, e-mail address or login name '{text}'.",
            hint="'portal users list' prints everybody.",
        )
    if len(matching) > 1:
        names = "; ".join(f"{p.id} {p.name} <{p.email}>" for p in matching)
        raise InvalidInputError(f"'{text}' fits several people.", hint=f"Use the id: {names}")
    return matching[0]
