"""``portal access``: why somebody may or may not, and the whole policy as a table."""

import json

import click

from portal.cli import application


@click.group()
def access() -> None:
    """Explain a decision; print the policy."""


@access.command()
@click.option("--user", "user", required=True, help="Id, e-mail address or login name.")
@click.option("--permission", required=True, help="Such as panel:see.")
@click.option(
    "--object", "reference", required=True, help="KIND:ID, such as panel:01h…; or platform."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def explain(user: str, permission: str, reference: str, *, as_json: bool) -> None:
    """Say whether USER may do PERMISSION to the object, through which rule, and who can change it."""
    from portal.access import explain as explaining
    from portal.kernel.errors import NotFoundError
    from portal.people.actors import load_actor
    from portal.people.queries.find import person_named

    with application().app_context():
        person = person_named(user)
        actor = load_actor(person.id)
        if actor is None:
            raise NotFoundError(f"{person.name} is suspended: nothing is allowed.")
        found = explaining.explain(
            actor, explaining.permission_named(permission), explaining.find(reference)
        )
    if as_json:
        click.echo(json.dumps(found.__dict__, indent=1))
        return
    click.echo(f"{person.name}, {found.permission} on {found.thing}: {_verdict(found.allowed)}")
    click.echo(f"holds: {', '.join(found.holding) or 'no relation'}")
    click.echo(f"allowed to: {', '.join(found.would_allow)}")
    if found.allowed:
        click.echo(f"decided by: {found.decided_by}")
    else:
        click.echo(f"{found.reason} Who can change it: {found.grantor}.")


def _verdict(allowed: bool) -> str:  # noqa: FBT001 - a word for a yes or no
    return "allowed" if allowed else "refused"


@access.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def matrix(*, as_json: bool) -> None:
    """Print every permission with the relations that allow it, the reason and the grantor."""
    from portal.access import guard, policy, relations

    with application().app_context():
        rows = [
            (p.value, [relations.get(guard.kind_of(p), name) for name in rule.allow], rule)
            for p, rule in policy.RULES.items()
        ]
    if not as_json:
        for permission, allow, _ in rows:
            click.echo(f"{permission}: {', '.join(relation.name for relation in allow)}")
        return
    table = [
        {
            "permission": permission,
            "allow": [{"relation": r.name, "words": r.words} for r in allow],
            "reason": rule.reason,
            "grantor": rule.grantor,
        }
        for permission, allow, rule in rows
    ]
    click.echo(json.dumps(table, ensure_ascii=False, indent=1))
