"""`people`: who may sign in, as what, and what each of them reaches."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.systems import system_option, with_owners

if TYPE_CHECKING:
    from queries.access.people import Person

ROLES = ("coach", "analyst", "product", "engineer", "operator")
PURPOSES = ("coaching", "research", "product")
moment = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group()
def people() -> None:
    """Who may sign in. USER is an id, what the provider calls them (subject), or an e-mail."""


@people.command("list")
@as_json
@pass_context
def list_them(context: Context, json_wanted: bool) -> None:
    """Everybody, with role and when they were last seen."""
    from queries.access.people import people as everybody

    found = everybody(context.engine)
    if json_wanted:
        context.print_json([asdict(each) for each in found])
        return
    if not found:
        click.echo("Nobody may sign in yet. `./northlight people add` lets somebody in.")
    for each in found:
        seen = f"seen {each.seen_at:%Y-%m-%d %H:%M}" if each.seen_at else "never seen"
        state = seen if each.active else "deactivated"
        click.echo(f"{each.role:9} {each.name:26} {each.subject:26} {state}  {each.issuer}")


@people.command()
@click.argument("user")
@as_json
@pass_context
def show(context: Context, user: str, json_wanted: bool) -> None:
    """One person, with clients and granted collections."""
    from queries.access import rights
    from queries.access.people import person

    found = person(context.engine, user)
    clients = rights.assignments(context.engine, found)
    granted = rights.granted(context.engine, found)
    if json_wanted:
        told = clients.astype(object).where(clients.notna(), None).to_dict("records")
        context.print_json(asdict(found) | {"clients": told, "collections": granted})
        return
    _say(found)
    click.echo(f"Collections granted: {', '.join(granted) or 'none'}")
    for each in clients.to_dict("records"):
        until = each["until"]
        ends = "" if until is None or until != until else f" to {until:%Y-%m-%d}"  # noqa: PLR0124
        note = "" if each["now"] else "  (not now)"
        click.echo(f"  {each['system']} {each['owner']}, from {each['since']:%Y-%m-%d}{ends}{note}")


@people.command()
@click.argument("subject")
@click.option("--issuer", required=True, help="The provider's address, as its tokens say (iss).")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--email")
@pass_context
def add(
    context: Context, subject: str, issuer: str, name: str, role: str, email: str | None
) -> None:
    """Let somebody in. SUBJECT is the provider's own id of the person (sub), never an e-mail.

    Somebody without access is shown both when signing in, to be passed on to you.
    """
    from queries.access import people as store

    _say(store.add(context.engine, issuer, subject, name, role, email))


@people.command("role")
@click.argument("user")
@click.argument("role", type=click.Choice(ROLES))
@pass_context
def set_role(context: Context, user: str, role: str) -> None:
    """Give USER another role, from their next click."""
    from queries.access import people as store

    _say(store.set_role(context.engine, user, role))


@people.command()
@click.argument("user")
@pass_context
def deactivate(context: Context, user: str) -> None:
    """Shut USER out, from their next click."""
    from queries.access import people as store

    _say(store.set_active(context.engine, user, False))


@people.command()
@click.argument("user")
@pass_context
def activate(context: Context, user: str) -> None:
    """Let USER in again."""
    from queries.access import people as store

    _say(store.set_active(context.engine, user, True))


@people.command("sign-out")
@click.argument("user")
@pass_context
def sign_out(context: Context, user: str) -> None:
    """End every session of USER, in every browser."""
    from queries.access import people as store

    click.echo(f"{store.sign_out(context.engine, user).name} is signed out everywhere.")


@people.command()
@click.argument("coach")
@click.argument("owners", nargs=-1, required=True)
@system_option
@click.option("--since", type=moment, help="From when on (UTC); now, unless told.")
@click.option("--until", type=moment, help="To when (UTC); without end, unless told.")
@pass_context
def assign(
    context: Context,
    coach: str,
    owners: tuple[str, ...],
    system: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Let COACH reach the rows of these OWNERS."""
    from queries.access import rights
    from queries.access.people import person

    found = person(context.engine, coach)
    _must_be(found, "coach")
    with_owners(context, system)
    made = rights.assign(context.engine, found, system, owners, _utc(since), _utc(until))
    click.echo(f"{found.name} reaches {made} more of {system}.")


