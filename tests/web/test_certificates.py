import io
import json
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.adapters import certificate_pdf
from app.adapters.signing import verify_jwt
from app.models import Certificate
from app.services import certificates

BASE = "http://localhost"


@pytest.fixture
def holder(make):
    return make.person("Ada Lovelace", email="ada@example.org")


@pytest.fixture
def certificate(make, holder):
    return make.certificate(holder, base_url=BASE)


@pytest.fixture
def root(make):
    return make.person("Root", roles=("admin",))


def revoke(sessions, make, root, certificate, now):
    with sessions.begin() as db:
        certificates.revoke(db, make.actor(root), certificate.id, reason="Copied work.", now=now)


def text(answer):
    return answer.get_data(as_text=True)


def test_a_stranger_sees_that_it_is_valid_and_no_more_than_agreed(client, certificate):
    answer = client.get(f"/c/{certificate.code}")

    page = text(answer)
    assert answer.status_code == 200
    assert "valid</span>" in page
    assert "Ada Lovelace" in page
    assert "ada@example.org" not in page
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert (
        answer.headers["Link"]
        == f'<{BASE}/c/{certificate.code}.json>; rel="alternate"; type="application/json"'
    )
    assert "style=" not in page


def test_a_code_typed_loosely_finds_its_page(client, certificate):
    answer = client.get(f"/c/{certificate.code.lower().replace('-', '')}")

    assert (answer.status_code, answer.location) == (301, f"/c/{certificate.code}")


@pytest.mark.parametrize("code", ["0000-0000", "unknown", "../etc"])
def test_an_unknown_code_is_not_found(client, code):
    assert client.get(f"/c/{code}").status_code == 404


def test_the_document_is_the_stored_one(client, certificate):
    assert client.get(f"/c/{certificate.code}.json").json == certificate.document


def test_the_token_verifies_with_the_published_keys_alone(client, certificate):
    token = text(client.get(f"/c/{certificate.code}.jwt"))
    profile = client.get("/issuer").json
    keys = {url: client.get(url.removeprefix(BASE)).json for url in profile["publicKey"]}

    found = verify_jwt(token, keys)

    assert found.valid
    assert found.document["credentialSubject"]["name"] == "Ada Lovelace"
    assert found.document["iss"] == profile["id"]
    assert keys[found.kid]["kid"] == found.kid


def test_a_revocation_shows_at_once_everywhere(client, sessions, make, root, certificate, now):
    token = text(client.get(f"/c/{certificate.code}.jwt"))

    revoke(sessions, make, root, certificate, now)

    page = text(client.get(f"/c/{certificate.code}"))
    listed = client.get("/issuer/revoked").json["revokedCredential"]
    judged = text(client.post("/verify", data={"certificate": token}))
    assert "This certificate is no longer valid" in page
    assert "Copied work." in page
    assert [(entry["id"], entry["revocationReason"]) for entry in listed] == [
        (f"{BASE}/c/{certificate.code}", "Copied work.")
    ]
    assert "Issued, and no longer valid" in judged


def test_verify_takes_a_code_a_token_and_a_document(client, certificate):
    token = text(client.get(f"/c/{certificate.code}.jwt"))
    given = [certificate.code, token, json.dumps(certificate.document)]

    answers = [text(client.post("/verify", data={"certificate": each})) for each in given]

    assert [re.search(r'notice-title">([^<]+)', answer).group(1) for answer in answers] == ["Valid"] * 3


def test_verify_refuses_what_was_changed(client, certificate):
    token = text(client.get(f"/c/{certificate.code}.jwt"))
    renamed = certificate.document | {"name": "Another course"}
    given = ["0000-0000", token[:-6] + "AAAAAA", json.dumps(renamed), "{", "hello"]

    answers = [text(client.post("/verify", data={"certificate": each})) for each in given]

    assert [re.search(r'notice-title">([^<]+)', answer).group(1) for answer in answers] == ["Not valid"] * 5


def test_verify_wants_something(client):
    answer = client.post("/verify", data={})

    assert answer.status_code == 422
    assert "<title>Error:" in text(answer)


def test_an_admin_revokes_and_renames_from_the_list(client, sessions, root, certificate):
    client.sign_in(root)
    path = f"/admin/certificates/{certificate.id}"

    refused = client.post(f"{path}/revoke", data={"reason": " "})
    renamed = client.post(f"{path}/reissue", data={"name": "Ada King"})
    listed = text(client.get("/admin/certificates?q=Ada"))

    with sessions() as db:
        names = db.scalars(select(Certificate.name).where(Certificate.revoked_at.is_(None))).all()
    old = text(client.get(f"/c/{certificate.code}"))
    assert (refused.status_code, renamed.status_code) == (422, 303)
    assert names == ["Ada King"]
    assert "This certificate was replaced" in old
    assert listed.count('<article class="card"') == 2


def test_only_admins_open_the_list(client, make, holder, certificate):
    client.sign_in(holder)

    assert client.get("/admin/certificates").status_code == 403
    assert (
        client.post(f"/admin/certificates/{certificate.id}/revoke", data={"reason": "x"}).status_code == 403
    )


@pytest.mark.services  # WeasyPrint draws with Pango, which .ci/services/install.sh brings
def test_the_pdf_is_one_tagged_page(client, certificate):
    answer = client.get(f"/c/{certificate.code}.pdf")

    reader = PdfReader(io.BytesIO(answer.data))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Ada Lovelace" in reader.pages[0].extract_text()
    assert f"/c/{certificate.code}.pdf" in text(client.get(f"/c/{certificate.code}"))


def test_a_machine_that_cannot_draw_offers_no_pdf(client, certificate, monkeypatch):
    certificate_pdf.is_available.cache_clear()
    monkeypatch.setattr(certificate_pdf, "LIBRARIES", ("no-such-library",))

    shown, asked = (client.get(f"/c/{certificate.code}{ending}") for ending in ("", ".pdf"))
    certificate_pdf.is_available.cache_clear()

    assert (shown.status_code, asked.status_code) == (200, 404)
    assert f"/c/{certificate.code}.pdf" not in text(shown)
