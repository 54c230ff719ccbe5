"""Settings: one run names every problem, and nothing insecure starts in production."""

import dataclasses
import re
from pathlib import Path

import pytest

from config import MIB, ROOT, SettingsInvalid, from_environment, postgres_url

DEVELOPMENT = {
    "DEVELOPMENT": "1",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "DATABASE_URL": "postgresql://app@db/touchstone",
    "S3_BUCKET": "evidence",
    "S3_ACCESS_KEY_ID": "key",
    "S3_SECRET_ACCESS_KEY": "a secret of the store",
    "OIDC_SCHOOL_ISSUER": "https://id.school.example/",
    "OIDC_SCHOOL_CLIENT_ID": "portal",
    "OIDC_SCHOOL_CLIENT_SECRET": "a secret of the school",
}
PRODUCTION = {name: value for name, value in DEVELOPMENT.items() if name != "DEVELOPMENT"} | {
    "BASE_URL": "https://portal.example",
    "SMTP_HOST": "mail.example",
    "CERTIFICATE_KEY_FILE": "/etc/touchstone/key.pem",
}


def problems(environ):
    with pytest.raises(SettingsInvalid) as invalid:
        from_environment(environ)
    return invalid.value.problems


def test_the_least_that_is_needed_is_enough():
    settings = from_environment(DEVELOPMENT)

    assert (settings.production, settings.demo, settings.secure) == (False, False, False)
    assert settings.base_url == "http://localhost:8000"
    assert settings.redis_url is None
    assert settings.course_path == ROOT / "course"
    assert settings.migration_database_url == settings.database_url


def test_production_is_what_is_said_nowhere():
    settings = from_environment(PRODUCTION)

    assert (settings.production, settings.secure) == (True, True)
    assert settings.signing_key_path == Path("/etc/touchstone/key.pem")


@pytest.mark.parametrize("name", [
    "SECRET_KEY", "DATABASE_URL", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY",
    "OIDC_SCHOOL_CLIENT_ID", "OIDC_SCHOOL_CLIENT_SECRET", "SMTP_HOST", "CERTIFICATE_KEY_FILE",
])  # fmt: skip
@pytest.mark.parametrize("value", [None, "", "   "], ids=["absent", "empty", "blank"])
def test_a_missing_setting_is_named_with_an_example(name, value):
    environ = {key: given for key, given in PRODUCTION.items() if key != name}

    (problem,) = problems(environ if value is None else environ | {name: value})

    assert problem.startswith(f"{name} is not set. ")
    assert len(problem) > len(name) + 25


def test_every_problem_is_named_at_once():
    found = problems({})

    assert [problem.split()[0] for problem in found] == [
        "DATABASE_URL",
        "SECRET_KEY",
        "S3_BUCKET",
        "S3_ACCESS_KEY_ID",
        "S3_SECRET_ACCESS_KEY",
        "No",
        "SMTP_HOST",
        "CERTIFICATE_KEY_FILE",
    ]


def test_a_message_for_the_terminal_lists_them_all():
    with pytest.raises(SettingsInvalid) as invalid:
        from_environment({})

    assert all(problem in str(invalid.value) for problem in invalid.value.problems)


@pytest.mark.parametrize(("environ", "says"), [
    ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32 characters."),
    ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN is shorter than 16 characters."),
    ({"WORKER_METRICS_PORT": "9101"}, "METRICS_TOKEN is not set."),
    ({"BASE_URL": "http://portal.example"}, "BASE_URL is http://portal.example. Set it to the https:// address"),
    ({"OIDC_DEMO_ISSUER": "http://localhost:9000", "OIDC_DEMO_CLIENT_ID": "a", "OIDC_DEMO_CLIENT_SECRET": "b"},
     "The demo sign-in lets anyone be anyone"),
    ({"PROXIES": "two"}, "PROXIES is 'two'. Set it to a whole number."),
    ({"PROXIES": "-1"}, "PROXIES is '-1'. Set it to a whole number."),
    ({"SMTP_PORT": "٢٥"}, "SMTP_PORT is '٢٥'. Set it to a whole number."),
    ({"DEMO": "maybe"}, "DEMO is 'maybe'. Set it to 1 or 0."),
    ({"DATABASE_URL": "mysql://u:a-password@db/touchstone"},
     "DATABASE_URL begins with 'mysql'. Let it begin with postgresql:// or postgres://"),
    ({"REDIS_URL": "cache:6379"}, "REDIS_URL begins with 'cache'. Let it begin with redis://"),
    ({"S3_ENDPOINT_URL": "store:9000"}, "S3_ENDPOINT_URL begins with 'store'. Let it begin with https://"),
    ({"S3_SIGN_CHECKSUM": "sometimes"}, "S3_SIGN_CHECKSUM is 'sometimes'. Set it to 1 or 0."),
])  # fmt: skip
def test_what_cannot_be_right_is_refused_in_words(environ, says):
    (problem,) = problems(PRODUCTION | environ)

    assert problem.startswith(says)
    assert "a-password" not in problem


