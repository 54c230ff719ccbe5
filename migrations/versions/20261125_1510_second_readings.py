"""Second readings of decided reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011_second_readings"
down_revision = "0010_handovers"
branch_labels = None
depends_on = None

TABLE = "second_reading"
STATES = ("waiting", "agreed", "disagreed", "settled")
CHECKS = {
    "waits_until_read": "(state = 'waiting') = (read_at IS NULL)",
    "read_by_somebody": "(reader_id IS NULL) = (read_at IS NULL)",
    "disagrees_with_levels": "(levels IS NOT NULL) = (state IN ('disagreed', 'settled'))",
    "settled_at_some_time": "(state = 'settled') = (settled_at IS NOT NULL)",
    "settled_by_somebody": "(settled_at IS NULL) = (settled_by IS NULL)",
}
FOREIGN = {"review_id": "review", "reader_id": "person", "settled_by": "person"}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("levels", JSONB(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}_{table}"))
            for column, table in FOREIGN.items()
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_state", TABLE, ["state", "asked_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
