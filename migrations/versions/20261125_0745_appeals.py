"""Appeals against one criterion of a rating, and questions about it."""

import sqlalchemy as sa
from alembic import op

revision = "0007_appeals"
down_revision = "0006_desk"
branch_labels = None
depends_on = None

GUARD_APPEAL = """
    BEGIN
      IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an appeal is never deleted' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NOT EXISTS (SELECT FROM review r JOIN submission_version v ON v.id = r.version_id
                     JOIN submission s ON s.id = v.submission_id
                     WHERE r.id = NEW.review_id AND s.person_id = NEW.learner_id
                       AND s.course_slug = NEW.course_slug AND r.released_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an appeal is made by whose work was rated' USING ERRCODE = 'restrict_violation';
      END IF;
      IF EXISTS (SELECT FROM review WHERE id = NEW.review_id AND reviewer_id = NEW.decided_by) THEN
        RAISE EXCEPTION 'nobody decides about their own rating' USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'UPDATE' AND (OLD.state <> 'open' OR
         (OLD.id, OLD.review_id, OLD.criterion_key, OLD.learner_id, OLD.course_slug, OLD.token, OLD.reason,
          OLD.opened_at)
         IS DISTINCT FROM
         (NEW.id, NEW.review_id, NEW.criterion_key, NEW.learner_id, NEW.course_slug, NEW.token, NEW.reason,
          NEW.opened_at)) THEN
        RAISE EXCEPTION 'an appeal keeps its words, and its end is final' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END"""
GUARD_EXPLANATION = """
    BEGIN
      IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL OR
         (OLD.id, OLD.review_id, OLD.question, OLD.asked_at)
         IS DISTINCT FROM (NEW.id, NEW.review_id, NEW.question, NEW.asked_at) THEN
        RAISE EXCEPTION 'a question and its answer never change' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END"""
GUARDS = {
    "guard_appeal": ("appeal", "INSERT OR UPDATE OR DELETE", GUARD_APPEAL),
    "guard_explanation": ("explanation", "UPDATE OR DELETE", GUARD_EXPLANATION),
}
STATES = ("open", "upheld", "dismissed", "withdrawn", "overtaken")
CHECKS = {
    "two_tokens": "token IN (1, 2)",
    "ended_unless_open": "(state = 'open') = (ended_at IS NULL)",
    "decided_by_somebody": "(state IN ('upheld', 'dismissed')) = (decided_by IS NOT NULL)",
    "nobody_decides_their_own": "decided_by IS NULL OR decided_by <> learner_id",
    "upheld_with_another_rating": "(state = 'upheld') = (new_review_id IS NOT NULL)",
}


def upgrade() -> None:
    _create_appeal()
    _create_explanation()
    for name, (table, events, body) in GUARDS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        op.execute(f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        op.execute(f"CREATE TRIGGER keep_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    for table in ("explanation", "appeal"):
        op.drop_table(table)
    for name in GUARDS:
        op.execute(f"DROP FUNCTION {name}()")


def _create_appeal() -> None:
    state = sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_key", sa.String(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("course_slug", sa.String(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("level_key", sa.String(), nullable=True),
        sa.Column("new_review_id", sa.Uuid(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_appeal_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["review_id", "criterion_key"], ["score.review_id", "score.criterion_key"], name="fk_appeal_score"
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["person.id"], name=op.f("fk_appeal_learner_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_appeal_decided_by")),
        sa.ForeignKeyConstraint(["new_review_id"], ["review.id"], name=op.f("fk_appeal_new_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index("ix_appeal_learner_id", "appeal", ["learner_id"])
    for name, columns, unique, where in (
        ("uq_appeal_criterion", ["review_id", "criterion_key"], True, "state <> 'withdrawn'"),
        ("uq_appeal_token", ["learner_id", "course_slug", "token"], True, "state IN ('open', 'dismissed')"),
        ("ix_appeal_open", ["opened_at", "id"], False, "state = 'open'"),
    ):
        op.create_index(name, "appeal", columns, unique=unique, postgresql_where=sa.text(where))


def _create_explanation() -> None:
    op.create_table(
        "explanation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_explanation_answered_by_somebody_at_some_time"),
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_explanation_review_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_explanation_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanation")),
    )
    op.create_index("ix_explanation_review_id", "explanation", ["review_id", "asked_at"])
    op.create_index(
        "uq_explanation_open",
        "explanation",
        ["review_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
