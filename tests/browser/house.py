"""A portal in this process for windows to open on: real PostgreSQL, a real store, evidence that was read, a clock."""

import contextlib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from app.domain.reviews import Verdict
from app.evidence import registry
from app.evidence.source import Source
from app.factory import create_app
from app.models import EvidenceFile, Person, Review, Submission, SubmissionVersion
from app.services import checks, claims, files, reviews, sign_ins, submissions
from app.services import desk as desks
from app.services.reviews import Draft
from app.services.submissions import Words
from config import StorageSettings
from embedded.process import free_port
from embedded.serving import serving
from tests.browser.windows import Windows
from tests.clock import CLOCK
from tests.conftest import ROOT, undisturbed
from tests.embedded.stores import local_store

LEASE = 1800
SIGN_OUT = text("UPDATE sign_in SET ended_at = :now WHERE ended_at IS NULL")
CLAIMED = {
    "db-p99-before": "20.3",
    "db-p99-after": "20.3",
    "db-plan-time-before": "32.1",
    "db-plan-time-after": "0.1",
}
PLANS = {"db-plan-before": "plan-before.txt", "db-plan-after": "plan-after.txt"}
FILES = {"db-latency-before": "db-before.csv.gz", "db-latency-after": "db-after.csv.gz"} | PLANS
SHELF = {slot: (ROOT / "demo" / "evidence" / name).read_bytes() for slot, name in FILES.items()}


@contextlib.contextmanager
def open_house(settings, folder, **limits):
    """The portal with its store, answering on loopback until the end of the block."""
    port = free_port()
    address = f"http://localhost:{port}"
    with local_store(folder, origins=(address,)) as store:
        stored = StorageSettings(
            endpoint=store.endpoint,
            public_endpoint=store.endpoint,
            bucket=store.bucket,
            region="us-east-1",
            access_key_id=store.key_id,
            secret_access_key=store.secret,
            sign_checksum=True,
            sign_write_once=True,
        )
        limits = replace(settings.limits, **limits)
        own = replace(settings, storage=stored, base_url=address, limits=limits)
        app = create_app(own, clock=lambda: CLOCK["now"])
        made = app.extensions["touchstone"]
        app.extensions["touchstone"] = replace(made, course=undisturbed(made.course))
        with serving(app, port):
            yield app, address
        app.extensions["touchstone"].sessions.kw["bind"].dispose()


