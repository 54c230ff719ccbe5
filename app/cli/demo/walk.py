"""Everybody does, in order, what the cast says: ask, be let in, learn, upload, claim, send, review."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from app.cli.demo.calibrating import calibrate
from app.cli.demo.cast import Cast, Character, Work
from app.cli.demo.reviewing import review
from app.cli.demo.uploading import claim_numbers, upload, wait_for_checks
from app.domain.actors import Actor, Introduction, Role
from app.domain.applications import Action
from app.models import Submission, SubmissionVersion
from app.queries import applications as requests
from app.queries import people as people_rows
from app.services import applications, course_comments, decisions, learning, people, rubrics, submissions
from app.services.submissions import Words
from app.web.parts import Parts

WORDS = {
    "grant": "You are in. Begin with module 1 and hand in the first capstone as soon as you have numbers.",
    "ask": "Which part of the service is yours to change, and how many people use it today?",
    "decline": "The course needs a service that you can deploy and break. Ask again once you run one.",
}


class Walk:
    """One run of the cast against one portal."""

    def __init__(self, parts: Parts, cast: Cast) -> None:
        self.parts, self.cast = parts, cast
        self.start = datetime.now(UTC)
        self.ids: dict[str, UUID] = {}
        self.rater: Actor | None = None

    def go(self) -> None:
        """Do everything that has not been done, with a bar for what takes time."""
        with self.parts.sessions.begin() as db:
            rubrics.publish(db, self.parts.course, actor_id=None, now=self.start - timedelta(days=60))
            course_comments.publish(db, self.parts.course, actor_id=None, now=self.start - timedelta(days=60))
        for character in self.cast.people:
            self._arrive(character)
        for character in self.cast.people:
            self._ask(character)
        for character in self.cast.people:
            if character.calibrated:
                calibrate(self.parts, self.actor(character.id), since=self.start - timedelta(days=44))
        self._learn_all()
        if self.has_work:
            self._work_all()
        else:
            click.echo(f"The sample work belongs to another course; {self.parts.course.title} begins empty.")
        self._name_people()

    @property
    def has_work(self) -> bool:
        """Whether the packs of evidence are of the course that is shown."""
        return self.parts.course.slug == self.cast.course

    def actor(self, who: str) -> Actor:
        with self.parts.sessions() as db:
            actor = people_rows.actor(db, self.ids[who], course_slug=self.parts.course.slug)
        if actor is None:
            raise click.ClickException(f"{who} cannot sign in.")
        return actor

    def _arrive(self, character: Character) -> None:
        issuer = next(
            provider.issuer for provider in self.parts.settings.providers if provider.name == "demo"
        )
        arrived = self.start - timedelta(days=45)
        with self.parts.sessions.begin() as db:
            person_id = people.meet(
                db, Introduction(issuer, character.id, character.name, character.email), now=arrived
            )
            for role in character.roles:
                people.appoint(db, None, person_id, Role(role), now=arrived)
        self.ids[character.id] = person_id

    def _ask(self, character: Character) -> None:
        """Write a request and bring it to the state the cast names."""
        with self.parts.sessions() as db:
            known = requests.latest(db, self.ids[character.id])
        if not character.request or known is not None:
            return
        actor, asked = self.actor(character.id), self._asked_at(character)
        answers = self.cast.notes[self.cast.people.index(character) % len(self.cast.notes)]
        with self.parts.sessions.begin() as db:
            application_id = applications.save_draft(
                db, actor, answers, course_slug=self.parts.course.slug, now=asked
            )
            if character.request == "draft":
                return
            applications.send(db, actor, days=self.parts.course.decision_days, now=asked)
        self._decide(actor, application_id, character.request, asked + timedelta(days=1))

    def _decide(self, actor: Actor, application_id: UUID, state: str, at: datetime) -> None:
        action = {"granted": Action.GRANT, "question": Action.ASK, "declined": Action.DECLINE}.get(state)
        admin = self.actor("ada")
        with self.parts.sessions.begin() as db:
            if state == "withdrawn":
                applications.withdraw(db, actor, application_id, now=at)
            elif action is not None:
                body = WORDS[action.value]
                decisions.draft(db, admin, application_id, action=action, body=body, seen=None, now=at)
                decisions.send(db, admin, application_id, hold_seconds=0, now=at)

    def _asked_at(self, character: Character) -> datetime:
        """Learners asked six weeks ago; the others in the last days, each at another hour."""
        position = self.cast.people.index(character)
        if character.request == "granted" and character.modules:
            return self.start - timedelta(days=42, hours=position)
        return self.start - timedelta(days=1 + position % 5, hours=position)

    def _learn_all(self) -> None:
        course, settings = self.parts.course, self.parts.settings
        with click.progressbar(self.cast.people, label="Ticking moves      ") as characters:
            for character in characters:
                actor = self.actor(character.id)
                for module in course.modules[: character.modules]:
                    with self.parts.sessions.begin() as db:
                        for move in module.moves:
                            learning.tick(
                                db,
                                actor,
                                module.slug,
                                move.key,
                                course=course,
                                base_url=settings.base_url,
                                now=self.start - timedelta(days=40 - 3 * module.number),
                            )

    def _work_all(self) -> None:
        todo = [work for work in self.cast.works if not self._is_done(work)]
        drafts = {}
        with click.progressbar(todo, label="Uploading evidence ") as works:
            for work in works:
                drafts[work] = self._upload(work)
        wait_for_checks(self.parts, list(drafts.values()))
        with click.progressbar(todo, label="Claiming, reviewing") as works:
            for work in works:
                self._finish(work, drafts[work])

    def _upload(self, work: Work) -> UUID:
        pack, actor, at = self.cast.packs[work.pack], self.actor(work.who), self._began(work)
        with self.parts.sessions.begin() as db:
            version_id = submissions.start(db, actor, pack.capstone, course=self.parts.course, now=at)
        for slot, names in pack.files.items():
            for name in names:
                upload(self.parts, actor, version_id, slot, self.cast.folder / "evidence" / name, now=at)
        return version_id

    def _finish(self, work: Work, version_id: UUID) -> None:
        pack, actor, at = self.cast.packs[work.pack], self.actor(work.who), self._began(work)
        claim_numbers(self.parts, actor, version_id, pack, now=at + timedelta(minutes=20))
        words = Words("Is the way I measured sound?", pack.reason, attested=True)
        for index, step in enumerate(work.then):
            verb, _, who = step.partition(" ")
            moment = min(at + timedelta(hours=1 + 9 * index), self.start - timedelta(seconds=5))
            if verb == "send":
                wait_for_checks(self.parts, [version_id], quietly=True)
                with self.parts.sessions.begin() as db:
                    submissions.submit(db, actor, version_id, words, course=self.parts.course, now=moment)
            elif verb == "withdraw":
                with self.parts.sessions.begin() as db:
                    submissions.withdraw(db, actor, version_id, now=moment)
            else:
                review(self.parts, self.actor(who), version_id, verb, now=moment)
                version_id = self._newest(version_id)

    def _newest(self, version_id: UUID) -> UUID:
        with self.parts.sessions() as db:
            submission_id = select(SubmissionVersion.submission_id).where(SubmissionVersion.id == version_id)
            return (
                db.scalars(
                    select(SubmissionVersion.id)
                    .where(SubmissionVersion.submission_id == submission_id.scalar_subquery())
                    .order_by(SubmissionVersion.number.desc())
                ).first()
                or version_id
            )

    def _began(self, work: Work) -> datetime:
        return self.start - timedelta(days=work.days, hours=2 + self.cast.works.index(work) % 7)

    def _is_done(self, work: Work) -> bool:
        """Whether a run before this one has sent it, or left it as the draft it should be."""
        with self.parts.sessions() as db:
            sent = db.scalars(
                select(SubmissionVersion.submitted_at.is_not(None))
                .join(Submission, Submission.id == SubmissionVersion.submission_id)
                .where(
                    Submission.person_id == self.ids[work.who],
                    Submission.capstone_slug == self.cast.packs[work.pack].capstone,
                )
            ).all()
        return any(sent) if work.then else bool(sent)

    def _name_people(self) -> None:
        """Tell the sign-in page whom it can offer; those with a note first."""
        path = os.environ.get("DEMO_PEOPLE_FILE")
        if not path:
            return
        known = sorted(self.cast.people, key=lambda character: not character.note)
        rows = [{"id": c.id, "name": c.name, "email": c.email, "note": self._told(c)} for c in known]
        Path(path).write_text(json.dumps(rows, indent=2, ensure_ascii=False), encoding="utf-8")

    def _told(self, character: Character) -> str:
        if character.note and self.has_work:
            return character.note
        if character.roles:
            return ", ".join(character.roles)
        if character.request != "granted":
            return f"applicant: {character.request}"
        done = min(character.modules, len(self.parts.course.modules))
        return f"learner: modules done: {done} of {len(self.parts.course.modules)}"
