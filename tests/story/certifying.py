"""Chapter four: the certificate is judged by those who trust nobody, and ends in public."""

import json
import re
import string

import requests
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tests.story.people import Person

BASE64URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def a_stranger_verifies_the_certificate(story):
    base, code = story.portal.base_url, story.kept["code"]
    shown = requests.get(f"{base}/c/{code}", timeout=30)
    assert (shown.status_code, story.mira.name in shown.text, "@" in shown.text) == (200, True, False)

    token = requests.get(f"{base}/c/{code}.jwt", timeout=30).text
    story.kept["token"] = token
    story.kept["file"] = story.portal.folder / "certificate.jwt"
    story.kept["file"].write_text(token)
    key = published_key(base, token)
    signed = json.loads(jws.deserialize_compact(token, key, algorithms=["RS256"]).payload)
    assert signed["id"] == f"{base}/c/{code}"
    assert len(signed["credentialSubject"]["result"]) == 3

    assert "Valid" in verdict_on(base, token)
    assert "Not valid" in verdict_on(base, flipped(token))
    assert not is_signed(flipped(token), key)


def published_key(base, token):
    """The key the token names, if the issuer publishes it under that very address."""
    kid = jws.extract_compact(token.encode()).headers()["kid"]
    assert kid in requests.get(f"{base}/issuer", timeout=30).json()["publicKey"]
    return RSAKey.import_key(requests.get(kid, timeout=30).json())


def flipped(token):
    """The same with one bit of the content changed."""
    head, body, signature = token.split(".")
    place = len(body) // 2
    other = BASE64URL[BASE64URL.index(body[place]) ^ 1]
    return ".".join((head, body[:place] + other + body[place + 1 :], signature))


def is_signed(token, key):
    try:
        jws.deserialize_compact(token, key, algorithms=["RS256"])
    except JoseError:
        return False
    return True


def verdict_on(base, token):
    answer = requests.post(
        f"{base}/verify", data={"certificate": token}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30
    )
    return re.search(r'id="verdict".*?</div>', answer.text, re.DOTALL).group()


def the_operator_verifies_it_too(story):
    broken = story.portal.folder / "broken.jwt"
    broken.write_text(flipped(story.kept["token"]))

    good, bad = (
        story.portal.flask("certificates", "verify", str(path)) for path in (story.kept["file"], broken)
    )

    assert (good.returncode, bad.returncode) == (0, 1)
    assert story.kept["code"] in good.stdout
    assert "Error: " in bad.stderr


def the_admin_revokes_it_and_everybody_sees(story):
    base, code, ada = story.portal.base_url, story.kept["code"], story.ada
    ada.open("/admin/certificates")
    reason = "The logs were made by another person."
    ada.press("Revoke", 422)
    ada.press("Revoke", reason=reason)

    shown = requests.get(f"{base}/c/{code}", timeout=30).text
    assert "This certificate is no longer valid" in shown
    assert reason in shown
    assert "Issued, and no longer valid" in verdict_on(base, story.kept["token"])
    listed = requests.get(f"{base}/issuer/revoked", timeout=30).json()["revokedCredential"]
    assert [(row["id"], row["revocationReason"]) for row in listed] == [(f"{base}/c/{code}", reason)]
    checked = story.portal.flask("certificates", "verify", str(story.kept["file"]))
    assert (checked.returncode, reason in checked.stderr) == (1, True)


def the_trail_holds_and_the_doctor_is_content(story):
    trail = story.ada.open("/admin/audit").text
    assert "certificate.revoke" in trail
    assert "The chain holds" in story.ada.press("Verify the chain").text

    seen = story.portal.flask("doctor")

    assert seen.returncode == 0, seen.stdout
    assert "FAIL" not in seen.stdout


def a_copied_cookie_dies_with_the_sign_out(story):
    thief = Person(story.portal, "Thief")
    thief.browser.cookies.update(story.mira.browser.cookies)
    thief.open("/learn")

    story.mira.press("Sign out")

    refused = thief.send("GET", "/learn", follow=False)
    assert (refused.status_code, refused.headers["Location"].startswith("/sign-in")) == (303, True)
    assert story.mira.send("GET", "/learn", follow=False).status_code == 303
