"""Archives on the learner's page: brought anywhere, opened, and what waits put into a slot by its author."""

import hashlib
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.placing import PACKAGE, UNPLACED
from app.domain.submissions import State
from app.evidence import registry
from app.evidence.findings import Report
from app.models import AuditEntry, CheckRun, EvidenceFile
from app.services import checks
from tests.evidence.archive.packing import zipped
from tests.web.learners import announce, browser, read_as, send

SLUG = "on-call-package"
SLO = (Path(registry.__file__).parent / "openslo" / "samples" / "clean-openslo-v1.yaml").read_bytes()
ADDRESS = f"/work/{SLUG}"


@pytest.fixture
def draft(make, learner):
    return make.version(learner, capstone=SLUG)


@pytest.fixture
def waiting(make, draft, sessions, course, now):
    """A file that waits for a slot, recognised as objectives."""
    file = make.file(draft, slot=UNPLACED, name="oncall/slo.yaml", data=SLO)
    promise(sessions, file, now)
    read_as(sessions, course, now, kind="openslo")
    return file


def promise(sessions, file, now):
    with sessions.begin() as db:
        checks.promise_check(db, file.id, now=now)


def open_as(sessions, course, now, facts):
    """What a worker does once it has opened an archive."""
    with sessions.begin() as db:
        claimed = checks.claim_check(db, lease=timedelta(minutes=1), now=now)
        report = Report("archive", 1.0, facts, ())
        checks.finish(
            db, claimed.run_id, claimed.fence, report, sandbox="none", took_ms=1, course=course, now=now
        )


def slots(sessions):
    with sessions() as db:
        return {file.name: file.slot for file in db.scalars(select(EvidenceFile))}


def options(html):
    """The list of slots as (value, words)."""
    return [
        (value, " ".join(words.split()))
        for value, words in re.findall(r'<option value="([^"]*)"[^>]*>(.*?)</option>', html, re.DOTALL)
    ]


def section(html, key):
    return re.search(rf'<section id="slot-{key}".*?</section>', html, re.DOTALL)[0]


def test_a_draft_has_a_place_for_archives(mine, draft):
    page = mine.get(ADDRESS).text

    assert PACKAGE.title in section(page, PACKAGE.key)
    assert 'href="#slot-package"' in page


@pytest.mark.parametrize("name", ["package.zip", "Package.TGZ", "oncall.tar.gz"])
def test_an_archive_goes_to_its_own_place_whatever_slot_it_was_brought_to(mine, draft, make, sessions, name):
    make.file(draft, slot="slo", name="slo.yaml", data=SLO)
    data = zipped(("slo.yaml", SLO), (name, b"x"))

    begun = announce(mine, draft, slot="slo", name=name, data=data).json
    assert send(begun, data) == 200
    answer = mine.post(begun["confirm"])

    assert slots(sessions) == {"slo.yaml": "slo", name: PACKAGE.key}
    assert answer.text.lstrip().startswith('<section id="slot-slo"')
    assert name in section(answer.text, PACKAGE.key)
    assert 'hx-swap-oob="true"' in section(answer.text, PACKAGE.key)
    assert "slo.yaml" in section(answer.text, "slo")


def test_without_a_script_the_page_comes_back_at_the_place_of_archives(mine, draft, sessions):
    data = zipped(("slo.yaml", SLO), ("plain", b"x"))

    answer = mine.post(
        f"/versions/{draft.id}/upload", data={"slot": "runbooks", "file": (BytesIO(data), "package.zip")}
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ADDRESS}#slot-package")
    assert slots(sessions) == {"package.zip": PACKAGE.key}


def test_a_file_that_waits_is_shown_with_the_slots_it_fits_first(mine, waiting, course):
    page = section(mine.get(ADDRESS).text, PACKAGE.key)

    found = options(page)
    assert found[0] == ("", "Choose a slot")
    assert found[1][0] == "slo"
    assert {value.split(" ")[0] for value, _ in found[1:]} == {
        slot.key for slot in course.capstone(SLUG).slots
    }
    assert "1 to place" in page
    assert "and so does another" not in page


