"""Every setting of the portal in one frozen value, read from the environment once.

Nothing below the entry points imports this module: the value is passed down. A setting that is missing or
wrong is named in the error, together with what to set it to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

MIB = 1024 * 1024
ROOT = Path(__file__).parent
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
TO_MAKE_ONE = "the output of: python3 -c 'import secrets; print(secrets.token_hex(32))'"
_HTTP = ("https://", "http://")
SCHEMES = {
    "DATABASE_URL": _POSTGRES,
    "MIGRATION_DATABASE_URL": _POSTGRES,
    "REDIS_URL": ("redis://", "rediss://", "unix://"),
    "S3_ENDPOINT_URL": _HTTP,
    "S3_PUBLIC_ENDPOINT_URL": _HTTP,
    "BASE_URL": _HTTP,
}
"""How each address may begin."""


class SettingsInvalid(Exception):
    """One or more settings are missing or unusable; every one of them is named."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "The settings are not complete:\n" + "\n".join(f"  - {problem}" for problem in problems)
        )
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Provider:
    """A sign-in provider. `kind` is "oidc" (found by discovery at `issuer`) or "github"."""

    name: str
    label: str
    kind: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """An S3 bucket. `public_endpoint` is the address browsers use; the flags serve stores that lack a guarantee."""

    endpoint: str | None
    public_endpoint: str | None
    bucket: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    sign_checksum: bool
    sign_write_once: bool


@dataclass(frozen=True, slots=True)
class MailSettings:
    host: str | None
    port: int
    username: str | None
    password: str | None = field(repr=False)
    starttls: bool
    sender: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    file_bytes: int
    version_bytes: int
    version_files: int
    check_lease: int
    check_attempts: int
    review_lease: int
    review_hold: int


@dataclass(frozen=True, slots=True)
class Settings:
    secret_key: str = field(repr=False)
    base_url: str
    production: bool
    demo: bool
    database_url: str
    migration_database_url: str
    redis_url: str | None
    storage: StorageSettings
    mail: MailSettings
    providers: tuple[Provider, ...]
    limits: Limits
    course_path: Path
    signing_key_path: Path | None
    signing_key_pem: str | None = field(repr=False)
    proxies: int
    drain_file: Path
    mailbox_url: str | None
    metrics_token: str | None = field(repr=False)
    worker_metrics_port: int

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal over HTTPS, so that cookies may say so."""
        return self.base_url.startswith("https://")


def postgres_url(url: str) -> str:
    """Name the driver: hosts hand out `postgres://`, SQLAlchemy wants `postgresql+psycopg://`."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read and judge all settings; raises SettingsInvalid naming every problem at once."""
    read = _Reader(environ)
    demo = read.flag("DEMO")
    production = not read.flag("DEVELOPMENT") and not demo
    base_url = read.text("BASE_URL", default=f"http://localhost:{environ.get('PORT', '8000')}").rstrip("/")
    database_url = read.needed("DATABASE_URL", "postgresql://user:password@host/touchstone")
    settings = Settings(
        secret_key=read.secret("SECRET_KEY", shortest=32) or read.needed("SECRET_KEY", TO_MAKE_ONE),
        base_url=base_url,
        production=production,
        demo=demo,
        database_url=postgres_url(database_url),
        migration_database_url=postgres_url(read.text("MIGRATION_DATABASE_URL", default=database_url)),
        redis_url=read.optional("REDIS_URL"),
        storage=_storage(read),
        mail=_mail(read),
        providers=_providers(read, environ),
        limits=_limits(read),
        course_path=Path(read.text("COURSE_PATH", default=str(ROOT / "course"))),
        signing_key_path=Path(path) if (path := read.optional("CERTIFICATE_KEY_FILE")) else None,
        signing_key_pem=read.optional("CERTIFICATE_KEY"),
        proxies=read.number("PROXIES", default=0),
        drain_file=Path(read.text("DRAIN_FILE", default=str(ROOT / "var" / "drain"))),
        mailbox_url=read.optional("MAILBOX_URL"),
        metrics_token=read.secret("METRICS_TOKEN", shortest=16),
        worker_metrics_port=read.number("WORKER_METRICS_PORT", default=0),
    )
    for name, schemes in SCHEMES.items():
        read.address(name, *schemes)
    _judge(settings, read)
    if read.problems:
        raise SettingsInvalid(read.problems)
    return settings


