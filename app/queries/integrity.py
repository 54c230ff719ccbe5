"""The invariants that `flask doctor` looks for in the rows themselves (RELIABILITY ids)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.db import Reader
from app.queries.admin import broken_audit_entry


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: str
    says: str
    rows: int


# Each query counts rows that must not exist. Constraints and triggers prevent most; this is the proof.
COUNTS = {
    "I1": (
        "a submitted version whose files are not the ones of its manifest",
        """SELECT count(*) FROM submission_version v JOIN submission s ON s.id = v.submission_id
           JOIN person p ON p.id = s.person_id
           WHERE submitted_at IS NOT NULL AND p.erased_at IS NULL AND manifest_sha256 <> (
             SELECT encode(sha256(convert_to(coalesce(string_agg(
               f.sha256 || '  ' || f.size || '  ' || f.slot || '  ' || f.name || chr(10), ''
               ORDER BY f.slot COLLATE "C", f.name COLLATE "C", f.size, f.sha256), ''), 'UTF8')), 'hex')
             FROM evidence_file f WHERE f.version_id = v.id)""",
    ),
    "I6": (
        "a released review with a criterion that has no level",
        """SELECT count(*) FROM review r JOIN rubric_criterion c USING (rubric_version_id)
           LEFT JOIN score s ON s.review_id = r.id AND s.criterion_key = c.key
           WHERE r.state = 'released' AND s.level_key IS NULL""",
    ),
    "I7": (
        "a claimed review whose reviewer is no longer appointed",
        """SELECT count(*) FROM review r WHERE r.state = 'claimed' AND r.lease_until > :now AND NOT EXISTS (
             SELECT FROM appointment a
             WHERE a.person_id = r.reviewer_id AND a.role = 'reviewer' AND a.ended_at IS NULL)""",
    ),
    "I9": (
        "a released review of a version that had a newer one when it was decided",
        """SELECT count(*) FROM review r JOIN submission_version v ON v.id = r.version_id
           JOIN submission_version w ON w.submission_id = v.submission_id AND w.number > v.number
             AND w.submitted_at < r.decided_at
           WHERE r.state = 'released'""",
    ),
    "I10": (
        "a review of one's own work",
        """SELECT count(*) FROM review r JOIN submission_version v ON v.id = r.version_id
           JOIN submission s ON s.id = v.submission_id WHERE s.person_id = r.reviewer_id""",
    ),
    "I11": (
        "a check result about other bytes than its file's",
        """SELECT count(*) FROM check_result c JOIN evidence_file f ON f.id = c.file_id
           WHERE c.file_sha256 <> f.sha256""",
    ),
    "I15": (
        "a certificate in force that its records do not bear out",
        """SELECT count(*) FROM certificate c, jsonb_array_elements(c.document->'credentialSubject'->'result') e
           LEFT JOIN review r ON r.id = (e->>'review')::uuid
           LEFT JOIN submission_version v ON v.id = r.version_id
           LEFT JOIN submission s ON s.id = v.submission_id
           LEFT JOIN rubric_version u ON u.id = r.rubric_version_id
           WHERE c.revoked_at IS NULL
             AND (s.person_id, s.course_slug, v.id::text, v.manifest_sha256, u.content_hash) IS DISTINCT FROM
               (c.person_id, c.course_slug, e->>'version', e->>'manifestSha256', e->>'rubricSha256')""",
    ),
    "I16": (
        "a certificate in force that names a review which is not released and passing",
        """SELECT count(*) FROM certificate c, jsonb_array_elements(c.document->'credentialSubject'->'result') e
           LEFT JOIN review r ON r.id = (e->>'review')::uuid
           WHERE c.revoked_at IS NULL AND (r.state IS DISTINCT FROM 'released' OR r.verdict IS DISTINCT FROM 'pass')""",
    ),
    "I27": (
        "a request for access that is past its date",
        "SELECT count(*) FROM application WHERE state IN ('received', 'question') AND due_at < :now",
    ),
    "I27, checks": (
        "a check that is long overdue",
        """SELECT count(*) FROM check_run
           WHERE (state = 'queued' AND due_at < :now - interval '15 minutes')
              OR (state = 'running' AND lease_until < :now - interval '15 minutes')""",
    ),
    "I27, mails": (
        "a mail that is long overdue",
        "SELECT count(*) FROM outgoing_mail WHERE state = 'queued' AND due_at < :now - interval '1 hour'",
    ),
    "I3": (
        "an upload that nobody finished and nobody cleared away",
        "SELECT count(*) FROM evidence_file WHERE uploaded_at IS NULL AND created_at < :now - interval '48 hours'",
    ),
    "I29": (
        "an erased person with a file, an identity or a sign-in",
        """SELECT count(*) FROM person p WHERE erased_at IS NOT NULL AND (
             EXISTS (SELECT FROM identity WHERE person_id = p.id) OR EXISTS (SELECT FROM sign_in WHERE person_id = p.id)
             OR EXISTS (SELECT FROM evidence_file f JOIN submission_version v ON v.id = f.version_id
                        JOIN submission s ON s.id = v.submission_id WHERE s.person_id = p.id))""",
    ),
    "I28": (
        "a submitted version with an unverified upload",
        """SELECT count(*) FROM evidence_file f JOIN submission_version v ON v.id = f.version_id
           WHERE v.submitted_at IS NOT NULL AND f.stored_at IS NULL""",
    ),
}


def violations(db: Reader, *, now: datetime) -> list[Violation]:
    """Every invariant that does not hold, with how many rows break it."""
    found = []
    for invariant, (says, query) in COUNTS.items():
        if rows := db.scalar(text(query), {"now": now}):
            found.append(Violation(invariant, says, rows))
    if (entry := broken_audit_entry(db)) is not None:
        found.append(Violation("I23", f"the audit trail is broken from entry {entry} on", 1))
    return found