def test_what_a_choice_would_replace_is_named(mine, make, draft, waiting):
    old = make.file(draft, slot="slo", name="mine.yaml", data=b"old")

    page = section(mine.get(ADDRESS).text, PACKAGE.key)

    title = next(words for value, words in options(page) if value == f"slo {old.id}")
    assert title.endswith(", replacing mine.yaml")
    assert 'holds <span class="file-name">mine.yaml</span> already' in page


def test_files_that_want_the_same_place_are_named_as_such(mine, make, draft, waiting, sessions, course, now):
    rival = make.file(draft, slot=UNPLACED, name="other.yaml", data=SLO + b"# other")
    promise(sessions, rival, now)
    read_as(sessions, course, now, kind="openslo")

    page = section(mine.get(ADDRESS).text, PACKAGE.key)

    assert page.count("and so does another file that waits here.") == 2
    assert "2 to place" in page


def test_its_author_puts_it_into_a_slot_and_both_places_come_back(mine, waiting, sessions):
    answer = mine.fragment("POST", f"/files/{waiting.id}/slot", data={"place": "slo"})

    assert (answer.status_code, slots(sessions)) == (200, {"oncall/slo.yaml": "slo"})
    assert answer.text.lstrip().startswith('<section id="slot-package"')
    assert "oncall/slo.yaml" in section(answer.text, "slo")
    with sessions() as db:
        assert db.scalar(select(func.count()).where(AuditEntry.action == "file.move")) == 1
        assert db.scalar(select(func.count()).select_from(CheckRun)) == 1


