"""Who waits for a job, and how much of a worker's time it has taken: for turns in the queue"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chart_triage.store.tables import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("asked_by", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("begun_at", UtcTime(), nullable=True))
    op.add_column("jobs", sa.Column("seconds", sa.Double(), nullable=False, server_default="0"))
    op.create_index("ix_jobs_begun_at", "jobs", ["begun_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_jobs_begun_at", "jobs")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_column("seconds")
        batch_op.drop_column("begun_at")
        batch_op.drop_column("asked_by")
