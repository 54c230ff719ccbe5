"""`flask doctor`: what is wrong with this installation, and how to mend it. Changes nothing but a probe key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.adapters import signing
from app.adapters.mail import Post
from app.adapters.storage_probe import probe
from app.cli import stored
from app.cli.course import hidden
from app.domain.errors import Unavailable
from app.models import RubricVersion
from app.queries import audit_chain, integrity
from app.services import rubrics
from app.web.audit_trail import kept_outside
from app.web.parts import parts
from config import ROOT

ANCHORS = 48


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at. `grave` ones make the command fail."""

    part: str
    well: bool
    says: str
    grave: bool = True


@click.command("doctor")
def doctor() -> None:
    """Look at database, course, invariants, Redis, bucket, mail and keys; say what to do about each fault."""
    signs = [sign for examine in EXAMINED for sign in examine()]
    for sign in signs:
        mark = "ok  " if sign.well else "FAIL" if sign.grave else "look"
        click.echo(f"{mark}  {sign.part:<10}  {sign.says}")
    if any(sign.grave and not sign.well for sign in signs):
        raise SystemExit(1)


def _database() -> Iterator[Sign]:
    try:
        with parts().sessions() as db:
            version = db.scalar(text("SHOW server_version"))
            yield Sign("database", True, f"PostgreSQL {version} answers.")
            yield from _durable(db)
            migrated = _migrated(db)
            yield migrated
            if migrated.well:  # on other tables than the code's nothing else can be judged
                yield from _inside(db)
    except SQLAlchemyError as error:
        reason = str(error).split("\n")[0]
        yield Sign("database", False, f"{reason} – start PostgreSQL, or correct DATABASE_URL.")


def _durable(db: Session) -> Iterator[Sign]:
    """Settings without which what the portal called saved is lost when the server dies (I25)."""
    for name in ("synchronous_commit", "fsync", "full_page_writes"):
        if db.scalar(text("SELECT current_setting(:name)"), {"name": name}) == "off":
            says = f"{name} is off: what was called saved is lost when the server dies. Set it to on."
            yield Sign("database", False, says, grave=False)


def _migrated(db: Session) -> Sign:
    # Here, not above: every web process imports this module, and Alembic is half as big as the portal.
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    head = scripts.get_current_head()
    if not db.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
        return Sign("migrations", False, f"At nothing, the code wants {head}: run alembic upgrade head.")
    if not db.scalar(text("SELECT has_table_privilege('alembic_version', 'SELECT')")):
        mend = (
            "set MIGRATION_DATABASE_URL to the tables' owner and run alembic upgrade head, which gives them."
        )
        return Sign("migrations", False, f"This role has no rights yet: {mend}")
    at = db.scalar(text("SELECT version_num FROM alembic_version"))
    if at == head:
        return Sign("migrations", True, f"At {at}.")
    if at not in {script.revision for script in scripts.walk_revisions()}:
        return Sign(
            "migrations", False, f"At {at}, which this code does not know: deploy the code that made it."
        )
    return Sign("migrations", False, f"At {at}, the code wants {head}: run alembic upgrade head.")


def _inside(db: Session) -> Iterator[Sign]:
    yield from _rights(db)
    yield _published(db)
    if says := hidden(db, parts().course):
        yield Sign("course", False, says, grave=False)
    for violation in integrity.violations(db, now=datetime.now(UTC)):
        rows = "1 row" if violation.rows == 1 else f"{violation.rows} rows"
        says = f"{violation.invariant}: {violation.says} ({rows})."
        yield Sign("invariant", False, says)


def _published(db: Session) -> Sign:
    """Whether every capstone of the course can be started, under the words that the course folder has now."""
    course = parts().course
    live = select(RubricVersion.capstone_slug, RubricVersion.content_hash).where(
        RubricVersion.course_slug == course.slug, RubricVersion.retired_at.is_(None)
    )
    published = {row.capstone_slug: row.content_hash for row in db.execute(live)}
    edited = dict(rubrics.edited(db, course))
    absent = [capstone.slug for capstone in course.capstones if capstone.slug not in published]
    if absent:
        says = f"Nobody can start {', '.join(absent)}: run flask --app wsgi course publish."
        return Sign("course", False, says)
    older = [
        each.slug
        for each in course.capstones
        if published[each.slug] != each.rubric.content_hash and each.slug not in edited
    ]
    if older:
        says = (
            f"The rubric of {', '.join(older)} has changed since it was published: run flask course publish."
        )
        return Sign("course", False, says, grave=False)
    if edited:
        says = (
            f"The rubric of {', '.join(edited)} was edited in the portal and is not in its file: "
            "run flask course rubric export."
        )
        return Sign("course", False, says, grave=False)
    return Sign("course", True, f"The rubrics of all {len(course.capstones)} capstones are published.")


