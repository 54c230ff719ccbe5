"""What a learner is called on the pages of reviewers: by a label, or by name where reviews are not blind."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Label, bindparam, select
from sqlalchemy.orm import aliased

from app.models import Person, Submission

NAMED = bindparam("named", type_=Boolean)


def learner_label(work_id: UUID) -> str:
    """A name for somebody whose name must not be known: the same for every version of one piece of work."""
    number = int.from_bytes(hashlib.sha256(work_id.bytes).digest()[:4], "big") % 9000 + 1000
    return f"learner-{number}"


def author_name() -> Label[Any]:
    """The column `author`: NULL unless the statement is run with `named`, so that a hidden name is never read."""
    author = aliased(Person)
    return (
        select(author.name)
        .where(author.id == Submission.person_id, NAMED)
        .correlate(Submission)
        .scalar_subquery()
        .label("author")
    )


def called(author: str | None, submission_id: UUID) -> str:
    """The name when it was read, else the label."""
    return author or learner_label(submission_id)
