"""How migrations run: one at a time, each in its own transaction, giving up rather than making the portal wait.

A migration that cannot get its lock in four seconds, or takes longer than a minute, is rolled back and can be
tried again. After the last one the rights of the portal's own database role are set anew (see grants.py), and so is what may be
erased (see erasure.py).
"""

import os
import sys
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

sys.path.insert(0, str(Path(__file__).parent.parent))

import app.models  # noqa: F401 - makes every table known
from app.db import Base, Moment
from config import postgres_url
from migrations.erasure import install
from migrations.grants import grant

ONE_AT_A_TIME = 0x70756368  # any number nobody else uses for an advisory lock


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column type as what the database sees, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection, app_role: str | None) -> None:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
    connection.commit()
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        install(connection)
        if app_role:
            grant(connection, app_role)
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ONE_AT_A_TIME})
        connection.commit()


def addresses() -> tuple[str, str | None]:
    """The owner's address, and the app's role when it is another one."""
    app_url = postgres_url(os.environ.get("DATABASE_URL", ""))
    owner_url = postgres_url(os.environ.get("MIGRATION_DATABASE_URL", "")) or app_url
    if not owner_url:
        raise SystemExit(
            "DATABASE_URL is not set. Set it to something like postgresql://user:password@host/touchstone"
        )
    app_role = make_url(app_url).username if app_url else None
    return owner_url, app_role if app_role != make_url(owner_url).username else None


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given, context.config.attributes.get("app_role"))
        return
    owner_url, app_role = addresses()
    engine = create_engine(owner_url, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        run(connection, app_role)
    engine.dispose()


main()
