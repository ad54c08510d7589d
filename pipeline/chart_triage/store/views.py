"""People's saved views of the work list, and who may be given charts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError
from chart_triage.store.tables import SavedView, User

_MOST = 30


def save(session: Session, user: int, name: str, query: str) -> SavedView:
    """Keep a filter under a name; one of the same name is replaced. Raises StoreError beyond the limit."""
    name = name.strip()[:100]
    if not name:
        raise StoreError("A saved view needs a name.")
    mine = {view.name: view for view in views_of(session, user)}
    if name not in mine and len(mine) >= _MOST:
        raise StoreError(f"At most {_MOST} views are kept. Remove one first.")
    view = mine.get(name) or SavedView(user_id=user, name=name)
    view.query = query[:500]
    session.add(view)
    session.flush()
    return view


def views_of(session: Session, user: int) -> list[SavedView]:
    return list(session.scalars(select(SavedView).where(SavedView.user_id == user).order_by(SavedView.name)))


def remove(session: Session, user: int, number: int) -> None:
    session.execute(delete(SavedView).where(SavedView.id == number, SavedView.user_id == user))


def people_with(session: Session, roles: Collection[str]) -> list[User]:
    """Active people with one of `roles`, by name."""
    query = select(User).where(User.active, User.role.in_(list(roles))).order_by(User.name, User.id)
    return list(session.scalars(query))


def names(session: Session) -> dict[int, str]:
    """Names of people by number, of those who left too: charts may still be assigned to them."""
    return dict(session.execute(select(User.id, User.name)).tuples().all())
