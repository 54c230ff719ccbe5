import gzip
import hashlib
from io import BytesIO

import pytest
from sqlalchemy import select

from app.evidence import registry
from app.models import CheckRun, EvidenceFile
from tests.web.learners import announce, browser, send

SLUG = "three-bottlenecks"
PLAN = b"Seq Scan on orders  (cost=0.00..4570.00 rows=20 width=24)\n"


@pytest.fixture
def draft(make, learner):
    return make.version(learner)


@pytest.fixture
def slot(course):
    return course.capstone(SLUG).slots[0].key


@pytest.fixture
def data(request):
    """Bytes of this test's own: the store keeps what other tests sent."""
    return PLAN + request.node.name.encode()


def rows(sessions):
    with sessions() as db:
        return list(db.scalars(select(EvidenceFile).order_by(EvidenceFile.created_at, EvidenceFile.id)))


def checks(sessions):
    with sessions() as db:
        return len(list(db.scalars(select(CheckRun.id))))


def uploaded(mine, draft, slot, data, name="plan.txt"):
    begun = announce(mine, draft, slot=slot, name=name, data=data).json
    assert send(begun, data) == 200
    mine.post(begun["confirm"])
    return begun["id"]


def test_a_file_goes_to_the_store_and_its_slot_comes_back(mine, draft, slot, data, sessions):
    begun = announce(mine, draft, slot=slot, data=data)

    sent = send(begun.json, data)
    answers = [mine.post(begun.json["confirm"]) for _ in range(2)]

    assert (begun.status_code, sent, {answer.status_code for answer in answers}) == (201, 200, {200})
    assert answers[0].text.lstrip().startswith(f'<section id="slot-{slot}"')
    assert [row.uploaded_at is not None for row in rows(sessions)] == [True]
    assert checks(sessions) == 1


def test_the_request_is_bound_to_its_bytes_and_works_once(mine, draft, slot, data):
    begun = announce(mine, draft, slot=slot, data=data).json

    assert [send(begun, data[::-1]), send(begun, data + b"x"), send(begun, data), send(begun, data)] == [
        400,
        403,
        200,
        412,
    ]


def test_confirming_what_never_arrived_leaves_the_slot_open(mine, draft, slot, data, sessions):
    begun = announce(mine, draft, slot=slot, data=data).json

    answer = mine.post(begun["confirm"], headers={"Accept": "application/json, text/html"})

    assert (answer.status_code, answer.json["message"].split(".")[0]) == (422, "The file has not arrived")
    assert (rows(sessions)[0].uploaded_at, checks(sessions)) == (None, 0)


def test_other_bytes_than_announced_are_refused_in_words(mine, draft, slot, data, sessions, portal):
    begun = announce(mine, draft, slot=slot, data=data).json
    store = portal.extensions["touchstone"].storage
    store.put_bytes(f"staging/{begun['id']}", data + b"!", media_type="text/plain")

    answer = mine.post(begun["confirm"])

    assert answer.status_code == 422
    assert f"{len(data) + 1:,} bytes instead of {len(data):,}" in answer.json["message"]
    assert (rows(sessions)[0].uploaded_at, checks(sessions)) == (None, 0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"size": "0"}, "The file is empty"),
        ({"size": "999999999"}, "must be smaller than 64 MB"),
        ({"size": "ten"}, "The file is empty"),
        ({"sha256": "zz"}, "began without a checksum"),
        ({"slot": "other"}, "no such slot"),
    ],
)
def test_announcing_what_cannot_be_evidence_is_answered_in_words(mine, draft, slot, sessions, values, words):
    answer = announce(mine, draft, **({"slot": slot} | values))

    assert answer.status_code == 422
    assert words in answer.json["message"]
    assert rows(sessions) == []


