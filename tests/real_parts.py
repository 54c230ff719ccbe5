"""The real parts that `.ci/run` installs and names in the environment; nothing here starts or fakes anything.

Without them the `postgres` fixture is the embedded server. A test marked `services` asks for a part by `needed`
and fails, rather than skips, when it is not there.
"""

import os
import secrets
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import boto3
import psycopg
import pytest
import requests
from botocore.config import Config
from psycopg import sql
from sqlalchemy.engine import make_url

SUPERUSER_URL = "TEST_DATABASE_SUPERUSER_URL"
REDIS_URL = "TEST_REDIS_URL"
S3 = ("TEST_S3_ENDPOINT", "TEST_S3_ACCESS_KEY", "TEST_S3_SECRET_KEY")
OIDC = ("TEST_OIDC_ISSUER", "TEST_OIDC_CLIENT_ID", "TEST_OIDC_CLIENT_SECRET")
PROVIDER = "peer"
"""The provider's name in our settings; `.ci/oidc/provider.mjs` knows its callback address by it."""


def needed(name):
    """The address of a real part; fails the test when nobody started it."""
    if not (value := os.environ.get(name)):
        pytest.fail(f"{name} is not set: run .ci/run, which starts the real parts and names them.")
    return value


@dataclass(frozen=True)
class RealPostgres:
    """A server somebody else started, seen as `embedded.postgres.Postgres` is: the same three roles, with passwords."""

    superuser: str
    owner: str
    app: str
    database: str
    passwords: dict

    def app_url(self, database=None):
        return self._url(self.app, database)

    def owner_url(self, database=None):
        return self._url(self.owner, database)

    def superuser_url(self, database="postgres"):
        name = self.database if database == "touchstone" else database
        return _with_driver(make_url(self.superuser).set(database=name))

    def create_database(self, name, *, template=None):
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        owned = sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(name), sql.Identifier(self.owner)
        )
        self.execute(owned + copied)

    def drop_database(self, name):
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, *statements):
        with psycopg.connect(self.superuser, autocommit=True, connect_timeout=5) as connection:
            for statement in statements:
                connection.execute(statement)

    def __enter__(self):
        for role, password in self.passwords.items():
            made = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}")
            self.execute(made.format(sql.Identifier(role), sql.Literal(password)))
        self.create_database(self.database)
        return self

    def __exit__(self, *_):
        self.drop_database(self.database)
        self.execute(*(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)) for role in self.passwords))

    def _url(self, role, database):
        name = self.database if database in (None, "touchstone") else database
        there = make_url(self.superuser)
        return _with_driver(there.set(username=role, password=self.passwords[role], database=name))


def _with_driver(url):
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def real_postgres():
    """The server TEST_DATABASE_SUPERUSER_URL names, with roles and a database of this run's own; None without it."""
    if not (superuser := os.environ.get(SUPERUSER_URL)):
        return None
    run = uuid4().hex[:8]
    owner, app = f"owner_{run}", f"app_{run}"
    passwords = {role: secrets.token_hex(16) for role in (owner, app)}
    return RealPostgres(superuser, owner, app, f"touchstone_{run}", passwords)


def portal_environment(postgres, folder, *, base_url="http://localhost"):
    """Settings of a portal that stands on the real parts alone, with a bucket of its own; add mail where needed.

    `postgres` is the fixture of that name. The portal is in production mode but for DEVELOPMENT, which lets it
    run without a mail server.
    """
    endpoint, key, secret = map(needed, S3)
    issuer, client, client_secret = map(needed, OIDC)
    return {
        "DEVELOPMENT": "1",
        "BASE_URL": base_url,
        "SECRET_KEY": secrets.token_hex(32),
        "DATABASE_URL": postgres.app_url(),
        "MIGRATION_DATABASE_URL": postgres.owner_url(),
        "REDIS_URL": needed(REDIS_URL),
        "S3_ENDPOINT_URL": endpoint,
        "S3_BUCKET": new_bucket(endpoint, key, secret, origin=base_url),
        "S3_ACCESS_KEY_ID": key,
        "S3_SECRET_ACCESS_KEY": secret,
        "OIDC_PEER_ISSUER": issuer,
        "OIDC_PEER_CLIENT_ID": client,
        "OIDC_PEER_CLIENT_SECRET": client_secret,
        "CERTIFICATE_KEY_FILE": str(folder / "certificate-key.pem"),
        "DRAIN_FILE": str(folder / "drain"),
    }


def new_bucket(endpoint, key, secret, *, origin):
    """A fresh bucket whose CORS lets browsers at `origin` upload."""
    name = f"portal-{uuid4().hex[:12]}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
    )
    client.create_bucket(Bucket=name)
    rule = {
        "AllowedOrigins": [origin],
        "AllowedMethods": ["PUT", "GET", "HEAD"],
        "AllowedHeaders": ["content-type", "x-amz-checksum-sha256", "if-none-match"],
        "ExposeHeaders": ["ETag"],
    }
    client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    return name


def sign_in_at_peer(address, login):
    """Walk the provider's own pages as `login`, from our redirect to its redirect back; the callback's address.

    `address` is where our portal sent the browser. Give the answer to the client that began, without its host.
    """
    with requests.Session() as browser:
        answer = browser.get(address, timeout=10)
        for _ in range(3):  # login, consent, and one to spare
            form = _Form.of(answer.text)
            sent = browser.post(
                urljoin(answer.url, form.action),
                data=form.values | ({"login": login, "password": "any"} if form.asks("login") else {}),
                timeout=10,
                allow_redirects=False,
            )
            while sent.is_redirect:
                onward = urljoin(sent.url, sent.headers["Location"])
                if not onward.startswith(needed(OIDC[0])):
                    return onward
                sent = browser.get(onward, timeout=10, allow_redirects=False)
            answer = sent
    raise AssertionError(
        f"the provider did not send the browser back: {answer.status_code} {answer.text[:500]}"
    )


def without_host(address):
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class _Form(HTMLParser):
    """The first form of a page: its action and what it would send."""

    def __init__(self):
        super().__init__()
        self.action, self.values, self.names = "", {}, set()

    @classmethod
    def of(cls, html):
        form = cls()
        form.feed(html)
        return form

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        if tag == "input" and "name" in given:
            self.names.add(given["name"])
            self.values[given["name"]] = given.get("value") or ""

    def asks(self, name):
        return name in self.names
