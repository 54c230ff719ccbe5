"""A second reading of a decided review, before it is released.

    waiting --agree--> agreed            the review is released when its time has come
    waiting --disagree--> disagreed      an admin decides, with both forms filled in
    disagreed --settle--> settled        the rating is what the admin decided

While it waits, or is not settled, the review is not released.
"""

from enum import StrEnum

from app.domain.errors import Conflict


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
    State.WAITING: "has not been read a second time yet",
    State.AGREED: "has been read already, and the second reader agreed",
    State.DISAGREED: "has been read already, and an admin decides about it",
    State.SETTLED: "has been decided by an admin",
}


def after(state: State, action: Action) -> State:
    """The state that `action` leads to; Conflict when somebody was faster."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise Conflict(f"This review {SAID[state]}. Nothing was changed.") from None
