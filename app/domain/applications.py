"""Asking for free access.

    draft --send--> received --ask--> question --reply--> received
                    received | question --grant--> granted
                    received | question --decline--> declined
    draft | received | question --withdraw--> withdrawn

A declined or withdrawn applicant may begin again: that is a new application.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from app.domain.errors import Conflict
from app.words import _


class State(StrEnum):
    DRAFT = "draft"
    RECEIVED = "received"
    QUESTION = "question"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    SEND = "send"
    ASK = "ask"
    REPLY = "reply"
    GRANT = "grant"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


MOVES: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.SEND): State.RECEIVED,
    (State.RECEIVED, Action.ASK): State.QUESTION,
    (State.QUESTION, Action.REPLY): State.RECEIVED,
    (State.RECEIVED, Action.GRANT): State.GRANTED,
    (State.QUESTION, Action.GRANT): State.GRANTED,
    (State.RECEIVED, Action.DECLINE): State.DECLINED,
    (State.QUESTION, Action.DECLINE): State.DECLINED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.RECEIVED, Action.WITHDRAW): State.WITHDRAWN,
    (State.QUESTION, Action.WITHDRAW): State.WITHDRAWN,
}
OPEN = frozenset({State.DRAFT, State.RECEIVED, State.QUESTION})
WAITING = frozenset({State.RECEIVED, State.QUESTION})
DECISIONS = frozenset({Action.GRANT, Action.ASK, Action.DECLINE})


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions an applicant answers; lengths in characters."""

    name: str
    label: str
    hint: str
    shortest: int
    longest: int


QUESTIONS = (
    Question(
        "building",
        _("What are you building or learning now?"),
        _("Two or three sentences. A link to something you made says more than a title."),
        80,
        1200,
    ),
    Question(
        "change",
        _("What would free access change for you?"),
        _("What stands in the way without it, and what you would do with it."),
        80,
        1200,
    ),
    Question(
        "start",
        _("When would you start, and how many hours a week?"),
        _("A date and a number are enough."),
        10,
        400,
    ),
)


def after(state: State, action: Action) -> State:
    """The state that `action` leads to; Conflict when the application has moved on."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise Conflict(
            _("This request is %(state)s, so it cannot be changed that way any more.", state=SAID[state])
        ) from None


def actions(state: State) -> frozenset[Action]:
    return frozenset(action for from_state, action in MOVES if from_state is state)


def digest(answers: Mapping[str, str]) -> str:
    """What a page was made from, in a few signs: another page that saved since then has another."""
    told = "\0".join(f"{name}={answers[name]}" for name in sorted(answers))
    return sha256(told.encode()).hexdigest()[:16]


def decided_by(received_at: datetime, *, days: int) -> datetime:
    """The date promised to the applicant."""
    return received_at + timedelta(days=days)


SAID = {
    State.DRAFT: _("not sent yet"),
    State.RECEIVED: _("received"),
    State.QUESTION: _("waiting for an answer"),
    State.GRANTED: _("granted"),
    State.DECLINED: _("declined"),
    State.WITHDRAWN: _("withdrawn"),
}
