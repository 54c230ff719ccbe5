"""Triggers that hold the invariants a constraint cannot: what was sent, published, said or decided never changes."""

from alembic import op

revision = "0002_guards"
down_revision = "0001_tables"
branch_labels = None
depends_on = None

FUNCTIONS = {
    "refuse_change": """
        BEGIN
          RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END""",
    # Rows that hang on a draft file go with it (a cascade is depth 2); nobody removes them directly.
    "refuse_change_unless_cascade": """
        BEGIN
          IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN RETURN OLD; END IF;
          RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END""",
    "freeze_version": """
        BEGIN
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a submission version is never deleted' USING ERRCODE = 'restrict_violation';
          END IF;
          IF OLD.submitted_at IS NOT NULL AND
             (OLD.id, OLD.submission_id, OLD.course_slug, OLD.capstone_slug, OLD.number, OLD.rubric_version_id,
              OLD.question, OLD.reason, OLD.attested, OLD.created_at, OLD.submitted_at, OLD.receipt_code,
              OLD.manifest_sha256)
             IS DISTINCT FROM
             (NEW.id, NEW.submission_id, NEW.course_slug, NEW.capstone_slug, NEW.number, NEW.rubric_version_id,
              NEW.question, NEW.reason, NEW.attested, NEW.created_at, NEW.submitted_at, NEW.receipt_code,
              NEW.manifest_sha256)
          THEN
            RAISE EXCEPTION 'a submitted version never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          IF OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL AND EXISTS (
            SELECT FROM evidence_file WHERE version_id = NEW.id AND stored_at IS NULL)
          THEN
            RAISE EXCEPTION 'a version is not submitted with an unverified upload' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END""",
    "freeze_version_part": """
        DECLARE
          version uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
        BEGIN
          IF TG_OP = 'UPDATE' AND OLD.version_id <> NEW.version_id THEN
            RAISE EXCEPTION '% stays with its version', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
          END IF;
          IF (SELECT submitted_at IS NOT NULL FROM submission_version WHERE id = version) THEN
            RAISE EXCEPTION 'a submitted version never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END""",
    "freeze_rubric_version": """
        BEGIN
          IF TG_OP = 'UPDATE' AND OLD.retired_at IS NULL
             AND (to_jsonb(OLD) - 'retired_at') = (to_jsonb(NEW) - 'retired_at') THEN RETURN NEW; END IF;
          RAISE EXCEPTION 'a published rubric never changes' USING ERRCODE = 'restrict_violation';
        END""",
    "guard_review": """
        BEGIN
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a review is never deleted' USING ERRCODE = 'restrict_violation';
          END IF;
          IF EXISTS (SELECT FROM submission_version v JOIN submission s ON s.id = v.submission_id
                     WHERE v.id = NEW.version_id AND s.person_id = NEW.reviewer_id) THEN
            RAISE EXCEPTION 'nobody reviews their own work' USING ERRCODE = 'restrict_violation';
          END IF;
          IF TG_OP = 'UPDATE' AND
             (OLD.id, OLD.version_id, OLD.rubric_version_id, OLD.reviewer_id, OLD.claimed_at)
             IS DISTINCT FROM (NEW.id, NEW.version_id, NEW.rubric_version_id, NEW.reviewer_id, NEW.claimed_at) THEN
            RAISE EXCEPTION 'a review keeps its version, rubric and reviewer' USING ERRCODE = 'restrict_violation';
          END IF;
          IF TG_OP = 'UPDATE' AND OLD.decided_at IS NOT NULL AND
             (OLD.summary, OLD.private_note, OLD.verdict, OLD.decided_at)
             IS DISTINCT FROM (NEW.summary, NEW.private_note, NEW.verdict, NEW.decided_at) THEN
            RAISE EXCEPTION 'a decided review never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          IF TG_OP = 'UPDATE' AND OLD.state IN ('undone', 'returned') AND OLD IS DISTINCT FROM NEW THEN
            RAISE EXCEPTION 'an ended review never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          IF NEW.state IN ('decided', 'released') AND EXISTS (
            SELECT FROM rubric_criterion c WHERE c.rubric_version_id = NEW.rubric_version_id AND NOT EXISTS (
              SELECT FROM score s WHERE s.review_id = NEW.id AND s.criterion_key = c.key AND s.level_key IS NOT NULL))
          THEN
            RAISE EXCEPTION 'a review is decided when every criterion is rated' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END""",
    "freeze_review_part": """
        DECLARE
          review_row uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.review_id ELSE NEW.review_id END;
        BEGIN
          IF (SELECT state <> 'claimed' FROM review WHERE id = review_row) THEN
            RAISE EXCEPTION 'a decided review never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END""",
    "guard_certificate": """
        DECLARE
          ending text[] := ARRAY['revoked_at', 'revoked_by', 'revoke_reason', 'replaced_by_id'];
        BEGIN
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a certificate is never deleted' USING ERRCODE = 'restrict_violation';
          END IF;
          IF (to_jsonb(OLD) - ending) <> (to_jsonb(NEW) - ending) THEN
            RAISE EXCEPTION 'an issued certificate never changes' USING ERRCODE = 'restrict_violation';
          END IF;
          IF OLD.revoked_at IS NOT NULL AND
             (OLD.revoked_at, OLD.revoked_by, OLD.revoke_reason)
             IS DISTINCT FROM (NEW.revoked_at, NEW.revoked_by, NEW.revoke_reason) THEN
            RAISE EXCEPTION 'a revocation is final' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END""",
    # One writer at a time, so that the chain has one order; the lock ends with the transaction.
    "chain_audit": """
        DECLARE
          last audit_entry%ROWTYPE;
        BEGIN
          PERFORM pg_advisory_xact_lock(1635083369);
          SELECT * INTO last FROM audit_entry ORDER BY id DESC LIMIT 1;
          NEW.id := coalesce(last.id, 0) + 1;
          NEW.previous_hash := coalesce(last.hash, ''::bytea);
          NEW.hash := audit_hash(NEW);
          RETURN NEW;
        END""",
}

