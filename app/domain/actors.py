"""Who is asking, and what they may do. Roles come from records: an enrolment, an appointment."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    LEARNER = "learner"
    REVIEWER = "reviewer"
    ADMIN = "admin"


APPOINTABLE = frozenset({Role.REVIEWER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person as of this request; roles are read anew each time."""

    id: UUID
    name: str
    roles: frozenset[Role]

    @property
    def is_learner(self) -> bool:
        return Role.LEARNER in self.roles

    @property
    def is_reviewer(self) -> bool:
        return Role.REVIEWER in self.roles

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles


@dataclass(frozen=True, slots=True)
class Introduction:
    """What an issuer says about somebody: (issuer, subject) is who they are, the rest is a label."""

    issuer: str
    subject: str
    name: str
    email: str | None


def may_work_on(actor: Actor, *, owner_id: UUID) -> bool:
    """Hand in, change, withdraw: only the person whose work it is."""
    return actor.is_learner and actor.id == owner_id


def may_read_work(actor: Actor, *, owner_id: UUID, was_sent: bool) -> bool:
    """Its author reads a piece of work, reviewers and admins once it was sent; others never learn that it exists."""
    return actor.id == owner_id or (was_sent and (actor.is_reviewer or actor.is_admin))


def may_review(actor: Actor, *, owner_id: UUID) -> bool:
    """Reviewers rate, never their own work (I10)."""
    return actor.is_reviewer and actor.id != owner_id


def may_administer(actor: Actor) -> bool:
    return actor.is_admin