def _rights(db: Session) -> Iterator[Sign]:
    """The second lock on append-only tables: a role of its own."""
    may_change = db.scalar(text("SELECT has_table_privilege('audit_entry', 'UPDATE')"))
    yield Sign(
        "rights",
        not may_change,
        "The portal's role may change append-only tables; triggers still refuse. Give it a role of its own: set "
        "MIGRATION_DATABASE_URL to the owner and DATABASE_URL to another login, then migrate once."
        if may_change
        else "The portal's role cannot change append-only tables.",
        grave=False,
    )


def _redis() -> Iterator[Sign]:
    if parts().settings.redis_url is None:
        yield Sign(
            "redis", False, "REDIS_URL is not set: the worker looks every second instead.", grave=False
        )
        return
    alive = parts().doorbell.alive()
    yield Sign(
        "redis",
        alive,
        "Redis answers." if alive else "Redis does not answer: start it, or correct REDIS_URL.",
    )


def _bucket() -> Iterator[Sign]:
    try:
        for guarantee in probe(parts().storage, origin=parts().settings.base_url):
            says = guarantee.rule if guarantee.holds else f"Does not hold: {guarantee.rule} {guarantee.mend}"
            yield Sign("bucket", guarantee.holds, says, grave=False)
    except Unavailable as down:
        yield Sign("bucket", False, str(down))


def _stored() -> Iterator[Sign]:
    """Says nothing when the database or the bucket is down: that is said already."""
    try:
        with parts().sessions() as db:
            files, count = stored.sample(db)
        faults = list(stored.wrong(parts().storage, files))
    except (SQLAlchemyError, Unavailable):
        return
    for fault in faults:
        yield Sign("files", False, fault)
    if not faults:
        yield Sign(
            "files", True, f"{len(files)} of {count} files of sent work were read, and are what was sent."
        )


def _anchors() -> Iterator[Sign]:
    """The newest anchors of the audit trail; silent where the database, the bucket or the key is named already."""
    try:
        kept = kept_outside(parts(), most=ANCHORS, now=datetime.now(UTC))
        with parts().sessions() as db:
            faults = audit_chain.contradictions(db, kept)
            is_begun = audit_chain.head(db) is not None
    except (SQLAlchemyError, Unavailable, signing.KeyUnusable):
        return
    for fault in faults:
        yield Sign("audit", False, f"I23: {fault}")
    if not kept and is_begun:
        yield Sign(
            "audit", False, "The trail has no anchor yet: a worker keeps one within an hour.", grave=False
        )
    elif not faults and kept:
        yield Sign("audit", True, f"The trail agrees with its newest {len(kept)} anchors.")


def _mail() -> Iterator[Sign]:
    post = Post(parts().settings.mail)
    if not post.is_set:
        yield Sign("mail", False, "SMTP_HOST is not set: mails wait in the database until it is.")
        return
    host = f"{parts().settings.mail.host}:{parts().settings.mail.port}"
    trouble = post.trouble()
    mend = "Check SMTP_HOST, SMTP_PORT, SMTP_STARTTLS, the name and password, and the firewall."
    yield Sign("mail", trouble is None, f"{host}: {trouble} {mend}" if trouble else f"{host} lets us in.")


def _key() -> Iterator[Sign]:
    chosen = parts().settings
    path = chosen.signing_key_path
    try:
        signing.load(pem=chosen.signing_key_pem, path=path, may_create=False)
    except signing.KeyUnusable as reason:
        mend = f"Make one with: flask --app wsgi certificates new-key {path}." if path else ""
        absent = path is not None and not path.exists()
        yield Sign("key", False, f"{path} is not there yet. {mend}" if absent else str(reason))
    else:
        yield Sign("key", True, "The certificates' signing key can be used.")


EXAMINED: tuple[Callable[[], Iterator[Sign]], ...] = (
    _database,
    _redis,
    _bucket,
    _stored,
    _anchors,
    _mail,
    _key,
)