AUDIT_HASH = """
    CREATE FUNCTION audit_hash(entry audit_entry) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
      SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.id, extract(epoch FROM entry.at), entry.actor_id, entry.action, entry.object_type, entry.object_id,
        entry.subject_id, entry.detail)::text, 'UTF8'))
    $$"""

TRIGGERS = [
    ("submission_version", "UPDATE OR DELETE", "freeze_version"),
    ("evidence_file", "INSERT OR UPDATE OR DELETE", "freeze_version_part"),
    ("claim", "INSERT OR UPDATE OR DELETE", "freeze_version_part"),
    ("rubric_version", "UPDATE OR DELETE", "freeze_rubric_version"),
    ("rubric_criterion", "UPDATE OR DELETE", "refuse_change"),
    ("rubric_level", "UPDATE OR DELETE", "refuse_change"),
    ("application_message", "UPDATE OR DELETE", "refuse_change"),
    ("audit_entry", "UPDATE OR DELETE", "refuse_change"),
    ("audit_entry", "INSERT", "chain_audit"),
    ("check_result", "UPDATE OR DELETE", "refuse_change_unless_cascade"),
    ("finding", "UPDATE OR DELETE", "refuse_change_unless_cascade"),
    ("review", "INSERT OR UPDATE OR DELETE", "guard_review"),
    ("score", "INSERT OR UPDATE OR DELETE", "freeze_review_part"),
    ("review_comment", "INSERT OR UPDATE OR DELETE", "freeze_review_part"),
    ("certificate", "UPDATE OR DELETE", "guard_certificate"),
]
KEPT_WHOLE = sorted(
    {table for table, _, _ in TRIGGERS} - {"evidence_file", "claim", "score", "review_comment"}
)


def upgrade() -> None:
    op.execute(AUDIT_HASH)
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    for table, events, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {function} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    for table in KEPT_WHOLE:
        op.execute(f"CREATE TRIGGER keep_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    for table in KEPT_WHOLE:
        op.execute(f"DROP TRIGGER keep_whole ON {table}")
    for table, _, function in TRIGGERS:
        op.execute(f"DROP TRIGGER {function} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP FUNCTION audit_hash(audit_entry)")
