"""A version of a capstone submission.

    draft --submit--> submitted --claim--> in_review --pass--> passed
                      submitted <--return-- in_review --ask_changes--> needs_changes
                                                      --fail--> not_passed
    draft | submitted --withdraw--> withdrawn
    passed | needs_changes | not_passed --undo--> submitted

From `submitted` on its files, claims and words never change (I1). "Needs changes" opens the next version.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain.errors import Conflict
from app.domain.placing import PACKAGE
from app.words import _, _n, joined


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    PASSED = "passed"
    NEEDS_CHANGES = "needs_changes"
    NOT_PASSED = "not_passed"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    SUBMIT = "submit"
    CLAIM = "claim"
    RETURN = "return"
    PASS = "pass"  # noqa: S105
    ASK_CHANGES = "ask_changes"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    UNDO = "undo"


MOVES: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.CLAIM): State.IN_REVIEW,
    (State.IN_REVIEW, Action.RETURN): State.SUBMITTED,
    (State.IN_REVIEW, Action.PASS): State.PASSED,
    (State.IN_REVIEW, Action.ASK_CHANGES): State.NEEDS_CHANGES,
    (State.IN_REVIEW, Action.FAIL): State.NOT_PASSED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.PASSED, Action.UNDO): State.SUBMITTED,
    (State.NEEDS_CHANGES, Action.UNDO): State.SUBMITTED,
    (State.NOT_PASSED, Action.UNDO): State.SUBMITTED,
}
IN_FLIGHT = frozenset({State.SUBMITTED, State.IN_REVIEW})
RATED = frozenset({State.PASSED, State.NEEDS_CHANGES, State.NOT_PASSED})
PATIENCE = timedelta(minutes=15)
"""A version joins the queue when its checks have ended, or after this long."""

SAID = {
    State.DRAFT: _("a draft"),
    State.SUBMITTED: _("waiting for a reviewer"),
    State.IN_REVIEW: _("with a reviewer"),
    State.PASSED: _("passed"),
    State.NEEDS_CHANGES: _("returned for changes"),
    State.NOT_PASSED: _("not passed"),
    State.WITHDRAWN: _("withdrawn"),
}


class CheckState(StrEnum):
    """A check of one file. `error` means that our tool broke: it never counts against the learner (I14)."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    ERROR = "error"


CHECK_ENDED = frozenset({CheckState.DONE, CheckState.ERROR})


@dataclass(frozen=True, slots=True)
class SlotFilling:
    """One slot as the learner has filled it: how many files are in, still on their way, and blocked."""

    key: str
    title: str
    required: bool
    received: int
    unfinished: int
    blocked: int
    checking: int
    unplaced: int = 0


def after(state: State, action: Action) -> State:
    """The state that `action` leads to; Conflict when the version has moved on."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise Conflict(
            _("This version is %(state)s, so that is not possible any more.", state=SAID[state])
        ) from None


def actions(state: State) -> frozenset[Action]:
    return frozenset(action for from_state, action in MOVES if from_state is state)


def problems_before_sending(slots: list[SlotFilling], *, attested: bool, reason: str) -> dict[str, str]:
    """What still stands between a draft and the queue, by field; empty when it may be sent.

    A missing required slot or a file found to be no evidence can be sent anyway with a reason (the reviewer
    sees it); an unfinished upload cannot.
    """
    problems: dict[str, str] = {}
    for slot in slots:
        if slot.unfinished:
            problems[f"slot-{slot.key}"] = _(
                "An upload in “%(title)s” has not finished. Finish or remove it.", title=slot.title
            )
    if package := next((slot for slot in slots if slot.key == PACKAGE.key), None):
        problems |= _problems_of_package(package)
    missing = [slot.title for slot in slots if slot.required and not slot.received]
    blocked = [slot.title for slot in slots if slot.blocked]
    if missing and not reason:
        problems["reason"] = _(
            "Still missing: %(missing)s. Add it, or say why it is sent without.",
            missing=joined(missing, between=", "),
        )
    elif blocked and not reason:
        problems["reason"] = _(
            "Not readable as evidence: %(blocked)s. Replace it, or say why it is sent as it is.",
            blocked=joined(blocked, between=", "),
        )
    if not any(slot.received for slot in slots):
        problems["files"] = _("Upload at least one evidence file before sending.")
    if not attested:
        problems["attested"] = _("Confirm that the numbers come from your own runs.")
    return problems


def _problems_of_package(package: SlotFilling) -> dict[str, str]:
    """Nothing is sent while files of it may still land, or have no slot."""
    field = f"slot-{package.key}"
    if package.unplaced:
        sentence = _n(
            "One file waits for a slot under “%(title)s”. Say where each belongs, or remove it.",
            "%(count)s files wait for a slot under “%(title)s”. Say where each belongs, or remove it.",
            package.unplaced,
            title=package.title,
        )
        return {field: sentence}
    if package.checking:
        return {
            field: _(
                "The archive is being opened. Wait a moment, or remove it and upload its files one by one."
            )
        }
    return {}
