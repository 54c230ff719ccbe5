"""Appeals against one criterion of a released rating.

    open --uphold--> upheld        another reviewer chose a higher level; the token comes back
    open --dismiss--> dismissed    the level stands; the token is spent
    open --withdraw--> withdrawn   the learner took it back; the token comes back
    open --overtake--> overtaken   the rating is not the last word any more; the token comes back

An appeal never lowers a level. Asking for an explanation is no appeal: it costs nothing and changes nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import Conflict, Invalid
from app.domain.reviews import Verdict
from app.domain.rubric import Criterion
from app.words import _

WINDOW = timedelta(days=14)
TOKENS = (1, 2)
"""Each open or dismissed appeal of a learner holds one of these; a course has as many for everybody."""


class State(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class Action(StrEnum):
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    WITHDRAW = "withdraw"
    OVERTAKE = "overtake"


MOVES: dict[tuple[State, Action], State] = {
    (State.OPEN, Action.UPHOLD): State.UPHELD,
    (State.OPEN, Action.DISMISS): State.DISMISSED,
    (State.OPEN, Action.WITHDRAW): State.WITHDRAWN,
    (State.OPEN, Action.OVERTAKE): State.OVERTAKEN,
}
HOLDS_TOKEN = frozenset({State.OPEN, State.DISMISSED})
SAID = {
    State.OPEN: _("open"),
    State.UPHELD: _("upheld"),
    State.DISMISSED: _("dismissed"),
    State.WITHDRAWN: _("withdrawn"),
    State.OVERTAKEN: _("overtaken"),
}


def after(state: State, action: Action) -> State:
    """The state that `action` leads to; Conflict when the appeal has ended."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise Conflict(
            _("This appeal is %(state)s, so that is not possible any more.", state=SAID[state])
        ) from None


def ends_at(released_at: datetime) -> datetime:
    """Until when a rating can be appealed against."""
    return released_at + WINDOW


def why_not(
    *, verdict: Verdict, stands: bool, is_latest: bool, released_at: datetime, tokens_left: int, now: datetime
) -> str:
    """Why no criterion of this rating can be appealed against; empty when one can."""
    if not stands:
        return _("This rating was replaced or undone, so there is nothing to appeal against.")
    if verdict is Verdict.PASS:
        return _("This work passed. Ask for an explanation if a level is unclear.")
    if not is_latest:
        return _("A later version has been sent and is rated anew.")
    if now > ends_at(released_at):
        return _("The fourteen days for an appeal have passed. You can still ask for an explanation.")
    if not tokens_left:
        return _("Both of your appeals are in use. One comes back when an appeal is upheld or withdrawn.")
    return ""


def free_token(held: Collection[int]) -> int | None:
    """The first token that no appeal holds."""
    return next((token for token in TOKENS if token not in held), None)


def judged(criterion: Criterion, first: str, chosen: str) -> Action:
    """What choosing a level means; Invalid when it would lower the first one or is none of this criterion."""
    places = {level.key: level.position for level in criterion.levels}
    if chosen not in places:
        raise Invalid({"level": _("Choose one of the levels of this criterion.")})
    if places[chosen] < places[first]:
        raise Invalid({"level": _("An appeal never lowers a level. Choose the first one, or a higher one.")})
    return Action.UPHOLD if chosen != first else Action.DISMISS
