"""What happens to the rows of a person who asked to be erased (I29): the database's own function `erase_person`.

The portal's role may not change what was sent, said or decided, and triggers refuse it to everybody. This function
belongs to the owner of the tables, is the only way past both, and does the steps below and nothing else. Like the
rights in grants.py it is made anew after every migration, from the tables that are there: whoever adds a table
with words of or about a person adds a step here, or a line to KEPT.

Its guards are off while it runs, behind locks that let nobody else write to those tables meanwhile. It never waits
for such a lock, because a waiting one would stop every writer behind it: it asks for all of them again and again,
for six seconds.
"""

from sqlalchemy import Connection, inspect, text

NOBODY = "Erased person"
ENDED = "This certificate ended because its holder asked for their data to be erased."

# In this order. `erased`: the person; `eraser`: who ordered it; `moment`: when; `versions`, `reviews`: of their work.
STEPS: tuple[tuple[str, str], ...] = (
    ("sign_in", "DELETE FROM sign_in WHERE person_id = erased"),
    ("identity", "DELETE FROM identity WHERE person_id = erased"),
    ("outgoing_mail", "DELETE FROM outgoing_mail WHERE person_id = erased"),
    ("move_done", "DELETE FROM move_done WHERE person_id = erased"),
    (
        "drafted_decision",
        """DELETE FROM drafted_decision WHERE application_id IN (SELECT id FROM application
           WHERE person_id = erased)""",
    ),
    (
        "application",
        """UPDATE application SET building = '', change = '', start = '', link = '',
             withdrawn_at = CASE WHEN state IN ('draft', 'received', 'question') THEN moment ELSE withdrawn_at END,
             state = CASE WHEN state IN ('draft', 'received', 'question') THEN 'withdrawn' ELSE state END
           WHERE person_id = erased""",
    ),
    (
        "application_message",
        """UPDATE application_message SET body = '' WHERE application_id IN (SELECT id FROM application
           WHERE person_id = erased)""",
    ),
    ("enrolment", "UPDATE enrolment SET ended_at = moment WHERE person_id = erased AND ended_at IS NULL"),
    (
        "appointment",
        """UPDATE appointment SET ended_at = moment, ended_by = eraser
           WHERE person_id = erased AND ended_at IS NULL""",
    ),
    ("claim", "DELETE FROM claim WHERE version_id = ANY (versions)"),
    ("ledger", "DELETE FROM ledger WHERE version_id = ANY (versions)"),
    ("skipped_review", "DELETE FROM skipped_review WHERE version_id = ANY (versions)"),
    (
        "review_comment",
        """DELETE FROM review_comment WHERE review_id = ANY (reviews) OR file_id IN (SELECT id FROM evidence_file
           WHERE version_id = ANY (versions))""",
    ),
    ("score", "UPDATE score SET comment = '' WHERE review_id = ANY (reviews)"),
    (
        "appeal",
        """UPDATE appeal SET reason = '', answer = '', ended_at = coalesce(ended_at, moment),
             state = CASE state WHEN 'open' THEN 'withdrawn' ELSE state END
           WHERE learner_id = erased""",
    ),
    (
        "handover",
        """DELETE FROM handover WHERE review_id = ANY (reviews)
           OR from_review_id IN (SELECT id FROM review WHERE reviewer_id = erased)""",
    ),
    ("second_reading", "DELETE FROM second_reading WHERE review_id = ANY (reviews)"),
    ("second_reading", "UPDATE second_reading SET reason = '' WHERE reader_id = erased"),
    ("explanation", "DELETE FROM explanation WHERE review_id = ANY (reviews)"),
    # What a colleague said about this work goes with it; the verdict, the levels and their dates stay.
    (
        "review",
        """UPDATE review SET summary = '', private_note = '',
             blind_until = CASE WHEN blind_until > moment THEN moment ELSE blind_until END,
             state = CASE WHEN state IN ('claimed', 'reading') THEN 'returned' WHEN state = 'decided' THEN 'undone'
               ELSE state END,
             lease_until = NULL,
             returned_at = CASE WHEN state IN ('claimed', 'reading') THEN moment ELSE returned_at END,
             return_reason = CASE WHEN state IN ('claimed', 'reading') OR return_reason <> '' THEN 'erased' ELSE '' END,
             undone_at = CASE state WHEN 'decided' THEN moment ELSE undone_at END,
             undone_by = CASE state WHEN 'decided' THEN coalesce(eraser, erased) ELSE undone_by END,
             undo_reason = CASE WHEN state = 'decided' OR undo_reason <> '' THEN 'erased' ELSE '' END
           WHERE id = ANY (reviews)""",
    ),
    # Of the work of others: a claim goes back to the queue, and what was never said to anybody goes.
    (
        "submission_version",
        """UPDATE submission_version SET state = 'submitted' WHERE state = 'in_review' AND id IN (
             SELECT version_id FROM review WHERE reviewer_id = erased AND state = 'claimed')""",
    ),
    (
        "score",
        """UPDATE score SET comment = '' WHERE review_id IN (
             SELECT id FROM review WHERE reviewer_id = erased AND state IN ('claimed', 'reading', 'returned'))""",
    ),
    (
        "review_comment",
        """DELETE FROM review_comment WHERE review_id IN (
             SELECT id FROM review WHERE reviewer_id = erased AND state IN ('claimed', 'reading', 'returned'))""",
    ),
    (
        "review",
        """UPDATE review SET summary = '', private_note = '', state = 'returned', lease_until = NULL,
             returned_at = coalesce(returned_at, moment), return_reason = 'erased'
           WHERE reviewer_id = erased AND state IN ('claimed', 'reading', 'returned')""",
    ),
    ("review", "UPDATE review SET private_note = '' WHERE reviewer_id = erased"),
    ("skipped_review", "UPDATE skipped_review SET reason = '' WHERE reviewer_id = erased"),
    (
        "seen_file",
        """DELETE FROM seen_file WHERE reviewer_id = erased OR submission_id IN (SELECT id FROM submission
           WHERE person_id = erased)""",
    ),
    ("calibration", "UPDATE calibration SET notes = '{}' WHERE reviewer_id = erased"),
    ("saved_search", "DELETE FROM saved_search WHERE reviewer_id = erased"),
    (
        "conflict_of_interest",
        """DELETE FROM conflict_of_interest WHERE reviewer_id = erased OR learner_id = erased
           OR submission_id IN (SELECT id FROM submission WHERE person_id = erased)""",
    ),
    ("saved_comment", "DELETE FROM saved_comment WHERE owner_id = erased"),
    (
        "submission_version",
        """UPDATE submission_version SET question = '', reason = '',
             closed_at = CASE WHEN state IN ('draft', 'submitted', 'in_review') THEN moment ELSE closed_at END,
             state = CASE WHEN state IN ('draft', 'submitted', 'in_review') THEN 'withdrawn' ELSE state END
           WHERE id = ANY (versions)""",
    ),
    # Readings and findings hang on their file and go with it. The worker deletes the bytes that nobody else names.
    ("evidence_file", "DELETE FROM evidence_file WHERE version_id = ANY (versions)"),
    (
        "unwanted_object",
        """INSERT INTO unwanted_object (sha256, due_at) SELECT unnest(hashes), moment
           ON CONFLICT (sha256) DO UPDATE SET due_at = least(unwanted_object.due_at, excluded.due_at)""",
    ),
    (
        "certificate",
        f"""UPDATE certificate SET name = '{NOBODY}',
              document = jsonb_set(document, '{{credentialSubject,name}}', to_jsonb('{NOBODY}'::text)),
              revoked_by = CASE WHEN revoked_at IS NULL THEN eraser ELSE revoked_by END,
              revoked_at = coalesce(revoked_at, moment), revoke_reason = '{ENDED}'
            WHERE person_id = erased""",
    ),
    (
        "person",
        f"""UPDATE person SET name = '{NOBODY}', certificate_name = NULL, email = NULL, time_zone = 'UTC',
              keys_enabled = true, language = NULL, deactivated_at = coalesce(deactivated_at, moment), erased_at = moment
            WHERE id = erased""",
    ),
)  # fmt: skip