@dataclass
class House:
    """The portal of one test: rows come from its factories, windows open on its pages."""

    app: object
    base_url: str
    sessions: object
    make: object
    windows: Windows
    folder: Path

    @property
    def course(self):
        return self.make.course

    def window(self, person, **options):
        """A window of its own in which this person is signed in."""
        window = self.windows.open(person.name, **options)
        self.sign_in(window, person)
        return window

    def sign_in(self, window, person):
        with self.sessions.begin() as db:
            token = sign_ins.begin(
                db, person.id, provider="demo", browser="test", staff=False, now=CLOCK["now"]
            )
        signing = self.app.session_interface.get_signing_serializer(self.app)
        cookie = {"name": self.app.config["SESSION_COOKIE_NAME"], "url": self.base_url, "httpOnly": True}
        value = signing.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        window.page.context.add_cookies([cookie | {"value": value, "sameSite": "Lax"}])

    def sign_out_everywhere(self):
        """End every session, as an operator's `sign everybody out` would, while windows are open."""
        with self.sessions.begin() as db:
            db.execute(SIGN_OUT, {"now": CLOCK["now"]})

    def evidence(self, version, shelf=SHELF):
        """Put files into the slots of a draft and have them read; `shelf` holds their bytes by slot."""
        for slot, data in shelf.items():
            name = FILES[slot]
            file = self.make.file(version, slot=slot, name=name, data=data)
            self.storage.put_bytes(f"evidence/{file.sha256}", data, media_type="text/plain")
            with self.sessions.begin() as db:
                checks.promise_check(db, file.id, now=CLOCK["now"])
        self.read()
        return version

    def read(self):
        """Read every file that waits for it, as the worker does."""
        while True:
            with self.sessions.begin() as db:
                run = checks.claim_check(db, lease=timedelta(minutes=1), now=CLOCK["now"])
            if run is None:
                return
            path = self.folder / run.name
            path.write_bytes(self._bytes(run))
            report = registry.inspect(Source(run.name, path), run.kind)
            how = {"sandbox": "none", "took_ms": 1, "course": self.course, "now": CLOCK["now"]}
            with self.sessions.begin() as db:
                assert checks.finish(db, run.run_id, run.fence, report, **how)

    def _bytes(self, run):
        """What was uploaded through a page lies in staging until it is read; it is stored as the worker stores it."""
        with self.sessions() as db:
            staged = db.get(EvidenceFile, run.file_id).staging_key
        if staged:
            data = self.storage.read(staged, limit=1 << 22)
            self.storage.put_bytes(f"evidence/{run.sha256}", data, media_type="text/plain")
        return self.storage.read(f"evidence/{run.sha256}", limit=1 << 22)

    def claim_numbers(self, version, learner, typed=CLAIMED):
        """Type the numbers of a draft."""
        at = {"course": self.course, "now": CLOCK["now"]}
        with self.sessions.begin() as db:
            claims.save(db, self.make.actor(learner), version.id, typed, tag=version.tag, **at)
        return version

    def send(self, version, learner, typed=CLAIMED):
        """Claim the numbers and hand the version in."""
        actor, at = self.make.actor(learner), {"course": self.course, "now": CLOCK["now"]}
        self.claim_numbers(version, learner, typed)
        with self.sessions.begin() as db:
            words = Words("Is the load high enough?", "The other two fixes follow.", True)
            submissions.submit(db, actor, version.id, words, **at)
        return version

    def waiting(self, learner, shelf=SHELF):
        """A version with read evidence and claims that has been sent."""
        return self.send(self.evidence(self.make.version(learner), shelf), learner)

    def claim(self, version, reviewer):
        """The address of the desk on which this reviewer has the version."""
        with self.sessions.begin() as db:
            actor = self.make.actor(reviewer)
            review_id = reviews.claim(db, actor, version.id, lease_seconds=LEASE, now=CLOCK["now"])
        return f"/reviews/{review_id}"

    def keep_comments(self, desk, reviewer, words):
        """A saved comment of this reviewer for every criterion."""
        review_id, actor = UUID(desk.rpartition("/")[2]), self.make.actor(reviewer)
        how = {"body": words, "for_everybody": False, "now": CLOCK["now"]}
        with self.sessions.begin() as db:
            for each in self.course.capstone("three-bottlenecks").rubric.criteria:
                desks.keep_comment(db, actor, review_id, each.key, **how)

    def ask_for_changes(self, desk, reviewer, fell, mended):
        """Decide on this desk: the criterion `fell` falls short, the others stand. The next version, with the files
        of `mended` in place of those before, has been sent."""
        review_id, actor = UUID(desk.rpartition("/")[2]), self.make.actor(reviewer)
        criteria = self.course.capstone("three-bottlenecks").rubric.criteria
        levels = {each.key: each.levels[0 if each.key == fell else -1].key for each in criteria}
        at = {"now": CLOCK["now"]}
        with self.sessions.begin() as db:
            draft = Draft(levels, {fell: "Which index did this?"}, "Measure again.")
            tag = reviews.save_draft(db, actor, review_id, draft, tag=0, lease_seconds=LEASE, **at)
            where = {"course": self.course, "base_url": self.base_url}
            verdict = Verdict.NEEDS_CHANGES
            reviews.decide(db, actor, review_id, tag=tag, verdict=verdict, hold_seconds=0, **where, **at)
        return self._next(review_id, mended)

    def _next(self, review_id, mended):
        with self.sessions.begin() as db:
            first = db.get(SubmissionVersion, db.get(Review, review_id).version_id)
            learner = db.get(Person, db.get(Submission, first.submission_id).person_id)
            of_the_second = (
                SubmissionVersion.submission_id == first.submission_id,
                SubmissionVersion.number == first.number + 1,
            )
            (second,) = db.scalars(select(SubmissionVersion).where(*of_the_second))
            carried = db.scalars(select(EvidenceFile).where(EvidenceFile.version_id == second.id)).all()
        for file in carried:
            if file.slot in mended:
                with self.sessions.begin() as db:
                    actor = self.make.actor(learner)
                    files.remove(db, actor, file.id, course=self.course, now=CLOCK["now"])
        return self.send(self.evidence(second, mended), learner)

    @property
    def storage(self):
        return self.app.extensions["touchstone"].storage
