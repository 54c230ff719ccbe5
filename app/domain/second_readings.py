"""A second reading of a decided review, before it is released.

    waiting --agree--> agreed            the review is released when its time has come
    waiting --disagree--> disagreed      an admin decides, with both forms filled in
    disagreed --settle--> settled        the rating is what the admin decided

While it waits, or is not settled, the review is not released.
"""

from enum import StrEnum

from app.domain.errors import Conflict
from app.words import _


class State(StrEnum):
    WAITING = "waiting"
    AGREED = "agreed"
    DISAGREED = "disagreed"
    SETTLED = "settled"


class Action(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"
    SETTLE = "settle"


MOVES: dict[tuple[State, Action], State] = {
    (State.WAITING, Action.AGREE): State.AGREED,
    (State.WAITING, Action.DISAGREE): State.DISAGREED,
    (State.DISAGREED, Action.SETTLE): State.SETTLED,
}
HOLDS = frozenset({State.WAITING, State.DISAGREED})
SAID = {
    State.WAITING: _("This review has not been read a second time yet. Nothing was changed."),
    State.AGREED: _("This review has been read already, and the second reader agreed. Nothing was changed."),
    State.DISAGREED: _(
        "This review has been read already, and an admin decides about it. Nothing was changed."
    ),
    State.SETTLED: _("This review has been decided by an admin. Nothing was changed."),
}


def after(state: State, action: Action) -> State:
    """The state that `action` leads to; Conflict when somebody was faster."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise Conflict(SAID[state]) from None
