from datetime import timedelta

import pytest

from app.domain.reviews import State
from app.models import Review
from worker.rounds import Rounds


@pytest.fixture
def decided(make, now):
    """Two decided reviews whose time has come; the first cannot be released, its version is in no fitting state."""
    ada = make.person("Ada", roles=("reviewer",))
    times = {"decided_at": now - timedelta(minutes=30)}
    return [
        make.review(
            make.version(make.person(state), state=state),
            ada,
            state="decided",
            release_at=now - timedelta(minutes=20 - minutes),
            **times,
        ).id
        for minutes, state in enumerate(["withdrawn", "in_review"])
    ]


def test_a_release_that_fails_holds_up_no_other_and_rests(context, sessions, decided, caplog):
    rounds = Rounds(context)

    counts = [rounds.release() for _ in range(3)]

    with sessions() as db:
        states = [db.get(Review, review_id).state for review_id in decided]
    assert counts == [1, 0, 0]
    assert states == [State.DECIDED, State.RELEASED]
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["release.broke"]