@people.command()
@click.argument("coach")
@click.argument("owners", nargs=-1, required=True)
@system_option
@click.option("--at", type=moment, help="When it ends (UTC); now, unless told.")
@pass_context
def unassign(
    context: Context, coach: str, owners: tuple[str, ...], system: str, at: datetime | None
) -> None:
    """End what COACH reaches of these OWNERS."""
    from queries.access import rights
    from queries.access.people import person

    found = person(context.engine, coach)
    ended = rights.unassign(context.engine, found, system, owners, _utc(at))
    click.echo(f"{ended} of {found.name}'s assignments ended.")


@people.command()
@click.argument("user")
@click.argument("collections", nargs=-1, required=True)
@click.option("--revoke", is_flag=True, help="Take them back instead.")
@pass_context
def grant(context: Context, user: str, collections: tuple[str, ...], revoke: bool) -> None:
    """Let USER, an analyst or engineer, read whole COLLECTIONS."""
    from queries.access import rights
    from queries.access.people import person
    from queries.catalog import collection_named

    found = person(context.engine, user)
    if not revoke:
        for name in collections:
            collection_named(context.gate, name)
        _must_be(found, *rights.GRANTED)
    (rights.revoke if revoke else rights.grant)(context.engine, found, collections)
    now = ", ".join(rights.granted(context.engine, found)) or "none"
    click.echo(f"{found.name} was granted: {now}.")


@people.command()
@click.argument("owner", required=False)
@click.argument("purpose", required=False, type=click.Choice(PURPOSES))
@click.option("--withdraw/--give", "withdraw", default=None, help="One of the two.")
@system_option
@as_json
@pass_context
def consent(
    context: Context,
    owner: str | None,
    purpose: str | None,
    withdraw: bool | None,
    system: str,
    json_wanted: bool,
) -> None:
    """Withdraw or give OWNER's consent to a PURPOSE. Without arguments: what was withdrawn."""
    from queries.access import consent as store

    if owner is None:
        found = store.withdrawals(context.engine)
        _print_withdrawals(context, found.to_dict("records"), json_wanted)
        return
    if purpose is None or withdraw is None:
        raise click.UsageError(
            f"Say OWNER, one of {', '.join(PURPOSES)}, and --withdraw or --give."
        )
    with_owners(context, system)
    changed = (store.withdraw if withdraw else store.give)(context.engine, system, owner, purpose)
    now = "withdrawn" if withdraw else "given"
    click.echo(f"Consent to {purpose} is {now}{'' if changed else ', as it was'}.")


def _must_be(found: "Person", *roles: str) -> None:
    """Raise JobError for a right that somebody's role makes no use of."""
    from jobs.errors import JobError

    if found.role not in roles:
        raise JobError(
            f"{found.name} has the role {found.role}; this right is for {' and '.join(roles)}. "
            f"`./northlight people role {found.subject} ROLE` gives another."
        )


def _print_withdrawals(context: Context, found: list[dict[Any, Any]], json_wanted: bool) -> None:
    if json_wanted:
        context.print_json(found)
        return
    for each in found:
        when = f"{each['withdrawn_at']:%Y-%m-%d}"
        click.echo(f"{each['system']:12} {each['owner']:30} {each['purpose']:9} since {when}")
    if not found:
        click.echo("No consent is withdrawn.")


def _say(person: "Person") -> None:
    state = person.role if person.active else "deactivated"
    click.echo(f"{person.name} ({state}), {person.subject} of {person.issuer}, id {person.id}")


def _utc(moment: datetime | None) -> datetime | None:
    from datetime import UTC

    return None if moment is None else moment.replace(tzinfo=UTC)
