"""The pages of most use, saving a draft and deciding, each against its bare yardsticks in the same run; and the start.

    python -m bench.pages [SUBMISSIONS]     (default: 10000)

The yardsticks (`bench.bare`): four indexed queries and a page of the same size; six queries, three of them writing,
and one commit; each as one writes it with sessions and entities, and once more as text SQL. What is printed last: the
resident memory of the portal's worker after all that, and the processor time of importing the portal.
"""

import json
import resource
import subprocess
import sys
from itertools import count

from app.models import CheckResult, CheckRun, Claim, Finding
from bench.side_by_side import REQUESTS, ROUNDS, compare, pages, world
from config import ROOT


def main(size):
    with world() as (made, portal, bare):
        made.seed(size)
        _queue(made, portal, bare)
        _submission(made, portal, bare)
        _saving(made, portal, bare)
        _deciding(made, portal, bare)
        cookie = made.cookie(made.reviewer)
        for _ in range(500):
            portal.ask("GET", "/queue", cookie=cookie)
        print(f"worker after that: {portal.megabytes:.0f} MB resident (bare {bare.megabytes:.0f} MB)")
    print(f"import app.factory: {_import_seconds():.2f} s of processor time")


def _queue(made, portal, bare):
    _reading(made, portal, bare, "queue page", "/queue", made.reviewer)


def _submission(made, portal, bare):
    """A draft with four files, each read, with findings."""
    capstone = made.course.capstones[0]
    version = made.make.version(made.learner, capstone=capstone.slug)
    for slot in capstone.slots[:4]:
        read_file(made, version, slot.key)
    claims = [
        Claim(version_id=version.id, key=claim.key, value=100, unit=claim.unit, typed_at=made.make.now)
        for claim in capstone.claims
    ]
    with made.sessions.begin() as db:
        db.add_all(claims)
    _reading(made, portal, bare, "submission page, draft", f"/work/{capstone.slug}", made.learner)
    sent = made.make.version(made.learner, capstone=made.course.capstones[1].slug, state="submitted", files=3)
    _reading(made, portal, bare, "submission page, sent", f"/versions/{sent.id}", made.learner)


def _reading(made, portal, bare, name, path, person):
    cookie = made.cookie(person)
    weight = len(portal.ask("GET", path, cookie=cookie)[0])
    compare(
        f"{name}, {weight} bytes",
        (portal, lambda: portal.ask("GET", path, cookie=cookie)),
        pages(bare, weight),
    )


def _saving(made, portal, bare):
    review, cookie = claimed(made), made.cookie(made.reviewer)
    chosen, texts, tag = levels(made), count(), 0

    def save():
        nonlocal tag
        form = chosen | {"tag": tag, "summary": f"Clear and repeatable, text {next(texts)}."}
        tag = json.loads(portal.ask("POST", f"/reviews/{review.id}/draft", cookie=cookie, form=form)[0])[
            "tag"
        ]

    save()
    compare("saving a draft", (portal, save), _saves(bare, review))


def _deciding(made, portal, bare):
    """Every decision ends a review of its own, with all its levels chosen beforehand."""
    cookie, chosen = (
        made.cookie(made.reviewer),
        levels(made) | {"tag": 0, "summary": "Clear and repeatable."},
    )
    reviews = [claimed(made) for _ in range((ROUNDS + 1) * REQUESTS)]
    for review in reviews:
        portal.ask("POST", f"/reviews/{review.id}/draft", cookie=cookie, form=chosen)
    waiting = iter(reviews)

    def decide():
        form = {"tag": 1, "verdict": "pass"}
        portal.ask("POST", f"/reviews/{next(waiting).id}/decide", cookie=cookie, form=form)

    compare("deciding", (portal, decide), _saves(bare, claimed(made)))


def _saves(bare, review):
    texts = count()

    def save(way):
        form = {"summary": f"Clear, text {next(texts)}."}
        return bare.ask("POST", f"/{way}/save/{review.id}", form=form)

    return {
        "a plain save": (bare, lambda: save("plain")),
        "a save in text SQL": (bare, lambda: save("text")),
    }


def levels(made):
    criteria = made.course.capstones[0].rubric.criteria
    return {f"level-{criterion.key}": criterion.levels[-1].key for criterion in criteria}


def claimed(made):
    version = made.make.version(
        made.make.person("Somebody Else"), capstone=made.course.capstones[0].slug, state="in_review"
    )
    return made.make.review(version, made.reviewer)


def read_file(made, version, slot):
    """A stored file whose check is done, with three findings."""
    file, at = made.make.file(version, slot=slot, name=f"{slot}.txt", data=slot.encode()), made.make.now
    check = {"file_id": file.id, "checker": "evidence", "checker_version": "1", "created_at": at}
    run = CheckRun(**check, state="done", due_at=at, finished_at=at)
    result = CheckResult(
        **check, file_sha256=file.sha256, kind="unknown", confidence=1.0, facts={}, sandbox="none", took_ms=1
    )
    with made.sessions.begin() as db:
        db.add_all([run, result])
        db.flush()
        db.add_all(_finding(result.id, position) for position in range(3))


def _finding(result_id, position):
    return Finding(
        result_id=result_id,
        position=position,
        code="plan.estimate",
        severity=("warn", "note", "good")[position],
        audience="both",
        message="The estimate differs from what was counted by a factor of ten.",
        why="A plan chosen on a wrong estimate is right by luck.",
        fix="ANALYZE the table and take the plan again.",
        place={"line": 3 + position},
        numbers={},
    )


def _import_seconds():
    """Processor time of a fresh process that imports the portal, without that of an empty one."""
    return _run("import app.factory") - _run("pass")


def _run(program):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
