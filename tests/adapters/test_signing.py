import base64
import hmac
import json
import stat
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from app.adapters import signing
from app.domain import certificates

BASE = "https://portal.example"
ISSUED = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
KEY = RSAKey.generate_key(2048)
SIGNER = signing.Signer([KEY], base_url=BASE)
DOCUMENT = certificates.document(
    base_url=BASE,
    code="7Q4K-2M9P",
    name="Ada Lovelace",
    course_title="Scaling to 100k Users",
    course_version="2026.11",
    course_hash="ab" * 32,
    issued_at=ISSUED,
    capstones=[],
    modules=10,
)
TOKEN = SIGNER.sign(DOCUMENT)


def test_a_signed_certificate_verifies_and_carries_its_document():
    found = signing.verify_jwt(TOKEN, SIGNER.trusted(), now=ISSUED)

    assert found.valid
    assert {name: found.document[name] for name in DOCUMENT} == DOCUMENT
    assert found.kid == f"{BASE}/issuer/keys/{SIGNER.kid}"


def test_the_claims_are_those_of_open_badges_3():
    payload = json.loads(jws.extract_compact(TOKEN.encode()).payload)

    assert {name: payload[name] for name in ("iss", "jti", "nbf", "sub")} == {
        "iss": f"{BASE}/issuer",
        "jti": f"{BASE}/c/7Q4K-2M9P",
        "nbf": int(ISSUED.timestamp()),
        "sub": "urn:touchstone:certificate:7Q4K-2M9P",
    }


def test_signing_twice_gives_the_same_text():
    assert SIGNER.sign(DOCUMENT) == TOKEN


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, len(TOKEN) - 1), bit=st.integers(0, 6))
def test_no_flipped_bit_verifies(position, bit):
    mutated = TOKEN[:position] + chr(ord(TOKEN[position]) ^ (1 << bit)) + TOKEN[position + 1 :]

    found = signing.verify_jwt(mutated, SIGNER.trusted())

    assert not found.valid
    assert found.document is None


@pytest.mark.parametrize("position", range(len(TOKEN) - 4, len(TOKEN)))
def test_no_other_sign_at_the_end_of_the_signature_verifies(position):
    """The last sign holds unused bits: a lenient decoder takes several spellings for the same signature."""
    others = [sign for sign in "AQgwBRhx-_" if sign != TOKEN[position]]

    found = [
        signing.verify_jwt(TOKEN[:position] + sign + TOKEN[position + 1 :], SIGNER.trusted())
        for sign in others
    ]

    assert [each.valid for each in found] == [False] * len(others)


def header_and(payload, **header):
    encoded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in (header, payload)
    ]
    return ".".join([*encoded, ""])


def payload():
    return json.loads(jws.extract_compact(TOKEN.encode()).payload)


def test_an_unsigned_token_is_refused():
    token = header_and(payload(), alg="none", kid=SIGNER.key_url(SIGNER.kid))

    found = signing.verify_jwt(token, SIGNER.trusted())

    assert not found.valid
    assert found.sentence == "The token says it is signed with “none”; only RS256 is accepted."


def test_the_public_key_is_no_shared_secret():
    unsigned = header_and(payload(), alg="HS256", kid=SIGNER.key_url(SIGNER.kid)).rstrip(".")
    digest = hmac.digest(KEY.as_pem(private=False), unsigned.encode(), "sha256")
    token = f"{unsigned}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    found = signing.verify_jwt(token, SIGNER.trusted())

    assert found.sentence == "The token says it is signed with “HS256”; only RS256 is accepted."


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "crit", "x5c"])
def test_a_key_inside_the_token_proves_nothing(name):
    stranger = RSAKey.generate_key(2048)
    brought = {"jwk": stranger.as_dict(private=False), "crit": ["kid"], "x5c": ["MII="]}.get(
        name, "https://evil.example"
    )
    header = {"alg": "RS256", "kid": SIGNER.key_url(SIGNER.kid), name: brought}
    signed = header_and(payload(), **header).rstrip(".").encode()
    signature = jws.serialize_compact({"alg": "RS256"}, b"x", stranger).rsplit(".", 1)[1]

    found = signing.verify_jwt(f"{signed.decode()}.{signature}", SIGNER.trusted())

    assert (
        found.sentence
        == f"The token brings “{name}” in its header, which certificates of this portal never do."
    )


def test_a_strangers_key_is_refused_by_name_and_by_signature():
    stranger = signing.Signer([RSAKey.generate_key(2048)], base_url=BASE)

    by_name = signing.verify_jwt(stranger.sign(DOCUMENT), SIGNER.trusted())
    by_signature = signing.verify_jwt(
        TOKEN, {SIGNER.key_url(SIGNER.kid): next(iter(stranger.trusted().values()))}
    )

    assert by_name.sentence == "The token names a key that is not one of this issuer's."
    assert (
        by_signature.sentence
        == "The signature does not fit the content: something was changed after signing."
    )


def test_claims_that_contradict_the_certificate_are_refused():
    header = {"alg": "RS256", "kid": SIGNER.key_url(SIGNER.kid)}
    token = jws.serialize_compact(header, json.dumps(payload() | {"sub": "somebody else"}), KEY)

    found = signing.verify_jwt(token, SIGNER.trusted())

    assert found.sentence == "The token's claims do not agree with the certificate inside it."


@pytest.mark.parametrize("text", ["", "...", "a.b", "a.b.c", "é.é.é", "x" * 200_000])
def test_what_is_no_token_is_said_to_be_none(text):
    assert not signing.verify_jwt(text, SIGNER.trusted()).valid


def test_an_old_key_still_verifies_after_a_new_one_signs(tmp_path):
    new = RSAKey.generate_key(2048)
    pem = (new.as_pem(private=True) + KEY.as_pem(private=False)).decode()

    rotated = signing.Signer(signing.load(pem=pem, path=None, may_create=False), base_url=BASE)

    assert signing.verify_jwt(TOKEN, rotated.trusted()).valid
    assert signing.verify_jwt(rotated.sign(DOCUMENT), rotated.trusted()).valid
    assert rotated.kid != SIGNER.kid


def test_a_missing_key_file_is_made_once_and_only_for_its_owner(tmp_path):
    path = tmp_path / "keys" / "certificate.pem"

    first = signing.load(pem=None, path=path, may_create=True)
    second = signing.load(pem=None, path=path, may_create=True)

    assert first[0].thumbprint() == second[0].thumbprint()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["certificate.pem"]


def test_production_never_makes_a_key(tmp_path):
    with pytest.raises(signing.KeyUnusable):
        signing.load(pem=None, path=tmp_path / "missing.pem", may_create=False)

    assert list(tmp_path.iterdir()) == []


def test_what_is_published_holds_no_private_part():
    published = SIGNER.public_keys()[SIGNER.kid]

    assert set(published) == {"alg", "e", "kid", "kty", "n", "use"}
