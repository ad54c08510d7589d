"""Alembic's entry: the connection is given by `Database.upgrade`."""

from __future__ import annotations

from alembic import context

from chart_triage.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