KEPT = {
    "submission": "that there was work on this capstone, under a number instead of a name",
    "audit_entry": "who did what and when, under a number instead of a name; it never holds what somebody wrote",
    "check_run": "goes with its file",
    "check_result": "goes with its file",
    "finding": "goes with its reading",
    "rubric_version": "the course's words, published by somebody",
    "rubric_criterion": "the course's words",
    "rubric_level": "the course's words",
    "rubric_rewording": "which words of the course stand for which",
    "rubric_draft": "the course's words before they are published, and who saved them last",
    "switch_state": "which part is paused, and by whom",
}

BODY = """
    DECLARE
      versions uuid[] := ARRAY(SELECT v.id FROM submission_version v JOIN submission s ON s.id = v.submission_id
                               WHERE s.person_id = erased);
      reviews uuid[] := ARRAY(SELECT id FROM review WHERE version_id = ANY (versions));
      hashes text[] := ARRAY(SELECT DISTINCT sha256 FROM evidence_file WHERE version_id = ANY (versions));
    BEGIN
      FOR attempt IN 1..120 LOOP
        BEGIN
          LOCK TABLE {guarded} IN SHARE ROW EXCLUSIVE MODE NOWAIT;
          EXIT;
        EXCEPTION WHEN lock_not_available THEN
          IF attempt = 120 THEN RAISE; END IF;
          PERFORM pg_sleep(0.05);
        END;
      END LOOP;
      {off}
      {steps}
      {on}
    END"""


def install(connection: Connection) -> None:
    """Make the function anew for the tables that are there; none while the first of them is missing."""
    connection.execute(text("DROP FUNCTION IF EXISTS erase_person(uuid, uuid, timestamptz)"))
    inspected = inspect(connection)
    present = set(inspected.get_table_names())
    if "unwanted_object" not in present:
        return
    steps = [(table, statement) for table, statement in STEPS if table in present]
    guarded = sorted({table for table, _ in steps} & _guarded(connection))
    body = BODY.format(
        guarded=", ".join(guarded),
        off=" ".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in guarded),
        steps=";\n".join(statement for _, statement in steps) + ";",
        on=" ".join(f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in guarded),
    )
    connection.exec_driver_sql(
        "CREATE FUNCTION erase_person(erased uuid, eraser uuid, moment timestamptz) RETURNS void "
        f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $${body}$$"
    )
    connection.exec_driver_sql("REVOKE EXECUTE ON FUNCTION erase_person(uuid, uuid, timestamptz) FROM PUBLIC")


def _guarded(connection: Connection) -> set[str]:
    """Tables whose triggers refuse changes: all but those that only take note."""
    named = text(
        """SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
           WHERE NOT tgisinternal AND tgname NOT IN ('note_unwanted', 'hold_object')"""
    )
    return set(connection.scalars(named)) - {"audit_entry"}
