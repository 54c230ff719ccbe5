"""Valid rows by default. Every factory commits and returns the row, detached and readable."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.db import new_id
from app.domain import applications, reviews, submissions
from app.domain.actors import Actor, Role
from app.domain.certificates import document, manifest, new_code
from app.models import (
    Application,
    Appointment,
    Certificate,
    Enrolment,
    EvidenceFile,
    Person,
    Review,
    RubricVersion,
    Score,
    Submission,
    SubmissionVersion,
)
from app.services import rubrics

ANSWERS = {
    "building": "A delivery service for forty shops on one small server, written in Python with PostgreSQL behind it.",
    "change": "My savings end in spring; with the course I would know what to mend first before the shops notice.",
    "start": "On 1 December, six hours a week.",
}


@dataclass
class Make:
    sessions: object
    course: object
    now: object

    def person(self, name="Mira Okafor", *, roles=("learner",), email=None, **values):
        person = Person(id=new_id(), name=name, email=email, time_zone="UTC", created_at=self.now, **values)
        given = [self._role(person.id, Role(role)) for role in roles]
        return self._keep(person, *given)

    def actor(self, person, *roles):
        """The person as an actor; without `roles` the ones on record."""
        with self.sessions() as db:
            held = set(db.scalars(select(Appointment.role).where(Appointment.person_id == person.id)))
            if db.scalar(select(Enrolment.id).where(Enrolment.person_id == person.id)):
                held.add(Role.LEARNER)
        return Actor(person.id, person.name, frozenset(map(Role, roles)) or frozenset(held))

    def application(self, person, *, state=applications.State.RECEIVED, decided_by=None, **values):
        state = applications.State(state)
        received = None if state is applications.State.DRAFT else self.now - timedelta(days=1)
        decided = state in {applications.State.GRANTED, applications.State.DECLINED}
        row = {
            "created_at": self.now - timedelta(days=2),
            "received_at": received,
            "due_at": received + timedelta(days=7) if received else None,
            "decided_at": self.now if decided else None,
            "decided_by": decided_by.id if decided_by else None,
            "withdrawn_at": self.now if state is applications.State.WITHDRAWN else None,
        }
        return self._keep(
            Application(
                id=new_id(),
                person_id=person.id,
                course_slug=self.course.slug,
                state=state,
                **ANSWERS | row | values,
            )
        )

    def rubric(self, capstone="three-bottlenecks"):
        """The current rubric version of a capstone, published from the shipped course."""
        with self.sessions.begin() as db:
            rubrics.publish(db, self.course, actor_id=None, now=self.now)
            return db.scalar(
                select(RubricVersion).where(
                    RubricVersion.capstone_slug == capstone, RubricVersion.retired_at.is_(None)
                )
            )

    def version(self, person, *, capstone="three-bottlenecks", state="draft", number=1, files=0, **values):
        """A version in any state, with the columns that state demands; `files` adds stored files beforehand."""
        state = submissions.State(state)
        rubric = self.rubric(capstone)
        submission = self._submission(person, capstone)
        version = SubmissionVersion(
            id=new_id(),
            submission_id=submission.id,
            course_slug=self.course.slug,
            capstone_slug=capstone,
            number=number,
            state=submissions.State.DRAFT,
            rubric_version_id=rubric.id,
            created_at=self.now - timedelta(hours=3),
        )
        self._keep(version)
        for index in range(files):
            self.file(version, name=f"file-{index}.txt", data=f"file {index} of {version.id}".encode())
        return self.advance(version, state, values)

    def file(
        self,
        version,
        *,
        slot="db-plan-before",
        name="plan.txt",
        data=b"Seq Scan on orders",
        stored=True,
        **values,
    ):
        digest = hashlib.sha256(data).hexdigest()
        file_id = new_id()
        row = {
            "media_type": "text/plain",
            "staging_key": None if stored else f"staging/{file_id}",
            "uploaded_at": self.now if stored else None,
            "stored_at": self.now if stored else None,
            "created_at": self.now,
        }
        return self._keep(
            EvidenceFile(
                id=file_id,
                version_id=version.id,
                slot=slot,
                name=name,
                size=len(data),
                sha256=digest,
                **row | values,
            )
        )

    def review(self, version, reviewer, *, state="claimed", levels=None, verdict=None, **values):
        """A review; a decided or released one has every criterion rated (`levels`: by key, else the highest)."""
        state = reviews.State(state)
        is_blind = state in {reviews.State.READING, reviews.State.READ}
        review = Review(
            id=new_id(),
            version_id=version.id,
            rubric_version_id=version.rubric_version_id,
            reviewer_id=reviewer.id,
            state=reviews.State.READING if is_blind else reviews.State.CLAIMED,
            is_blind=is_blind,
            claimed_at=self.now - timedelta(minutes=20),
            lease_until=self.now + timedelta(minutes=10),
        )
        self._keep(review)
        if state in reviews.OPEN:
            return self._change(review, values)
        self._rate(review, version.capstone_slug, levels or {})
        ended = {"lease_until": None, "state": state}
        if state is reviews.State.READ:
            ended |= {"verdict": verdict or reviews.Verdict.PASS, "decided_at": self.now}
        elif state is reviews.State.RETURNED:
            ended |= {"returned_at": self.now, "return_reason": "lease ended"}
        else:
            ended |= {
                "verdict": verdict or reviews.Verdict.PASS,
                "decided_at": self.now,
                "release_at": self.now + timedelta(minutes=10),
                "released_at": self.now if state is not reviews.State.DECIDED else None,
                "summary": "Clear and repeatable.",
            }
        return self._change(review, ended | values)

    def _rate(self, review, capstone, levels):
        for criterion in self.course.capstone(capstone).rubric.criteria:
            level = next(
                (level for level in criterion.levels if level.key == levels.get(criterion.key)),
                criterion.levels[-1],
            )
            self._keep(
                Score(
                    review_id=review.id,
                    rubric_version_id=review.rubric_version_id,
                    criterion_key=criterion.key,
                    level_key=level.key,
                    label=level.label,
                    points=level.points,
                )
            )

    def certificate(self, person, *, base_url="http://localhost"):
        """One in force, with the document that was issued."""
        course, code = self.course, new_code()
        what = {
            "base_url": base_url,
            "code": code,
            "name": person.name,
            "course_title": course.title,
            "course_version": course.version,
            "course_hash": course.content_hash,
            "issued_at": self.now,
            "capstones": [],
            "modules": 10,
        }
        return self._keep(
            Certificate(
                code=code,
                person_id=person.id,
                course_slug=course.slug,
                course_version=course.version,
                name=person.name,
                document=document(**what),
                issued_at=self.now,
            )
        )

    def advance(self, version, state, values=None):
        """Bring a version whose files are there to `state`."""
        values = values or {}
        if state is submissions.State.DRAFT:
            return self._change(version, values)
        sent = {} if state is submissions.State.WITHDRAWN else self._sent(version)
        closed = state in submissions.RATED | {submissions.State.WITHDRAWN}
        return self._change(
            version, {"state": state, "closed_at": self.now if closed else None} | sent | values
        )

    def _sent(self, version):
        with self.sessions() as db:
            files = db.execute(
                select(EvidenceFile.slot, EvidenceFile.name, EvidenceFile.size, EvidenceFile.sha256).where(
                    EvidenceFile.version_id == version.id
                )
            ).all()
        sent_at = self.now - timedelta(hours=2)
        return {
            "submitted_at": sent_at,
            "queued_at": sent_at,
            "attested": True,
            "receipt_code": str(version.id)[-8:],
            "manifest_sha256": manifest([tuple(file) for file in files]),
        }

    def _submission(self, person, capstone):
        with self.sessions() as db:
            known = db.scalar(
                select(Submission).where(
                    Submission.person_id == person.id, Submission.capstone_slug == capstone
                )
            )
        return known or self._keep(
            Submission(
                id=new_id(),
                person_id=person.id,
                course_slug=self.course.slug,
                capstone_slug=capstone,
                created_at=self.now - timedelta(days=1),
            )
        )

    def _role(self, person_id, role):
        if role is Role.LEARNER:
            return Enrolment(
                id=new_id(), person_id=person_id, course_slug=self.course.slug, enrolled_at=self.now
            )
        return Appointment(id=new_id(), person_id=person_id, role=role, appointed_at=self.now)

    def _keep(self, first, *rest):
        with self.sessions.begin() as db:
            db.add(first)
            db.flush()
            db.add_all(rest)
        return first

    def _change(self, row, values):
        with self.sessions.begin() as db:
            db.add(row)
            for name, value in values.items():
                setattr(row, name, value)
        return row