def test_without_a_script_the_file_comes_through_the_portal(mine, draft, slot, data, sessions, portal):
    form = {"slot": slot, "file": (BytesIO(data), "plan.txt", "text/plain")}

    answer = mine.post(f"/versions/{draft.id}/upload", data=form)

    (row,) = rows(sessions)
    store = portal.extensions["touchstone"].storage
    assert (answer.status_code, answer.location) == (303, f"/work/{SLUG}#slot-{slot}")
    assert (row.sha256, checks(sessions)) == (hashlib.sha256(data).hexdigest(), 1)
    assert store.read(row.staging_key, limit=10_000) == data


def test_an_archive_brought_to_a_slot_for_a_file_says_where_it_lies(mine, draft, slot, data):
    archive = announce(mine, draft, slot=slot, name="all.zip", data=data)
    file = announce(mine, draft, slot=slot, data=data)

    assert archive.json["elsewhere"] == "all.zip is an archive. It lies in “Several files in one archive”."
    assert file.json["elsewhere"] == ""


def test_several_files_are_chosen_at_once_where_a_slot_takes_several(mine, draft, course, data, sessions):
    slots = course.capstone(SLUG).slots
    many, one = (
        next(each.key for each in slots if each.many),
        next(each.key for each in slots if not each.many),
    )
    page = mine.get(f"/work/{SLUG}").text
    form = {"slot": many, "file": [(BytesIO(data), "a.patch"), (BytesIO(data + b"\n"), "b.patch")]}

    mine.post(f"/versions/{draft.id}/upload", data=form)

    assert [row.name for row in rows(sessions)] == ["a.patch", "b.patch"]
    assert [f'id="file-{key}" name="file" multiple' in page for key in (many, one)] == [True, False]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose a file first."),
        ({"file": (BytesIO(b""), "plan.txt")}, "The file is empty."),
    ],
)
def test_a_plain_form_that_does_not_fit_comes_back_with_a_summary(mine, draft, slot, sessions, form, words):
    answer = mine.post(f"/versions/{draft.id}/upload", data={"slot": slot} | form)

    assert answer.status_code == 422
    assert answer.text.count(words) >= 2
    assert f'href="#file-{slot}"' in answer.text
    assert rows(sessions) == []


def test_what_was_pasted_becomes_a_file(mine, draft, slot, data, sessions):
    mine.post(f"/versions/{draft.id}/paste", data={"slot": slot, "text": data.decode()})

    assert [(row.name, row.size) for row in rows(sessions)] == [(f"pasted-{slot}.txt", len(data))]


def test_what_was_pasted_stays_when_the_store_is_down(client, learner, draft, slot, sessions):
    client.sign_in(learner)

    answer = client.post(f"/versions/{draft.id}/paste", data={"slot": slot, "text": "Seq Scan <kept>"})

    assert answer.status_code == 503
    assert "Seq Scan &lt;kept&gt;" in answer.text
    assert "The file store does not answer." in answer.text
    assert (checks(sessions), [row.uploaded_at for row in rows(sessions)]) == (0, [None])


def test_a_removed_file_leaves_its_slot_and_the_store(mine, draft, slot, data, sessions, portal):
    file_id = uploaded(mine, draft, slot, data)
    key = rows(sessions)[0].staging_key

    answer = mine.fragment("POST", f"/files/{file_id}/remove")

    assert (answer.status_code, rows(sessions)) == (200, [])
    assert answer.text.lstrip().startswith(f'<section id="slot-{slot}"')
    assert portal.extensions["touchstone"].storage.head(key) is None


