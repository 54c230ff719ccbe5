"""Raw SQL as the portal's role and as the owner of the tables: what the database itself refuses."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

GUARD, UNIQUE, CHECK, FOREIGN, RIGHTS, NOT_NULL = "23001", "23505", "23514", "23503", "42501", "23502"


@pytest.fixture(scope="session")
def owner(postgres):
    engine = create_engine(postgres.owner_url())
    yield engine
    engine.dispose()


@pytest.fixture
def attack(engine, owner):
    """`attack("owner" | "app", sql, **values)`: the SQLSTATE of the refusal, or None when it was let through."""
    engines = {"app": engine, "owner": owner}

    def attack(role, statement, **values):
        try:
            with engines[role].begin() as connection:
                connection.execute(text(statement), values)
        except DBAPIError as refused:
            return refused.orig.sqlstate
        return None

    return attack


@pytest.fixture
def told(engine):
    """One value, read afresh."""

    def told(statement, **values):
        with engine.connect() as connection:
            return connection.execute(text(statement), values).scalar()

    return told
