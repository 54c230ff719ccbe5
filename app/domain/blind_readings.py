"""Blind second readings: one rated version in N is rated again by somebody who has seen nothing of the first rating.

It changes nothing for the learner and delays nothing. It says how alike two people read the same rubric. Which
version it is follows from the version's own id, so that nobody can choose.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

from app.domain.actors import Actor
from app.domain.errors import Forbidden
from app.words import _

OFFERED = timedelta(days=14)
"""For so long colleagues are offered the second reading, and the first rating is kept from them."""
_SEED = b"blind second reading"


def is_chosen(version_id: UUID, *, every: int) -> bool:
    """Whether this version is one of the one in `every`; none is when `every` is 0."""
    if every < 1:
        return False
    number = int.from_bytes(hashlib.sha256(_SEED + version_id.bytes).digest()[:8], "big")
    return number % every == 0


def require_shown(actor: Actor, *, owner_id: UUID, is_kept: bool) -> None:
    """Refuse a reviewer the rating that they are to rate, or may be offered to rate, without having seen it."""
    if is_kept and actor.id != owner_id and not actor.is_admin:
        raise Forbidden(
            _(
                "This work is offered for a blind second reading, so its ratings are kept from reviewers who could "
                "take it. They open once somebody has handed one in, or two weeks after the release."
            )
        )
