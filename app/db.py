"""SQLAlchemy is configured here and nowhere else: engine, sessions, base class, time, ids, enums."""

import os
import select
import time
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


SERVER = {
    "timezone": "UTC",
    "plan_cache_mode": "force_generic_plan",
    "lock_timeout": "5s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
}
"""What every connection asks of the server. A statement is planned once a connection and not for each value anew, which
took longer than running it; it is planned again whenever the statistics of its tables change."""


Reader = Connection | Session
"""What a query runs its SELECTs on: the connection of a page, or the session of a transaction under way."""


class Moment(TypeDecorator[datetime]):
    """A time with its zone, stored in UTC. Naive times are refused: they mean something else on every machine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """Every table. Enumerations are text with a CHECK, so that a new word is one cheap migration."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        datetime: Moment,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def words(kind: type[StrEnum]) -> Enum:
    """The column type of an enumeration: its words as text, with a CHECK that lists them."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=kind.__name__.lower(),
        length=40,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then randomness, so that ids sort by age."""
    stamp = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    tail = bytearray(os.urandom(10))
    tail[0] = (tail[0] & 0x0F) | 0x70
    tail[2] = (tail[2] & 0x3F) | 0x80
    return uuid.UUID(bytes=stamp + bytes(tail))


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine that notices dead connections and never waits on a lock for ever."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=5,
        hide_parameters=True,  # what people typed stays out of errors, and so out of the log
        pool_use_lifo=True,  # the same few connections, whose statements are prepared
        connect_args={
            "connect_timeout": 3,
            "options": " ".join(f"-c {name}={value}" for name, value in SERVER.items()),
        },
    )
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have a connection replaced, and all as old, that its server has ended since it was last used.

    A server says so on the way out, so looking whether the socket has something to read is as good as asking, and
    costs no round trip. The pool's own ping was a tenth of a page's processor time.
    """
    if connection.closed:
        raise InvalidatePoolError
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if socket.poll(0):
        raise InvalidatePoolError


def make_reads(engine: Engine) -> Engine:
    """The same pool for reading pages: each statement stands alone.

    BEGIN and ROLLBACK would be two more round trips (a tenth of a page's processor time on one machine, more over a
    network) and buy nothing, for under READ COMMITTED every statement sees its own state of the database anyhow.
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose rows stay readable after commit; the caller owns every transaction."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=True)
