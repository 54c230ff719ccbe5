"""That the parts are what they are said to be, and that the portal finds them all well."""

import psycopg
import pytest
import requests
from psycopg import errors
from sqlalchemy.engine import make_url

from tests.real_parts import S3, SUPERUSER_URL, needed


def told(url, statement):
    with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5) as connection:
        return connection.execute(statement).fetchone()


def test_postgres_is_reached_over_tcp_with_a_password_and_is_durable():
    url = needed(SUPERUSER_URL)

    told_address = told(url, "SELECT host(inet_server_addr()), current_setting('password_encryption')")
    durable = told(url, "SELECT current_setting('fsync'), current_setting('synchronous_commit')")

    assert told_address == ("127.0.0.1", "scram-sha-256")
    assert durable == ("on", "on")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        told(make_url(url).set(password="wrong").render_as_string(hide_password=False), "SELECT 1")


def test_the_portal_and_the_owner_are_two_roles_and_neither_is_a_superuser(postgres):
    needed(SUPERUSER_URL)
    rights = "SELECT current_user, usesuper FROM pg_user WHERE usename = current_user"

    portal, owner = told(postgres.app_url(), rights), told(postgres.owner_url(), rights)

    assert portal[0] != owner[0]
    assert (portal[1], owner[1]) == (False, False)


def test_the_portals_role_cannot_change_the_schema(postgres):
    needed(SUPERUSER_URL)

    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE person ADD extra text",
        "DROP TABLE finding",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            told(postgres.app_url(), statement)


def test_the_store_refuses_strangers():
    endpoint = needed(S3[0])

    assert requests.put(f"{endpoint}/anybody", timeout=5).status_code in {401, 403}


def test_the_portal_is_ready_on_the_real_parts(browser):
    answer = browser.get("/readyz")

    assert (answer.status_code, answer.json) == (
        200,
        {"status": "ready", "database": "ok", "storage": "ok", "redis": "ok"},
    )


def test_the_doctor_finds_every_part_well(real_app, sessions):
    """This portal is given no rubrics, no mail server and no key; everything else must be in order."""
    with real_app.app_context():
        shown = real_app.test_cli_runner().invoke(args=["doctor"])

    lines = shown.output.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("FAIL")] == ["course", "mail", "key"]
    assert "The portal's role cannot change append-only tables." in shown.output
    assert any(line.startswith("ok    redis") for line in lines)
