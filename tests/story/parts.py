"""What a portal of the story stands on: the embedded parts, or those that `.ci/run` installed apart."""

import contextlib
import os
import subprocess
import sys
from uuid import uuid4

from embedded.process import LOOPBACK, Child, free_port, is_listening, wait_until
from embedded.stack import stack
from tests import real_parts
from tests.conftest import migrate
from tests.story import markup, portals


@contextlib.contextmanager
def embedded_portal(folder, *, redis=True, **settings):
    """Everything as `make demo` starts it, but empty; `settings` are environment variables that differ."""
    where = portals.address()
    with stack(redis=redis, base_url=where["BASE_URL"]) as parts:
        migrate(parts.postgres.owner_url(), parts.postgres.app_url())
        known = parts.environment()
        with portals.running(known, folder, parts.mailbox_url, at_the_demo_provider, **settings) as portal:
            yield portal


@contextlib.contextmanager
def real_portal(postgres, folder):
    """Nothing of ours but the portal itself and the mailbox that its mail ends in."""
    real_parts.needed(real_parts.SUPERUSER_URL)
    name, where = f"story_{uuid4().hex[:8]}", portals.address()
    postgres.create_database(name)
    database = {"DATABASE_URL": postgres.app_url(name), "MIGRATION_DATABASE_URL": postgres.owner_url(name)}
    try:
        migrate(database["MIGRATION_DATABASE_URL"], database["DATABASE_URL"])
        known = real_parts.portal_environment(postgres, folder, base_url=where["BASE_URL"]) | database | where
        with (
            _mailbox(folder) as (mail, mailbox_url),
            portals.running(known | mail, folder, mailbox_url, at_the_peer) as portal,
        ):
            yield portal
    finally:
        postgres.drop_database(name)


def at_the_demo_provider(person, address):
    """Type a name and an address on the demo's page; where it sends the browser back to."""
    asked = person.browser.get(address, timeout=30)
    form = markup.button(markup.read(asked.text), "Sign in").within("form")
    typed = {"name": person.name, "email": person.email}
    assert set(typed) == {each["name"] for each in form.all("input")}
    back = person.browser.post(asked.url, data=typed, allow_redirects=False, timeout=30)
    return back.headers["Location"]


def at_the_peer(person, address):
    """Walk the pages of a provider that shares no code with ours; it names people after their address."""
    person.name = person.email.partition("@")[0]
    return real_parts.sign_in_at_peer(address, person.email)


@contextlib.contextmanager
def _mailbox(folder):
    smtp, web = free_port(), free_port()
    words = ("-m", "embedded.mailbox", folder / "mail", "--smtp", smtp, "--web", web)
    child = Child(
        [sys.executable, *map(str, words)],
        name="mailbox",
        env=os.environ,
        cwd=portals.ROOT,
        output=subprocess.DEVNULL,
    )
    try:
        wait_until(
            lambda: is_listening(smtp) and is_listening(web),
            child,
            seconds=30,
            complaint=lambda: "no mailbox",
        )
        settings = {"SMTP_HOST": LOOPBACK, "SMTP_PORT": str(smtp), "SMTP_STARTTLS": "0"}
        yield settings, f"http://{LOOPBACK}:{web}"
    finally:
        child.stop()
