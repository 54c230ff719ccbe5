"""Reviewers of the demo rate as real ones would: claim, fill the rubric, decide."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.reviews import Verdict
from app.models import SubmissionVersion
from app.services import review_claims, review_drafts, reviews
from app.services.review_drafts import Draft
from app.web.parts import Parts

VERDICTS = {"pass": Verdict.PASS, "changes": Verdict.NEEDS_CHANGES, "fail": Verdict.NOT_PASSED}
SUMMARIES = {
    "pass": "The numbers are the ones in your files, and somebody else could repeat them. Well measured.",
    "changes": "The fix itself is shown. One of the numbers you claim is not the one in your file: see the ledger, "
    "measure again or correct the claim, and send it once more.",
    "fail": "The log and the kill list do not belong to the same run, so nothing can be concluded from them. "
    "Begin again with one run that is recorded whole.",
}
COMMENTS = {
    "pass": "Shown with before and after, and the command is there.",
    "changes": "The claim and the file disagree; the file decides.",
    "fail": "I cannot find the evidence for this in the files.",
}


def review(parts: Parts, reviewer: Actor, version_id: UUID, verb: str, *, now: datetime) -> None:
    """`claim` takes it, `half` leaves a draft, `pass`, `changes` and `fail` release a verdict."""
    is_open = verb in {"claim", "half"}
    moment = datetime.now(UTC) - timedelta(minutes=4) if is_open else now
    lease = parts.settings.limits.review_lease
    with parts.sessions.begin() as db:
        review_id = review_claims.claim(db, reviewer, version_id, lease_seconds=lease, now=moment)
    if verb == "claim":
        return
    with parts.sessions.begin() as db:
        slug = (
            db.scalar(select(SubmissionVersion.capstone_slug).where(SubmissionVersion.id == version_id)) or ""
        )
        draft = _draft(parts, slug, verb)
        later = moment + timedelta(minutes=2)
        tag = review_drafts.save_draft(db, reviewer, review_id, draft, tag=0, lease_seconds=lease, now=later)
    if verb == "half":
        return
    with parts.sessions.begin() as db:
        reviews.decide(
            db,
            reviewer,
            review_id,
            tag=tag,
            verdict=VERDICTS[verb],
            hold_seconds=0,
            course=parts.course,
            base_url=parts.settings.base_url,
            now=moment + timedelta(minutes=14),
        )


def _draft(parts: Parts, slug: str, verb: str) -> Draft:
    criteria = parts.course.capstone(slug).rubric.criteria
    if verb == "half":
        return Draft(levels={criterion.key: criterion.levels[2].key for criterion in criteria[:3]})
    places = {"pass": [3, 2], "changes": [1, 2], "fail": [0, 1]}[verb]
    levels = {c.key: c.levels[places[index % 2]].key for index, c in enumerate(criteria)}
    first = criteria[0].key
    return Draft(levels=levels, comments={first: COMMENTS[verb]}, summary=SUMMARIES[verb])
