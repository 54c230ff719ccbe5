"""Who may open what: every route times every role, as real requests; and that reading changes nothing.

The expectation comes from what each endpoint declares, so a new page is in the matrix the moment it exists.
"""

import pytest

from app.db import new_id
from app.web.access import Access
from tests.web.addresses import ROLES, UNSAFE, World, snapshot

OURS = "This request did not come from a page of this portal."
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "", "Origin": "http://localhost"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "https://localhost"},
    {"Origin": "null"},
    {},
]


@pytest.fixture
def world(app, sessions, make):
    return World(app, sessions, make)


def may(access, role):
    """Whether the declaration lets this role in."""
    if access is Access.PUBLIC:
        return True
    if ROLES[role] is None:
        return False
    return access is Access.SIGNED_IN or access.value in ROLES[role]


def signed_in(client, world, role):
    if ROLES[role] is not None:
        client.sign_in(world.people[role])
    return client


def is_sign_in(answer):
    return answer.status_code == 303 and answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("role", ROLES)
def test_reading_follows_what_each_page_declares(client, world, role):
    browser = signed_in(client, world, role)
    wrong = {}

    for address in world.addresses("GET"):
        answer = browser.get(address.path)
        wrong[str(address)] = not as_declared(answer, address, role) and answer.status_code

    assert {address: status for address, status in wrong.items() if status} == {}
    assert len(wrong) > 30


def as_declared(answer, address, role):
    if may(address.access, role):
        # 503 is honest here: nothing listens where the settings put the store and the provider
        return answer.status_code in {200, 302, 303, 400, 404, 409, 503} and not is_sign_in(answer)
    if ROLES[role] is None:
        return is_sign_in(answer)
    return answer.status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_changing_is_refused_to_whoever_may_not_and_changes_nothing(client, world, sessions, role):
    browser = signed_in(client, world, role)
    refused = [address for address in world.addresses(*UNSAFE) if not may(address.access, role)]
    before = snapshot(sessions)

    answers = {str(address): browser.open(address.path, method=address.method) for address in refused}

    expected = is_sign_in if ROLES[role] is None else lambda answer: answer.status_code == 403
    assert [address for address, answer in answers.items() if not expected(answer)] == []
    assert snapshot(sessions) == before


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_form_breaks_nothing(client, world, role):
    browser = signed_in(client, world, role)

    broken = {
        str(address): answer.status_code
        for address in world.addresses(*UNSAFE)
        if may(address.access, role) and address.endpoint != "sign_in.out"
        and (answer := browser.open(address.path, method=address.method)).status_code >= 500
        and answer.status_code != 503
    }  # fmt: skip

    assert broken == {}


@pytest.mark.parametrize("role", ["stranger", "applicant"])
def test_other_peoples_things_are_not_found(client, world, role):
    """Not refused: a refusal would say that they exist."""
    browser = signed_in(client, world, role)
    theirs = [
        address
        for address in world.addresses("GET")
        if address.names_a_row and address.access is not Access.PUBLIC and may(address.access, role)
    ]

    answers = {str(address): browser.get(address.path).status_code for address in theirs}

    assert {address: status for address, status in answers.items() if status != 404} == {}
    assert answers or role == "applicant"


def test_other_peoples_things_look_like_things_that_are_not_there(client, world):
    browser = signed_in(client, world, "stranger")
    theirs = [address for address in world.addresses("GET") if address.names_a_row]
    foreign = {str(address): browser.get(address.path) for address in theirs}
    world.values |= {name: new_id() for name in world.values if name.endswith("_id")}

    absent = {
        str(address): browser.get(address.path) for address in world.addresses("GET") if address.names_a_row
    }

    told = {
        address: (answer.status_code == absent[address].status_code, answer.text == absent[address].text)
        for address, answer in foreign.items()
    }
    assert {address: same for address, same in told.items() if same != (True, True)} == {}
    assert len(told) >= 5


def test_other_peoples_things_are_not_changed(client, world, sessions):
    browser = signed_in(client, world, "stranger")
    theirs = [
        address
        for address in world.addresses(*UNSAFE)
        if address.names_a_row and may(address.access, "stranger")
    ]
    before = snapshot(sessions)

    answers = {
        str(address): browser.open(address.path, method=address.method).status_code for address in theirs
    }

    assert {address: status for address, status in answers.items() if status not in {404, 422}} == {}
    assert snapshot(sessions) == before


def test_htmx_gets_the_same_answer_about_rights(client, world):
    """A fragment cannot show the sign-in page, so htmx is told to leave; a refusal stays a refusal."""
    addresses = [address for address in world.addresses("GET", "POST") if address.access is not Access.PUBLIC]

    answers = {str(address): client.fragment(address.method, address.path) for address in addresses}

    loose = [
        address
        for address, answer in answers.items()
        if (answer.status_code, answer.headers.get("HX-Redirect", "").split("?")[0]) != (401, "/sign-in")
    ]
    assert loose == []


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_no_change_is_accepted_from_elsewhere(app, client, world, sessions, headers):
    """Every unsafe route, signed in as somebody with every role: another site cannot make them do anything."""
    everything = world.make.person("Everything", roles=("learner", "reviewer", "admin"))
    client.sign_in(everything)
    cookie = client.get_cookie("touchstone", domain="localhost")
    bare = app.test_client()
    bare.set_cookie("touchstone", cookie.value, domain="localhost")
    before = snapshot(sessions)

    answers = {
        str(address): bare.open(address.path, method=address.method, headers=headers)
        for address in world.addresses(*UNSAFE)
    }

    assert {
        address: answer.status_code for address, answer in answers.items() if answer.status_code != 403
    } == {}
    assert [address for address, answer in answers.items() if OURS not in answer.text] == []
    assert len(answers) > 20
    assert snapshot(sessions) == before


def test_reading_changes_no_table(client, world, sessions):
    """Links are followed by previews, prefetchers and scanners: a GET that changes something is a trap (I21)."""
    readers = [*(name for name in ROLES if ROLES[name] is not None), "anonymous"]
    for role in readers:
        signed_in(client, world, role)
        before = snapshot(sessions)

        for address in world.addresses("GET", "HEAD"):
            client.open(address.path, method=address.method)

        changed = {name for name, held in snapshot(sessions).items() if before[name] != held}
        assert changed == set(), role
        client.delete_cookie("touchstone", domain="localhost")


@pytest.mark.parametrize("end", ["deactivate", "expire", "strip"])
@pytest.mark.parametrize("role", ["learner", "reviewer", "admin"])
def test_what_was_taken_away_is_gone_at_the_next_request(client, world, role, end):
    """No session keeps a right that its person has lost, not for one request (I19)."""
    browser = signed_in(client, world, role)
    pages = [
        address
        for address in world.addresses("GET")
        if address.access.value == role and not address.names_a_row
    ]
    before = [browser.get(address.path).status_code for address in pages]

    getattr(world, end)(role)

    after = {str(address): browser.get(address.path) for address in pages}
    gone = (lambda answer: answer.status_code == 403) if end == "strip" else is_sign_in
    assert 200 in before
    assert [address for address, answer in after.items() if not gone(answer)] == []
