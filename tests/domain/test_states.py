"""Every state machine, repeated by hand: the moves there are, and no other."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.domain import applications, reviews, submissions
from app.domain.errors import Conflict, Refused

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

APPLICATION = {
    "draft": {"send": "received", "withdraw": "withdrawn"},
    "received": {"ask": "question", "grant": "granted", "decline": "declined", "withdraw": "withdrawn"},
    "question": {"reply": "received", "grant": "granted", "decline": "declined", "withdraw": "withdrawn"},
    "granted": {},
    "declined": {},
    "withdrawn": {},
}
VERSION = {
    "draft": {"submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"claim": "in_review", "withdraw": "withdrawn"},
    "in_review": {
        "return": "submitted",
        "pass": "passed",
        "ask_changes": "needs_changes",
        "fail": "not_passed",
    },
    "passed": {"undo": "submitted"},
    "needs_changes": {"undo": "submitted"},
    "not_passed": {"undo": "submitted"},
    "withdrawn": {},
}
REVIEW = {
    "claimed": {"decide": "decided", "return": "returned"},
    "decided": {"release": "released", "undo": "undone"},
    "released": {"undo": "undone"},
    "returned": {},
    "undone": {},
    "reading": {"hand_in": "read", "return": "returned"},
    "read": {},
}
MACHINES = {
    "application": (applications, APPLICATION),
    "version": (submissions, VERSION),
    "review": (reviews, REVIEW),
}
EVERY_PAIR = [
    pytest.param(machine, state, action, table[state.value].get(action.value), id=f"{name}: {state} {action}")
    for name, (machine, table) in MACHINES.items()
    for state, action in product(machine.State, machine.Action)
]


@pytest.mark.parametrize(("machine", "table"), MACHINES.values(), ids=MACHINES)
def test_every_state_is_in_the_table(machine, table):
    assert set(table) == {state.value for state in machine.State}
    assert {action for moves in table.values() for action in moves} == {
        action.value for action in machine.Action
    }


@pytest.mark.parametrize(("machine", "state", "action", "to"), EVERY_PAIR)
def test_a_move_leads_where_the_table_says_and_every_other_is_refused(machine, state, action, to):
    if to is not None:
        assert machine.after(state, action) == machine.State(to)
        return

    with pytest.raises(Conflict) as refused:
        machine.after(state, action)

    assert isinstance(refused.value, Refused)
    assert str(refused.value).endswith(".")
    assert " any more" in str(refused.value)


@pytest.mark.parametrize(
    ("machine", "table"), [MACHINES["application"], MACHINES["version"]], ids=["application", "version"]
)
def test_a_page_offers_exactly_the_moves_of_its_state(machine, table):
    offered = {state.value: {action.value for action in machine.actions(state)} for state in machine.State}

    assert offered == {state: set(moves) for state, moves in table.items()}


@pytest.mark.parametrize("machine", [applications, submissions])
def test_every_state_can_be_said(machine):
    assert set(machine.SAID) == set(machine.State)


def test_every_verdict_moves_the_version_and_can_be_said():
    moves = {verdict.value: action.value for verdict, action in reviews.MOVES_VERSION.items()}

    assert moves == {"pass": "pass", "needs_changes": "ask_changes", "not_passed": "fail"}
    assert set(reviews.SAID) == set(reviews.Verdict)


def test_groups_of_states_are_what_their_names_say():
    assert {state.value for state in applications.OPEN} == {"draft", "received", "question"}
    assert {state.value for state in applications.WAITING} == {"received", "question"}
    assert {action.value for action in applications.DECISIONS} == {"grant", "ask", "decline"}
    assert {state.value for state in submissions.IN_FLIGHT} == {"submitted", "in_review"}
    assert {state.value for state in submissions.RATED} == {"passed", "needs_changes", "not_passed"}
    assert {state.value for state in submissions.CHECK_ENDED} == {"done", "error"}
    assert {state.value for state in reviews.LIVE} == {"claimed", "decided", "released"}


def test_dates_that_are_promised():
    assert applications.decided_by(NOW, days=7) == NOW + timedelta(days=7)
    assert reviews.lease_end(NOW, seconds=1800) == NOW + timedelta(minutes=30)


def slot(key="plan", **values):
    filled = {
        "title": key.capitalize(),
        "required": True,
        "received": 1,
        "unfinished": 0,
        "blocked": 0,
        "checking": 0,
    }
    return submissions.SlotFilling(key=key, **filled | values)


def problems(*slots, attested=True, reason=""):
    return submissions.problems_before_sending(list(slots), attested=attested, reason=reason)


def test_a_complete_draft_may_be_sent():
    assert problems(slot(), slot("extra", required=False, received=0)) == {}


def test_checks_still_under_way_do_not_hold_a_draft_back():
    assert problems(slot(checking=1)) == {}


def test_an_unfinished_upload_always_holds_it_back():
    found = problems(slot(unfinished=1), reason="It does not matter.")

    assert found == {"slot-plan": "An upload in “Plan” has not finished. Finish or remove it."}


@pytest.mark.parametrize(("lack", "says"), [
    ({"received": 0}, "Still missing: Plan. Add it, or say why it is sent without."),
    ({"blocked": 1}, "Not readable as evidence: Plan. Replace it, or say why it is sent as it is."),
])  # fmt: skip
def test_what_is_missing_or_unreadable_can_be_sent_with_a_reason(lack, says):
    other = slot("notes")

    assert problems(slot(**lack), other) == {"reason": says}
    assert problems(slot(**lack), other, reason="The disk died.") == {}


def test_an_empty_draft_is_not_sent_whatever_the_reason():
    found = problems(slot(received=0), reason="I have nothing.")

    assert found == {"files": "Upload at least one evidence file before sending."}


def test_the_numbers_must_be_ones_own():
    assert problems(slot(), attested=False) == {
        "attested": "Confirm that the numbers come from your own runs."
    }
