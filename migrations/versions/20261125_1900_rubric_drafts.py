"""Rubrics edited by admins: drafts, which version a draft became, and whose words stand for whose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014_rubric_drafts"
down_revision = "0013_blind_readings"
branch_labels = None
depends_on = None

DRAFT, REWORDING, VERSION = "rubric_draft", "rubric_rewording", "rubric_version"
MOMENT = sa.DateTime(timezone=True)
PLACE = ["course_slug", "capstone_slug"]


def upgrade() -> None:
    op.add_column(VERSION, sa.Column("draft_id", sa.Uuid(), nullable=True))
    op.create_unique_constraint(op.f(f"uq_{VERSION}_draft_id"), VERSION, ["draft_id"])
    op.create_unique_constraint(op.f(f"uq_{VERSION}_id_structure_hash"), VERSION, ["id", "structure_hash"])
    _rewordings()
    _drafts()


def _rewordings() -> None:
    op.create_table(
        REWORDING,
        sa.Column("rubric_version_id", sa.Uuid(), nullable=False),
        sa.Column("words_id", sa.Uuid(), nullable=False),
        sa.Column("structure_hash", sa.String(), nullable=False),
        sa.Column("reworded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "words_id <> rubric_version_id", name=op.f(f"ck_{REWORDING}_takes_the_words_of_another")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column, "structure_hash"],
                [f"{VERSION}.id", f"{VERSION}.structure_hash"],
                name=f"fk_{REWORDING}_{name}",
            )
            for column, name in (("rubric_version_id", "version"), ("words_id", "words"))
        ),
        sa.PrimaryKeyConstraint("rubric_version_id", "words_id", name=op.f(f"pk_{REWORDING}")),
    )
    op.execute(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {REWORDING} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER keep_whole BEFORE TRUNCATE ON {REWORDING} EXECUTE FUNCTION refuse_change()")


def _drafts() -> None:
    op.create_table(
        DRAFT,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_slug", sa.String(), nullable=False),
        sa.Column("capstone_slug", sa.String(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("tag", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.CheckConstraint("jsonb_typeof(content) = 'object'", name=op.f(f"ck_{DRAFT}_content_is_a_table")),
        sa.ForeignKeyConstraint(
            ["base_id", *PLACE], [f"{VERSION}.{name}" for name in ("id", *PLACE)], name=f"fk_{DRAFT}_base"
        ),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f(f"fk_{DRAFT}_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DRAFT}")),
        sa.UniqueConstraint(*PLACE, name=op.f(f"uq_{DRAFT}_course_slug_capstone_slug")),
    )


def downgrade() -> None:
    op.drop_table(DRAFT)
    op.drop_table(REWORDING)
    op.drop_constraint(op.f(f"uq_{VERSION}_id_structure_hash"), VERSION)
    op.drop_constraint(op.f(f"uq_{VERSION}_draft_id"), VERSION)
    op.drop_column(VERSION, "draft_id")
