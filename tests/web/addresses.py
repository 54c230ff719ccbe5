"""A small world in which every address of the portal leads to something, and who lives in it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text

from app.db import Base, new_id
from app.domain.actors import Role
from app.domain.submissions import CheckState
from app.models import CheckRun, Enrolment, Identity, OutgoingMail, ReviewComment, SignIn
from app.models.operations import MailState
from app.services import rubric_drafts
from app.web.access import Access, declared

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ROLES = {
    "anonymous": None,
    "applicant": frozenset(),
    "stranger": frozenset({Role.LEARNER}),
    "learner": frozenset({Role.LEARNER}),
    "reviewer": frozenset({Role.REVIEWER}),
    "admin": frozenset({Role.ADMIN}),
}
"""Whom the matrix asks. `learner` owns the work in the world, `stranger` is another learner."""


@dataclass(frozen=True)
class Address:
    endpoint: str
    method: str
    path: str
    access: Access
    names_a_row: bool

    def __str__(self):
        return f"{self.method} {self.endpoint}"


class World:
    """Rows for every kind of id, made by the factories; `values` says what stands for each path variable."""

    def __init__(self, app, sessions, make):
        self.app, self.sessions, self.make = app, sessions, make
        self.people = {
            name: make.person(name.capitalize(), roles=tuple(roles))
            for name, roles in ROLES.items()
            if roles is not None
        }
        owner, reviewer = self.people["learner"], self.people["reviewer"]
        version = make.version(owner, state="in_review", files=1)
        review = make.review(version, reviewer)
        application = make.application(self.people["applicant"])
        self.values = {
            "slug": "three-bottlenecks",
            "provider": "demo",
            "name": "uploads",
            "code": "7Q4K-2M9P",
            "kid": "none-such",
            "key": "db_plan_before",
            "language": "de",
            "version_id": version.id,
            "review_id": review.id,
            "application_id": application.id,
            "person_id": owner.id,
            "certificate_id": new_id(),
            "appeal_id": new_id(),
            "explanation_id": new_id(),
            "search_id": new_id(),
            "conflict_id": new_id(),
            "attempt_id": new_id(),
            "draft_id": self._draft(),
            "number": 1,
            **self._rows(version, review, owner),
        }
        module = make.course.modules[0]
        packed = next(each for each in make.course.capstones if each.packs)
        self.special = {
            ("modules", "slug"): module.slug,
            ("modules", "key"): module.moves[0].key,
            ("calibrations", "slug"): packed.slug,
            ("calibrations", "key"): packed.packs[0].key,
        }

    def _rows(self, version, review, owner):
        now = self.make.now
        with self.sessions.begin() as db:
            file_id, sha256 = db.execute(text("SELECT id, sha256 FROM evidence_file")).one()
            comment = ReviewComment(
                id=new_id(),
                review_id=review.id,
                file_id=file_id,
                file_sha256=sha256,
                line=1,
                body="See here.",
                created_at=now,
            )
            run = CheckRun(
                id=new_id(),
                file_id=file_id,
                checker="evidence",
                checker_version="none",
                state=CheckState.ERROR,
                due_at=now,
                created_at=now,
                finished_at=now,
                error="The reader stopped.",
            )
            mail = OutgoingMail(
                id=new_id(),
                dedupe_key="matrix",
                person_id=owner.id,
                template="application-received",
                context={},
                state=MailState.FAILED,
                due_at=now,
                created_at=now,
            )
            identity = Identity(
                person_id=owner.id, issuer="https://id", subject="1", created_at=now, last_used_at=now
            )
            db.add_all([comment, run, mail, identity])
        return {
            "file_id": file_id,
            "comment_id": comment.id,
            "run_id": run.id,
            "mail_id": mail.id,
            "sign_in_id": new_id(),
        }

    def _draft(self):
        """The rubric as an admin is changing it."""
        root = self.make.actor(self.people["admin"])
        with self.sessions.begin() as db:
            return rubric_drafts.begin(
                db, root, "three-bottlenecks", course=self.make.course, now=self.make.now
            )

    def addresses(self, *methods):
        """Every route of the portal with one of these methods, filled in."""
        found = []
        with self.app.test_request_context():
            for rule in self.app.url_map.iter_rules():
                if rule.endpoint == "static":
                    continue
                values = {name: self._value(rule.endpoint, name) for name in rule.arguments}
                path = rule.build(values)[1]
                who = declared(self.app, rule.endpoint)
                names_a_row = any(name.endswith("_id") for name in rule.arguments)
                found += [
                    Address(rule.endpoint, method, path, who, names_a_row)
                    for method in sorted(rule.methods & set(methods))
                ]
        return found

    def _value(self, endpoint, name):
        special = self.special.get((endpoint.split(".")[0], name))
        assert special or name in self.values, f"tell tests/web/addresses.py what stands for <{name}>"
        return special or self.values[name]

    def deactivate(self, name):
        with self.sessions.begin() as db:
            db.execute(
                text("UPDATE person SET deactivated_at = :now WHERE id = :id"),
                {"now": self.make.now, "id": self.people[name].id},
            )

    def expire(self, name):
        with self.sessions.begin() as db:
            for sign_in in db.scalars(select(SignIn).where(SignIn.person_id == self.people[name].id)):
                sign_in.created_at -= timedelta(days=30)
                sign_in.expires_at -= timedelta(days=30)

    def strip(self, name):
        """Take every role away, as an admin would, between two requests."""
        with self.sessions.begin() as db:
            who = {"id": self.people[name].id, "now": self.make.now}
            db.execute(text("UPDATE appointment SET ended_at = :now WHERE person_id = :id"), who)
            for enrolment in db.scalars(select(Enrolment).where(Enrolment.person_id == who["id"])):
                enrolment.ended_at = self.make.now


SNAPSHOT = " UNION ALL ".join(
    f"SELECT '{name}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
    for name in sorted(Base.metadata.tables)
)


def snapshot(sessions):
    """What every table holds, as a count and a hash."""
    with sessions() as db:
        return {row[0]: tuple(row[1:]) for row in db.execute(text(SNAPSHOT))}