def test_without_a_script_it_leads_to_the_slot(mine, waiting, sessions):
    answer = mine.post(f"/files/{waiting.id}/slot", data={"place": "slo"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ADDRESS}#slot-slo")


def test_a_second_click_changes_nothing(mine, waiting, sessions):
    answers = [mine.post(f"/files/{waiting.id}/slot", data={"place": "slo"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    with sessions() as db:
        assert db.scalar(select(func.count()).where(AuditEntry.action == "file.move")) == 1


def test_what_was_named_is_replaced(mine, make, draft, waiting, sessions):
    old = make.file(draft, slot="slo", name="mine.yaml", data=b"old")

    mine.post(f"/files/{waiting.id}/slot", data={"place": f"slo {old.id}"})

    assert slots(sessions) == {"oncall/slo.yaml": "slo"}


def test_what_was_not_named_is_never_replaced(mine, make, draft, waiting, sessions):
    make.file(draft, slot="slo", name="mine.yaml", data=b"old")

    answer = mine.post(f"/files/{waiting.id}/slot", data={"place": "slo"})

    assert answer.status_code == 409
    assert "has changed since this page was opened" in answer.text
    assert f'href="#place-{waiting.id}"' in answer.text
    assert slots(sessions) == {"oncall/slo.yaml": UNPLACED, "mine.yaml": "slo"}


@pytest.mark.parametrize("place", ["", "nowhere", "package", "slo not-a-file"])
def test_only_a_slot_of_the_list_can_be_chosen(mine, waiting, sessions, place):
    answer = mine.fragment("POST", f"/files/{waiting.id}/slot", data={"place": place})

    assert answer.status_code == 422
    assert "Choose one of the slots in the list." in section(answer.text, PACKAGE.key)
    assert slots(sessions) == {"oncall/slo.yaml": UNPLACED}


def test_a_file_in_a_slot_is_not_moved(mine, make, draft, sessions):
    file = make.file(draft, slot="slo", name="slo.yaml", data=SLO)

    answer = mine.post(f"/files/{file.id}/slot", data={"place": "runbooks"})

    assert (answer.status_code, slots(sessions)) == (409, {"slo.yaml": "slo"})


def test_nobody_else_can_move_it(portal, sessions, make, waiting):
    stranger = browser(portal, sessions, make.person(email="other@example.org"))

    answer = stranger.post(f"/files/{waiting.id}/slot", data={"place": "slo"})

    assert (answer.status_code, slots(sessions)) == (404, {"oncall/slo.yaml": UNPLACED})


def test_what_waits_can_be_removed_and_read_as_something_else(mine, waiting, sessions):
    kind = mine.get(f"/files/{waiting.id}/kind")
    removed = mine.fragment("POST", f"/files/{waiting.id}/remove")

    assert f"{ADDRESS}#slot-package" in kind.text
    assert removed.text.lstrip().startswith('<section id="slot-package"')
    assert slots(sessions) == {}


def test_nothing_is_sent_while_a_file_waits(mine, draft, waiting):
    answer = mine.post(
        f"/versions/{draft.id}/submit", data={"attested": "1", "reason": "It is all there is."}
    )

    assert answer.status_code == 422
    assert "One file waits for a slot under" in answer.text


def test_nothing_is_sent_while_an_archive_is_being_opened(mine, make, draft, sessions, now):
    file = make.file(draft, slot=PACKAGE.key, name="package.zip", data=zipped(("a", b"b")))
    promise(sessions, file, now)

    answer = mine.post(
        f"/versions/{draft.id}/submit", data={"attested": "1", "reason": "It is all there is."}
    )

    assert answer.status_code == 422
    assert "The archive is being opened." in answer.text


def test_once_it_is_open_the_slots_of_its_files_come_back_with_it(mine, make, draft, sessions, course, now):
    data = zipped(("slo.yaml", SLO))
    packed = make.file(draft, slot=PACKAGE.key, name="package.zip", data=data)
    address = f"/versions/{draft.id}/slots/{PACKAGE.key}"
    promise(sessions, packed, now)
    before = mine.fragment("GET", address).text
    make.file(draft, slot="slo", name="slo.yaml", data=SLO)
    make.file(draft, slot="runbooks", name="mine.md", data=b"# Disk")
    parts = [
        {"path": path, "size": 1, "sha256": hashlib.sha256(content).hexdigest(), "kind": kind, "also": []}
        for path, content, kind in (("slo.yaml", SLO, "openslo"), ("x.bin", b"x", "unknown"))
    ]
    open_as(sessions, course, now, {"format": "zip", "parts": parts, "left_out": [], "total": 2})

    after = mine.fragment("GET", address).text

    assert "Reading the file" in before
    assert 'id="slot-slo"' not in before
    assert "slo.yaml" in section(after, "slo")
    assert 'id="slot-runbooks"' not in after
    rows = re.findall(
        r"<tr>\s*<th[^>]*>(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", section(after, PACKAGE.key)
    )
    title = course.capstone(SLUG).slots[0].title
    assert rows == [
        ("slo.yaml", registry.named("openslo").title, title),
        ("x.bin", "not recognised", "only in the archive"),
    ]


def test_a_sent_version_shows_the_archive_it_came_in(portal, sessions, make, learner):
    version = make.version(learner, capstone=SLUG)
    make.file(version, slot=PACKAGE.key, name="package.zip", data=zipped(("slo.yaml", SLO)))
    make.advance(version, State.SUBMITTED)

    page = browser(portal, sessions, learner).get(f"/versions/{version.id}").text

    assert PACKAGE.title in section(page, PACKAGE.key)
    assert "package.zip" in section(page, PACKAGE.key)


def test_the_name_keeps_its_folders_and_is_saved_as_one_name(mine, portal, draft, make):
    file = make.file(draft, slot="runbooks", name="runbooks/disk.md", data=b"# Disk\n")
    portal.extensions["touchstone"].storage.put_bytes(
        f"evidence/{file.sha256}", b"# Disk\n", media_type="text/plain"
    )

    page, saved = mine.get(ADDRESS).text, mine.get(f"/files/{file.id}/download")

    assert "runbooks/disk.md" in section(page, "runbooks")
    assert 'filename="runbooks-disk.md"' in saved.headers["Content-Disposition"]