def test_the_demo_sign_in_is_for_demos():
    demo = {
        "OIDC_DEMO_ISSUER": "http://localhost:9000",
        "OIDC_DEMO_CLIENT_ID": "a",
        "OIDC_DEMO_CLIENT_SECRET": "b",
    }

    settings = from_environment(DEVELOPMENT | demo | {"DEVELOPMENT": "0", "DEMO": "1"})

    assert (settings.demo, settings.production) == (True, False)
    assert [provider.name for provider in settings.providers] == ["demo", "school"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_plain_http_is_for_this_machine(host):
    assert (
        from_environment(PRODUCTION | {"BASE_URL": f"http://{host}:8000/"}).base_url == f"http://{host}:8000"
    )


@pytest.mark.parametrize(("given", "known"), [
    ("postgres://u:p@h:5/d?sslmode=require", "postgresql+psycopg://u:p@h:5/d?sslmode=require"),
    ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
    ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
])  # fmt: skip
def test_every_spelling_of_a_database_address_is_understood(given, known):
    settings = from_environment(DEVELOPMENT | {"DATABASE_URL": given, "MIGRATION_DATABASE_URL": given})

    assert postgres_url(given) == known
    assert (settings.database_url, settings.migration_database_url) == (known, known)


def test_several_providers_at_once_in_a_fixed_order():
    settings = from_environment(DEVELOPMENT | {
        "OIDC_WORK_ISSUER": "https://sso.example", "OIDC_WORK_CLIENT_ID": "w", "OIDC_WORK_CLIENT_SECRET": "s",
        "OIDC_WORK_LABEL": "Work account", "GITHUB_CLIENT_ID": "g", "GITHUB_CLIENT_SECRET": "h",
    })  # fmt: skip

    told = [(one.name, one.label, one.kind, one.issuer) for one in settings.providers]

    assert told == [
        ("school", "School", "oidc", "https://id.school.example"),
        ("work", "Work account", "oidc", "https://sso.example"),
        ("github", "GitHub", "github", "https://github.com"),
    ]


def test_without_any_provider_nobody_could_sign_in():
    (problem,) = problems({name: value for name, value in DEVELOPMENT.items() if not name.startswith("OIDC")})

    assert problem.startswith("No sign-in provider is set.")


class Asked(dict):
    """Settings that remember which of them were asked for."""

    def __init__(self, given):
        super().__init__(given)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def test_the_manual_names_every_setting():
    environ = Asked(DEVELOPMENT | {"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": "a secret"})
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")

    from_environment(environ)

    named = {name for name in environ.names if not name.startswith("OIDC_")}
    assert {name for name in named if not re.search(rf"\b{name}\b", manual)} == set()
    assert len(named) > 30


def test_limits_are_settings():
    settings = from_environment(DEVELOPMENT | {"FILE_LIMIT_MIB": "3", "CHECK_LEASE_SECONDS": "9"})

    assert (settings.limits.file_bytes, settings.limits.check_lease) == (3 * MIB, 9)
    assert from_environment(DEVELOPMENT).limits.file_bytes == 64 * MIB


def test_settings_cannot_be_changed_and_do_not_show_secrets():
    settings = from_environment(
        PRODUCTION | {"SMTP_PASSWORD": "a secret of the mail", "CERTIFICATE_KEY": "a secret key"}
    )

    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.demo = True
    shown = repr(settings)
    assert "a secret" not in shown
    assert PRODUCTION["SECRET_KEY"] not in shown


def test_browsers_may_reach_the_store_at_another_address():
    inside = DEVELOPMENT | {"S3_ENDPOINT_URL": "http://store:9000"}

    assert from_environment(inside).storage.public_endpoint == "http://store:9000"
    outside = from_environment(inside | {"S3_PUBLIC_ENDPOINT_URL": "https://files.example"})
    assert (outside.storage.endpoint, outside.storage.public_endpoint) == (
        "http://store:9000",
        "https://files.example",
    )
