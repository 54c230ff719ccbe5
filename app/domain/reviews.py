"""A review of one version, under one rubric version.

    claimed --decide--> decided --release--> released
    claimed --return--> returned
    decided | released --undo--> undone

A claim is a lease: one reviewer at a time, renewed by work, ended by itself. Undone reviews stay readable.

A blind second reading is a review beside the one that counts, on the same desk; its learner never learns of it:

    reading --hand_in--> read
    reading --return--> returned
"""

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import Conflict, Forbidden
from app.domain.submissions import Action as VersionAction
from app.words import _


class State(StrEnum):
    CLAIMED = "claimed"
    DECIDED = "decided"
    RELEASED = "released"
    RETURNED = "returned"
    UNDONE = "undone"
    READING = "reading"
    READ = "read"


class Action(StrEnum):
    DECIDE = "decide"
    RELEASE = "release"
    RETURN = "return"
    UNDO = "undo"
    HAND_IN = "hand_in"


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105
    NEEDS_CHANGES = "needs_changes"
    NOT_PASSED = "not_passed"


MOVES: dict[tuple[State, Action], State] = {
    (State.CLAIMED, Action.DECIDE): State.DECIDED,
    (State.DECIDED, Action.RELEASE): State.RELEASED,
    (State.CLAIMED, Action.RETURN): State.RETURNED,
    (State.DECIDED, Action.UNDO): State.UNDONE,
    (State.RELEASED, Action.UNDO): State.UNDONE,
    (State.READING, Action.HAND_IN): State.READ,
    (State.READING, Action.RETURN): State.RETURNED,
}
OPEN = frozenset({State.CLAIMED, State.READING})
"""While its reviewer writes in it, under a lease."""
HANDED_SECONDS = 24 * 3600
"""A colleague who is handed a claim has a day to come to it; from their first save on the usual lease counts."""
LIVE = frozenset({State.CLAIMED, State.DECIDED, State.RELEASED})

MOVES_VERSION: dict[Verdict, VersionAction] = {
    Verdict.PASS: VersionAction.PASS,
    Verdict.NEEDS_CHANGES: VersionAction.ASK_CHANGES,
    Verdict.NOT_PASSED: VersionAction.FAIL,
}

SAID = {
    Verdict.PASS: _("passed"),
    Verdict.NEEDS_CHANGES: _("needs changes"),
    Verdict.NOT_PASSED: _("not passed"),
}
STATE_SAID = {
    State.CLAIMED: _("claimed"),
    State.DECIDED: _("decided"),
    State.RELEASED: _("released"),
    State.RETURNED: _("returned"),
    State.UNDONE: _("undone"),
    State.READING: _("reading"),
    State.READ: _("read"),
}


def after(state: State, action: Action) -> State:
    """The state that `action` leads to; Conflict when the review has moved on."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise Conflict(
            _("This review is %(state)s, so that is not possible any more.", state=STATE_SAID[state])
        ) from None


def require_open(*, is_closed: bool) -> None:
    """Refuse what a declared conflict of interest closes to this reviewer."""
    if is_closed:
        raise Forbidden(
            _(
                "You declared a conflict of interest about this work, so it is closed to you. "
                "If that was a mistake, an admin can withdraw it."
            )
        )


def lease_end(now: datetime, *, seconds: int) -> datetime:
    return now + timedelta(seconds=seconds)
