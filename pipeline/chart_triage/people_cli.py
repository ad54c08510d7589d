"""`chart-triage user` and `chart-triage audit`: people and the trail of what they did, without a browser."""

from __future__ import annotations

import getpass
from typing import IO, TYPE_CHECKING

import click

from chart_triage import settings

if TYPE_CHECKING:
    from chart_triage.store.database import Database

_ROLES = click.Choice(["intake", "reviewer", "clinician", "admin"])
_PASSWORD = click.option(
    "--password-from", type=click.File("r"), help="Read the password from a file (-: stdin) instead of asking for it."
)


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="What others see.")
@click.option("--role", type=_ROLES, required=True)
@click.option("--oidc-only", is_flag=True, help="No password: only the OpenID provider lets them in.")
@_PASSWORD
def user_add(login: str, name: str, role: str, oidc_only: bool, password_from: IO[str] | None) -> None:
    """Add somebody. The password is asked for."""
    from chart_triage.store import people

    password = None if oidc_only else _password(password_from)
    with _database().writing() as session:
        people.add_user(session, _actor(), login, name, people.Role(role), password)
    click.echo(f"{login.strip().lower()} added as {role}")


@user.command("password")
@click.argument("login")
@_PASSWORD
def user_password(login: str, password_from: IO[str] | None) -> None:
    """Give somebody a new password and sign them out everywhere."""
    from chart_triage.store import people

    password = _password(password_from)
    with _database().writing() as session:
        people.set_password(session, _actor(), people.by_login(session, login), password)
    click.echo(f"{login}: password changed, signed out everywhere")


@user.command("list")
def user_list() -> None:
    """List everybody: login, role, whether active, name."""
    from chart_triage.store import people

    with _database().reading() as session:
        for row in people.everybody(session):
            click.echo(f"{row.login}  {row.role}  {'active' if row.active else 'inactive'}  {row.name}")


@user.command("role")
@click.argument("login")
@click.argument("role", type=_ROLES)
@click.option("--active/--inactive", default=True, show_default=True)
def user_role(login: str, role: str, active: bool) -> None:
    """Change what somebody may do, or whether they may sign in at all."""
    from chart_triage.store import people

    with _database().writing() as session:
        person = people.by_login(session, login)
        people.change_user(session, _actor(), person, role=people.Role(role), active=active)
    click.echo(f"{login}: {role}, {'active' if active else 'inactive'}")


@click.group()
def audit() -> None:
    """The trail of everything that was done."""


@audit.command("verify")
@click.option("--head", metavar="NUMBER:HASH", help="The end of the trail as noted before: it must still be in it.")
def audit_verify(head: str | None) -> int:
    """Check that no entry was changed, removed or put in between. Exit code 5 where one was."""
    from chart_triage.errors import StoreError
    from chart_triage.store import audit as trail

    with _database().reading() as session:
        breaks = list(trail.verify(session))
        number, digest = trail.head(session)
        if head is not None and not trail.holds(session, *_noted(head)):
            breaks.append(trail.Break(number, "the noted end is not in the trail: its last entries were cut off"))
    for place in breaks:
        click.echo(f"entry {place.entry}: {place.what}", err=True)
    if breaks:
        return StoreError.exit_code
    click.echo(f"{number} entries, unbroken. Note this end elsewhere: {number}:{digest}")
    return 0


@audit.command("show")
@click.option("--actor", help="Only what this one did: a login, api:NAME, worker.")
@click.option("--action", help="Only this action, such as login or chart.view; what it begins with is enough.")
@click.option("--subject", help="Only what was done to this: chart/ID, user/NUMBER.")
@click.option("--last", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many, at most.")
def audit_show(actor: str | None, action: str | None, subject: str | None, last: int) -> None:
    """Print the last entries, the oldest first."""
    from chart_triage.store import audit as trail

    wanted = trail.Wanted(actor=actor or "", action=action or "", subject=subject or "")
    with _database().reading() as session:
        found, _ = trail.entries(session, wanted, limit=last)
        for entry in reversed(found):
            details = " ".join(f"{key}={value}" for key, value in entry.details_json.items())
            when = entry.at.isoformat(timespec="seconds")
            click.echo(f"{entry.id}  {when}  {entry.actor}  {entry.action}  {entry.subject}  {details}".rstrip())


def _noted(head: str) -> tuple[int, str]:
    number, _, digest = head.partition(":")
    if not number.isdigit() or not digest:
        raise click.BadParameter("write it as `audit verify` prints it, NUMBER:HASH", param_hint="--head")
    return int(number), digest


def _password(source: IO[str] | None) -> str:
    if source is not None:
        return source.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


def _database() -> Database:
    from chart_triage.store.database import Database

    database = Database(settings.load().store_url)
    database.upgrade()
    return database
