"""Where a change may come from, told by the browser itself. That every route asks is in test_access.py."""

import pytest

ELSEWHERE = "This request did not come from a page of this portal. Open the page again and retry."


def sent(app, headers, *, base_url="http://localhost"):
    """An unsafe request of nobody: 403 when its origin is refused, 303 to sign in when it is ours."""
    return app.test_client().post("/sign-out", headers=headers, base_url=base_url)


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "http://localhost"},
], ids=str)  # fmt: skip
def test_our_own_pages_may_change_things(app, headers):
    assert sent(app, headers).status_code == 303


def test_the_address_people_type_counts_even_behind_another_name(app):
    """A proxy may speak to us under another name; BASE_URL says who we are."""
    answer = sent(app, {"Origin": "http://localhost"}, base_url="http://10.0.0.5:8000")

    assert answer.status_code == 303


@pytest.mark.parametrize("headers", [
    {},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "http://localhost@elsewhere.example"},
    {"Origin": "https://localhost"},
    {"Origin": "null"},
    {"Referer": "http://localhost/profile"},
], ids=str)  # fmt: skip
def test_nobody_else_may(app, headers):
    answer = sent(app, headers)

    assert answer.status_code == 403
    assert ELSEWHERE in answer.text


def test_reading_is_open_to_links_from_anywhere(app):
    for headers in ({}, {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}):
        assert app.test_client().get("/", headers=headers).status_code == 200


def test_a_refused_change_is_not_an_invitation_to_sign_in(client, make):
    client.sign_in(make.person())

    answer = client.post("/profile", data={"name": "Changed"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "Mira Okafor" in client.get("/profile").text
