"""Codes that survive the telephone, and documents that say what was true when they were made."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.certificates import SIGNS, RatedCapstone, document, manifest, new_code, read_code, zulu

NOW = datetime(2026, 11, 20, 12, 0, 1, 999_999, tzinfo=UTC)


@pytest.mark.parametrize("typed", [
    "7Q4K-2M9P", "7q4k-2m9p", "7Q4K2M9P", " 7q4k 2m9p ", "7Q4-K2M-9P", "7Q 4K-2M 9P",
])  # fmt: skip
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == "7Q4K-2M9P"


@pytest.mark.parametrize("typed", ["OIL0-1I0L", "oil0-1i0l", "0110-1101"])
def test_signs_that_look_alike_are_one(typed):
    assert read_code(typed) == {"OIL0-1I0L": "0110-1101", "oil0-1i0l": "0110-1101"}.get(typed, typed)


@pytest.mark.parametrize("typed", [
    "", "-", "7Q4K-2M9", "7Q4K-2M9PX", "7Q4K-2M9U", "7Q4K_2M9P", "7Q4K-2M9é", "７Q4K-2M9P", "' OR 1=1", "7Q4K-2M9\n",
])  # fmt: skip
def test_what_is_no_code_is_none(typed):
    assert read_code(typed) is None


@given(some.text(alphabet=SIGNS, min_size=8, max_size=8), some.randoms())
def test_every_code_is_read_back_in_any_case_and_spacing(signs, random):
    code = f"{signs[:4]}-{signs[4:]}"
    typed = "".join(
        (sign.lower() if random.random() < 0.5 else sign) + random.choice(["", "", " ", "-"])
        for sign in signs
    )

    assert read_code(typed) == code


@given(some.text(max_size=20))
def test_anything_typed_is_a_well_formed_code_or_none(typed):
    code = read_code(typed)

    assert code is None or (len(code) == 9 and code[4] == "-" and set(code) <= set(SIGNS + "-"))


def test_new_codes_are_well_formed_and_all_different():
    codes = {new_code() for _ in range(2000)}

    assert len(codes) == 2000
    assert {read_code(code) for code in codes} == codes
    assert {sign for code in codes for sign in code} == {*SIGNS, "-"}


def test_the_alphabet_has_no_look_alikes():
    assert len(SIGNS) == len(set(SIGNS)) == 32
    assert not set("ILOU") & set(SIGNS)


FILES = [
    ("plan", "after.txt", 20, "b" * 64),
    ("plan", "before.txt", 10, "a" * 64),
    ("latency", "après.csv", 30, "c" * 64),
]


def test_a_manifest_is_the_hash_of_its_lines():
    lines = f"{'c' * 64}  30  latency  après.csv\n{'b' * 64}  20  plan  after.txt\n{'a' * 64}  10  plan  before.txt\n"

    assert manifest(FILES) == hashlib.sha256(lines.encode()).hexdigest()


@given(some.permutations(FILES))
def test_the_order_of_the_files_does_not_matter(files):
    assert manifest(files) == manifest(FILES)


@pytest.mark.parametrize("changed", [
    ("plan", "after.txt", 21, "b" * 64),
    ("plan", "after.csv", 20, "b" * 64),
    ("other", "after.txt", 20, "b" * 64),
    ("plan", "after.txt", 20, "d" * 64),
])  # fmt: skip
def test_any_change_of_any_file_is_another_manifest(changed):
    assert manifest([changed, *FILES[1:]]) != manifest(FILES)


def made(**values):
    capstone = RatedCapstone(
        slug="stateless",
        title="Stateless",
        version_id=UUID(int=1),
        manifest_sha256="a" * 64,
        rubric_hash="b" * 64,
        review_id=UUID(int=2),
        rated_at=NOW - timedelta(days=1),
    )
    given_values = {
        "base_url": "https://portal.example",
        "code": "7Q4K-2M9P",
        "name": "Mira Okafor",
        "course_title": "Scaling",
        "course_version": "3",
        "course_hash": "c" * 64,
        "issued_at": NOW,
        "capstones": [capstone],
        "modules": 10,
    }
    return document(**given_values | values)


def test_the_document_names_holder_course_and_the_exact_rated_version():
    told = made()
    subject = told["credentialSubject"]

    assert told["id"] == "https://portal.example/c/7Q4K-2M9P"
    assert told["validFrom"] == "2026-11-20T12:00:01Z"
    assert (subject["name"], subject["achievement"]["name"], subject["achievement"]["version"]) == (
        "Mira Okafor",
        "Scaling",
        "3",
    )
    (result,) = subject["result"]
    assert (result["version"], result["manifestSha256"], result["rubricSha256"], result["review"]) == (
        str(UUID(int=1)),
        "a" * 64,
        "b" * 64,
        str(UUID(int=2)),
    )


def test_the_document_is_an_open_badge_with_a_way_to_learn_of_its_end():
    told = made()

    assert told["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert told["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert told["credentialStatus"] == {
        "id": "https://portal.example/issuer/revoked",  # where the list is, which a verifier fetches
        "type": "1EdTechRevocationList",
    }


def test_the_same_facts_make_the_same_document():
    assert made() == made()
    assert made(name="Someone Else") != made()


def test_times_are_in_utc_to_the_second():
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))

    assert zulu(tokyo) == zulu(NOW) == "2026-11-20T12:00:01Z"
