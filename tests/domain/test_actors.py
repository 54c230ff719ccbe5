"""Who may do what, as a table: every combination of roles, on one's own work and on others'."""

from itertools import combinations
from uuid import UUID

import pytest

from app.domain.actors import APPOINTABLE, Actor, Role, may_administer, may_read_work, may_review, may_work_on
from app.domain.errors import Forbidden, require

ME, OTHER = UUID(int=1), UUID(int=2)
EVERY_SET = [frozenset(some) for size in range(4) for some in combinations(Role, size)]


@pytest.mark.parametrize("roles", EVERY_SET, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
def test_rights_are_what_the_roles_say(roles):
    me = Actor(ME, "Mira", roles)

    assert may_work_on(me, owner_id=ME) == ("learner" in roles)
    assert not may_work_on(me, owner_id=OTHER)
    assert [may_read_work(me, owner_id=ME, was_sent=sent) for sent in (False, True)] == [True, True]
    assert may_read_work(me, owner_id=OTHER, was_sent=True) == bool(roles & {"reviewer", "admin"})
    assert not may_read_work(me, owner_id=OTHER, was_sent=False)
    assert may_review(me, owner_id=OTHER) == ("reviewer" in roles)
    assert not may_review(me, owner_id=ME)
    assert may_administer(me) == ("admin" in roles)


def test_nobody_is_appointed_a_learner():
    assert {role.value for role in APPOINTABLE} == {"reviewer", "admin"}


def test_a_refusal_is_the_sentence_given():
    require(True, "No.")

    with pytest.raises(Forbidden, match=r"^Only reviewers can do this\.$"):
        require(False, "Only reviewers can do this.")