def test_a_download_is_an_attachment_that_nothing_runs_in(mine, draft, slot, data):
    file_id = uploaded(mine, draft, slot, data, name="evil <b>.html")

    answer = mine.get(f"/files/{file_id}/download")

    assert (answer.data, answer.mimetype) == (data, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_changed_bytes_are_not_given_out_whole(mine, make, draft, slot, data, portal):
    other = make.file(draft, slot=slot, data=data)
    portal.extensions["touchstone"].storage.put_bytes(
        f"evidence/{other.sha256}", b"X" * len(data), media_type="text/plain"
    )

    with pytest.raises(Exception, match="are not those that were sent"):
        _ = mine.get(f"/files/{other.id}/download").data


def test_lines_are_shown_numbered_escaped_and_unpacked(mine, draft, slot):
    text = "first\n<script>alert(1)</script>\n" + "\n".join(f"line {n}" for n in range(3, 600))
    file_id = uploaded(mine, draft, slot, gzip.compress(text.encode()), name="log.csv.gz")

    top = mine.get(f"/files/{file_id}/text").text
    further = mine.get(f"/files/{file_id}/text?first=500&line=520").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in top
    assert ('id="file-L400"' in top, 'id="file-L401"' in top, "Next page" in top) == (True, False, True)
    assert ("line 599" in further, further.count('class="marked"')) == (True, 1)


def test_who_may_read_a_file(portal, sessions, make, mine, draft, slot, data):
    file_id = uploaded(mine, draft, slot, data)
    stranger = browser(portal, sessions, make.person("Other"))
    reviewer = browser(portal, sessions, make.person("Ada", roles=["reviewer"]))
    browsers = {"author": mine, "stranger": stranger, "reviewer": reviewer}

    before = {who: reading(client, file_id) for who, client in browsers.items()}
    mine.post(f"/versions/{draft.id}/submit", data={"reason": "The rest is on paper.", "attested": "yes"})
    after = {who: reading(client, file_id) for who, client in browsers.items()}

    assert before == {"author": [200, 200], "stranger": [404, 404], "reviewer": [404, 404]}
    assert after == {"author": [200, 200], "stranger": [404, 404], "reviewer": [200, 200]}
    assert [stranger.post(f"/files/{file_id}/{verb}").status_code for verb in ("confirm", "remove")] == [
        404,
        404,
    ]


def reading(client, file_id):
    """What one browser is answered for the download and for the text."""
    return [client.get(f"/files/{file_id}/{page}").status_code for page in ("download", "text")]


def test_sending_settles_what_no_worker_has_stored_yet(mine, draft, slot, data, sessions, portal):
    uploaded(mine, draft, slot, data)

    answer = mine.post(
        f"/versions/{draft.id}/submit", data={"reason": "The rest is on paper.", "attested": "yes"}
    )

    (row,) = rows(sessions)
    assert answer.location == f"/versions/{draft.id}/receipt"
    assert (row.stored_at is not None, row.staging_key) == (True, None)
    assert portal.extensions["touchstone"].storage.read(f"evidence/{row.sha256}", limit=10_000) == data


def test_sending_while_the_store_is_down_keeps_the_draft(client, make, learner, draft, slot, sessions, now):
    make.file(draft, slot=slot, stored=False, uploaded_at=now)
    client.sign_in(learner)

    answer = client.post(
        f"/versions/{draft.id}/submit", data={"question": "Is it sound?", "reason": "x", "attested": "yes"}
    )

    assert answer.status_code == 503
    assert "Is it sound?" in answer.text
    assert rows(sessions)[0].stored_at is None


def test_a_file_can_be_read_as_something_else(mine, draft, slot, data, sessions):
    uploaded(mine, draft, slot, data)
    file = rows(sessions)[0]

    shown = mine.get(f"/files/{file.id}/kind")
    answer = mine.post(f"/files/{file.id}/kind", data={"kind": "profile"})
    again = mine.post(f"/files/{file.id}/kind", data={"kind": "profile"})
    wrong = mine.post(f"/files/{file.id}/kind", data={"kind": "poem"})

    assert registry.named("profile").title in shown.text
    assert answer.status_code == again.status_code == 303
    assert answer.headers["Location"].endswith(f"#slot-{slot}")
    assert (rows(sessions)[0].kind, checks(sessions)) == ("profile", 2)
    assert wrong.status_code == 422
    assert "Choose one of the kinds in the list." in wrong.text


def test_a_checksum_that_is_none_is_refused_in_words(mine, draft, slot):
    form = {"slot": slot, "name": "a.txt", "size": "3", "media_type": "text/plain", "sha256": "\0"}

    answer = mine.post(f"/versions/{draft.id}/files", data=form)

    assert answer.status_code == 422
    assert "began without a checksum" in answer.json["message"]