class _Reader:
    """Reads variables and collects what is wrong, so that one run names every problem."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def optional(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def text(self, name: str, *, default: str) -> str:
        return self.optional(name) or default

    def needed(self, name: str, example: str) -> str:
        value = self.optional(name)
        if value is None:
            self.problems.append(f"{name} is not set. Set it to something like {example}")
        return value or ""

    def address(self, name: str, *schemes: str) -> None:
        """Refuse an address that the part behind it could not even begin to open."""
        value = self.optional(name)
        if value and not value.startswith(schemes):
            shown = value.partition(":")[0][:20]  # never more: a password may follow
            self.problems.append(f"{name} begins with {shown!r}. Let it begin with {' or '.join(schemes)}")

    def secret(self, name: str, *, shortest: int) -> str | None:
        value = self.optional(name)
        if value is not None and len(value) < shortest:
            self.problems.append(f"{name} is shorter than {shortest} characters. Use {TO_MAKE_ONE}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.optional(name)
        if value is None:
            return default
        if value.lower() in {"1", "true", "yes", "on"}:
            return True
        if value.lower() not in {"0", "false", "no", "off"}:
            self.problems.append(f"{name} is {value!r}. Set it to 1 or 0.")
        return False

    def number(self, name: str, *, default: int) -> int:
        value = self.optional(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit()):
            self.problems.append(f"{name} is {value!r}. Set it to a whole number.")
            return default
        return int(value)


def _storage(read: _Reader) -> StorageSettings:
    endpoint = read.optional("S3_ENDPOINT_URL")
    return StorageSettings(
        endpoint=endpoint,
        public_endpoint=read.optional("S3_PUBLIC_ENDPOINT_URL") or endpoint,
        bucket=read.needed("S3_BUCKET", "touchstone-evidence"),
        region=read.text("S3_REGION", default="us-east-1"),
        access_key_id=read.needed("S3_ACCESS_KEY_ID", "the key id of a user that owns the bucket"),
        secret_access_key=read.needed("S3_SECRET_ACCESS_KEY", "that user's secret key"),
        sign_checksum=read.flag("S3_SIGN_CHECKSUM", default=True),
        sign_write_once=read.flag("S3_SIGN_WRITE_ONCE", default=True),
    )


def _mail(read: _Reader) -> MailSettings:
    return MailSettings(
        host=read.optional("SMTP_HOST"),
        port=read.number("SMTP_PORT", default=587),
        username=read.optional("SMTP_USERNAME"),
        password=read.optional("SMTP_PASSWORD"),
        starttls=read.flag("SMTP_STARTTLS", default=True),
        sender=read.text("MAIL_FROM", default="Touchstone <touchstone@localhost>"),
    )


def _providers(read: _Reader, environ: Mapping[str, str]) -> tuple[Provider, ...]:
    """OIDC_<NAME>_ISSUER, _CLIENT_ID, _CLIENT_SECRET and _LABEL make one provider each; GITHUB_CLIENT_ID another."""
    found = []
    for variable in sorted(environ):
        if variable.startswith("OIDC_") and variable.endswith("_ISSUER") and environ[variable].strip():
            prefix = variable.removesuffix("_ISSUER")
            name = prefix.removeprefix("OIDC_").lower().replace("_", "-")
            found.append(
                Provider(
                    name=name,
                    label=read.text(f"{prefix}_LABEL", default=name.capitalize()),
                    kind="oidc",
                    issuer=environ[variable].strip().rstrip("/"),
                    client_id=read.needed(f"{prefix}_CLIENT_ID", "the client id the provider gave you"),
                    client_secret=read.needed(
                        f"{prefix}_CLIENT_SECRET", "the client secret the provider gave you"
                    ),
                )
            )
    if client_id := read.optional("GITHUB_CLIENT_ID"):
        secret = read.needed("GITHUB_CLIENT_SECRET", "the secret of the GitHub OAuth app")
        found.append(Provider("github", "GitHub", "github", "https://github.com", client_id, secret))
    return tuple(found)


def _limits(read: _Reader) -> Limits:
    return Limits(
        file_bytes=read.number("FILE_LIMIT_MIB", default=64) * MIB,
        version_bytes=read.number("VERSION_LIMIT_MIB", default=512) * MIB,
        version_files=read.number("VERSION_FILE_LIMIT", default=40),
        check_lease=read.number("CHECK_LEASE_SECONDS", default=15),
        check_attempts=read.number("CHECK_ATTEMPTS", default=3),
        review_lease=read.number("REVIEW_LEASE_SECONDS", default=1800),
        review_hold=read.number("REVIEW_UNDO_SECONDS", default=600),
    )


def _judge(settings: Settings, read: _Reader) -> None:
    """What is possible in a demo and refused in production."""
    if settings.worker_metrics_port and settings.metrics_token is None:
        read.problems.append("METRICS_TOKEN is not set. WORKER_METRICS_PORT needs it: set both or neither.")
    if not settings.providers:
        read.problems.append(
            "No sign-in provider is set. Set OIDC_<NAME>_ISSUER, _CLIENT_ID and _CLIENT_SECRET, or GITHUB_CLIENT_ID."
        )
    if not settings.production:
        return
    if any(provider.name == "demo" for provider in settings.providers):
        read.problems.append(
            "The demo sign-in lets anyone be anyone: unset OIDC_DEMO_ISSUER, or set DEMO=1 on a private machine."
        )
    if not settings.secure and urlsplit(settings.base_url).hostname not in {"localhost", "127.0.0.1", "::1"}:
        read.problems.append(f"BASE_URL is {settings.base_url}. Set it to the https:// address people type.")
    if settings.mail.host is None:
        read.problems.append(
            "SMTP_HOST is not set. Set it to your mail server, so that decisions reach people."
        )
    if not (settings.signing_key_path or settings.signing_key_pem):
        read.problems.append(
            "CERTIFICATE_KEY_FILE is not set. Set it to a path of your choice, then make the key there with: "
            "flask certificates new-key PATH"
        )
