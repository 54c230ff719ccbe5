"""`flask doctor`: what is broken is named, with the setting to look at; what is well is not called broken."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.adapters import signing
from app.adapters.storage import from_settings
from app.factory import create_app
from app.services import rubrics
from config import postgres_url
from embedded.process import free_port
from tests.embedded.stores import local_store
from tests.factories import Make

RIGHTS = "The portal's role cannot change append-only tables."


@pytest.fixture
def signs(settings, sessions):
    """What the doctor says about a portal with these settings: its exit status and (mark, part, words) each."""

    def examine(**other):
        app = create_app(replace(settings, **other))
        with app.app_context():
            shown = app.test_cli_runner().invoke(args=["doctor"])
        app.extensions["touchstone"].sessions.kw["bind"].dispose()
        assert shown.exception is None or isinstance(shown.exception, SystemExit)
        assert [line for line in shown.output.splitlines() if not line.endswith(".")] == []
        return shown.exit_code, [tuple(line.split(maxsplit=2)) for line in shown.output.splitlines()]

    return examine


@pytest.fixture
def storage(settings, tmp_path):
    with local_store(tmp_path) as store:
        yield replace(
            settings.storage,
            endpoint=store.endpoint,
            public_endpoint=store.endpoint,
            bucket=store.bucket,
            access_key_id=store.key_id,
            secret_access_key=store.secret,
        )


def about(part, told):
    return [(mark, words) for mark, named, words in told if named == part]


def test_a_bucket_that_keeps_every_promise_but_cors(signs, storage):
    _, told = signs(storage=storage, base_url="https://portal.example")

    marks = [mark for mark, _ in about("bucket", told)]
    assert marks == ["ok"] * 7 + ["look"]
    assert "Allow the portal's origin the method PUT" in about("bucket", told)[-1][1]


@pytest.mark.parametrize(("other", "says"), [
    ({"bucket": "nowhere"}, "There is no bucket nowhere: make it, or correct S3_BUCKET."),
    ({"secret_access_key": "wrong"}, "The store does not let us into the bucket"),
])  # fmt: skip
def test_a_bucket_that_cannot_be_used(signs, storage, other, says):
    status, told = signs(storage=replace(storage, **other))

    ((mark, words),) = about("bucket", told)
    assert (status, mark, words.startswith(says)) == (1, "FAIL", True)


def test_a_store_that_does_not_answer(signs, storage):
    nobody = f"http://127.0.0.1:{free_port()}"

    _, told = signs(storage=replace(storage, endpoint=nobody))

    assert about("bucket", told) == [
        ("FAIL", f"Nothing answers at {nobody}: start the store, or correct S3_ENDPOINT_URL.")
    ]


@pytest.fixture
def sent(make, storage, superuser):
    """The keys of two files that were sent and lie in the bucket."""
    make.version(make.person(), state="submitted", files=2)
    bucket, keys = from_settings(storage), []
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for number, file_id in enumerate(
            connection.scalars(text("SELECT id FROM evidence_file ORDER BY name"))
        ):
            data = f"file {number}".encode()
            values = {"id": file_id, "sha": hashlib.sha256(data).hexdigest(), "size": len(data)}
            connection.execute(
                text("UPDATE evidence_file SET sha256 = :sha, size = :size WHERE id = :id"), values
            )
            keys.append(f"evidence/{values['sha']}")
            bucket.put_bytes(keys[-1], data, media_type="text/plain")
        connection.execute(text("SET session_replication_role = DEFAULT"))
    return keys


def test_what_was_sent_is_read_again(signs, storage, sent):
    _, told = signs(storage=storage)

    assert about("files", told) == [("ok", "2 of 2 files of sent work were read, and are what was sent.")]


def test_a_flipped_byte_and_a_lost_file_are_found(signs, storage, sent):
    bucket = from_settings(storage)
    for key in sent:
        bucket.delete(key)
    bucket.put_bytes(sent[1], b"fale 1", media_type="text/plain")

    status, told = signs(storage=storage)

    assert status == 1
    assert sorted(words.split(" is ")[0] for _, words in about("files", told)) == [
        f"I2: {sent[1]}",
        f"I3: {sent[0]}",
    ]


def test_a_database_that_does_not_answer_costs_only_its_own_lines(signs):
    _, told = signs(database_url=postgres_url(f"postgres://u:a-password@127.0.0.1:{free_port()}/x"))

    ((mark, words),) = about("database", told)
    assert (mark, words.endswith("start PostgreSQL, or correct DATABASE_URL.")) == ("FAIL", True)
    assert "a-password" not in words
    assert {part for _, part, _ in told} == {"database", "redis", "bucket", "mail", "key"}


@pytest.mark.parametrize(("at", "says"), [
    ("0001_tables", "At 0001_tables, the code wants {head}: run alembic upgrade head."),
    ("9999_later", "At 9999_later, which this code does not know: deploy the code that made it."),
])  # fmt: skip
def test_a_database_on_other_tables_is_judged_no_further(signs, superuser, at, says):
    with superuser.connect() as connection:
        head = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": at})

    _, told = signs()

    with superuser.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert about("migrations", told) == [("FAIL", says.format(head=head))]
    assert about("rights", told) == about("course", told) == []


def test_a_role_without_rights_is_told_where_they_come_from(signs, superuser):
    with superuser.connect() as connection:
        connection.execute(text("REVOKE SELECT ON alembic_version FROM touchstone_app"))

    _, told = signs()

    with superuser.connect() as connection:
        connection.execute(text("GRANT SELECT ON alembic_version TO touchstone_app"))
    ((mark, words),) = about("migrations", told)
    assert (mark, words.startswith("This role has no rights yet")) == ("FAIL", True)


def test_capstones_nobody_can_start_are_named(signs, sessions, course, now):
    before = about("course", signs()[1])
    with sessions.begin() as db:
        rubrics.publish(db, course, actor_id=None, now=now)

    after = about("course", signs()[1])

    named = ", ".join(capstone.slug for capstone in course.capstones)
    assert before == [("FAIL", f"Nobody can start {named}: run flask --app wsgi course publish.")]
    assert after == [("ok", "The rubrics of all 5 capstones are published.")]


def test_learners_of_another_course_are_told_of(signs, sessions, course, now):
    renamed = replace(course, slug="ops-basics")
    Make(sessions, renamed, now).person()
    with sessions.begin() as db:
        rubrics.publish(db, course, actor_id=None, now=now)

    published, (mark, words) = about("course", signs()[1])

    assert published[0] == "ok"
    assert (mark, "ops-basics (1)" in words) == ("look", True)


def test_words_that_changed_since_are_told(signs, sessions, course, now):
    with sessions.begin() as db:
        rubrics.publish(db, changed(course), actor_id=None, now=now)

    ((mark, words),) = about("course", signs()[1])

    assert (mark, words.startswith(f"The rubric of {course.capstones[0].slug} has changed")) == ("look", True)


def changed(course):
    first, *others = course.capstones
    rubric = replace(first.rubric, content_hash="0" * 64)
    return replace(course, capstones=(replace(first, rubric=rubric), *others))


def test_the_role_of_the_migrations_lacks_the_second_lock(signs, settings):
    _, told = signs(database_url=settings.migration_database_url)

    ((mark, words),) = about("rights", told)
    assert (mark, "Give it a role of its own" in words) == ("look", True)
    assert about("rights", signs()[1]) == [("ok", RIGHTS)]


@pytest.mark.parametrize(("url", "mark", "says"), [
    (None, "look", "REDIS_URL is not set: the worker looks every second instead."),
    ("redis://127.0.0.1:9/0", "FAIL", "Redis does not answer: start it, or correct REDIS_URL."),
])  # fmt: skip
def test_redis_may_be_missing_and_not_broken(signs, url, mark, says):
    _, told = signs(redis_url=url)

    assert about("redis", told) == [(mark, says)]


def test_a_mail_server_that_does_not_answer_is_quoted(signs, settings):
    port = free_port()

    _, told = signs(mail=replace(settings.mail, host="127.0.0.1", port=port))

    ((mark, words),) = about("mail", told)
    assert (mark, words.partition(" Check ")[0]) == (
        "FAIL",
        f"127.0.0.1:{port}: The mail server does not answer: Connection refused.",
    )


def test_an_invariant_that_does_not_hold_is_named_with_its_rows(signs, make):
    long_ago = datetime(2024, 1, 10, tzinfo=UTC)  # the doctor looks at the real clock
    make.application(make.person("Noor", roles=()), state="received", due_at=long_ago)

    _, told = signs()

    assert about("invariant", told) == [("FAIL", "I27: a request for access that is past its date (1 row).")]


def test_the_key_is_tried_and_not_only_found(signs, tmp_path):
    absent, rubbish, good = (tmp_path / name for name in ("absent.pem", "rubbish.pem", "good.pem"))
    rubbish.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    signing.new_key(good)

    found = [about("key", signs(signing_key_path=path)[1]) for path in (absent, rubbish, good)]

    assert about("key", signs(signing_key_path=None)[1]) == [
        (
            "FAIL",
            "CERTIFICATE_KEY_FILE is not set. Make a key with: flask --app wsgi certificates new-key FILE.",
        )
    ]
    assert found[0] == [
        ("FAIL", f"{absent} is not there yet. Make one with: flask --app wsgi certificates new-key {absent}.")
    ]
    assert found[1][0][0] == "FAIL"
    assert found[2] == [("ok", "The certificates' signing key can be used.")]


def test_a_database_that_may_lose_what_was_saved_is_looked_at(signs):
    _, told = signs()

    looked = [words.split()[0] for mark, words in about("database", told) if mark == "look"]
    assert looked == [
        "synchronous_commit",
        "fsync",
        "full_page_writes",
    ]  # the tests' own is made to be thrown away
