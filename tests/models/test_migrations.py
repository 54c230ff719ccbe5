"""The history of the schema: up, down, up again, with rows in it, by two roles, giving up rather than blocking."""

import json
import os
import subprocess
import sys
import time
from uuid import uuid4

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.conftest import ROOT

HISTORY = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
ONE_AFTER_ANOTHER = """
import json, sys
from alembic.config import main
for command in json.loads(sys.argv[1]):
    main(command)
"""
TABLES = "SELECT array_agg(table_name::text ORDER BY 1) FROM information_schema.tables WHERE table_schema = 'public'"
SHAPE = """
    SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
      SELECT table_name || column_name || data_type || is_nullable || coalesce(column_default, '') AS line
      FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT table_name || privilege_type || grantee FROM information_schema.table_privileges
      WHERE table_schema = 'public') lines"""


@pytest.fixture
def empty(postgres):
    """A database of this test's own, and `alembic` on it."""
    name = f"history_{uuid4().hex[:8]}"
    postgres.create_database(name)
    yield _History(postgres.app_url(name), postgres.owner_url(name))
    postgres.drop_database(name)


@pytest.fixture
def newest(postgres):
    """The database of all tests, which `alembic upgrade head` has made."""
    return _History(postgres.app_url(), postgres.owner_url())


class _History:
    def __init__(self, app_url, owner_url):
        self.app_url, self.owner_url = app_url, owner_url

    def alembic(self, *command, **environ):
        return self._python("-m", "alembic", *command, **environ)

    def alembic_after_another(self, commands):
        """The same commands one after another, each with connections of its own, in one process."""
        return self._python("-c", ONE_AFTER_ANOTHER, json.dumps(commands))

    def _python(self, *arguments, **environ):
        environ = (
            os.environ | {"DATABASE_URL": self.app_url, "MIGRATION_DATABASE_URL": self.owner_url} | environ
        )
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True
        )

    def connect(self, url=None):
        return psycopg.connect((url or self.owner_url).replace("+psycopg", ""), autocommit=True)

    def told(self, statement):
        with self.connect() as connection:
            return connection.execute(statement).fetchone()[0]


def succeeded(done):
    return done.returncode == 0 or done.stderr


def test_up_down_and_up_again_is_the_same_schema(empty):
    assert succeeded(empty.alembic("upgrade", "head")) is True
    first = empty.told(SHAPE)

    assert succeeded(empty.alembic("downgrade", "base")) is True
    left = empty.told(TABLES)
    functions = empty.told("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    assert succeeded(empty.alembic("upgrade", "head")) is True

    assert (left, functions) == (["alembic_version"], 0)
    assert empty.told(SHAPE) == first


def test_every_step_can_be_taken_alone_and_taken_back(empty):
    steps = [script.revision for script in reversed(list(HISTORY.walk_revisions()))]
    commands = [
        command for step in steps for command in (["upgrade", step], ["downgrade", "-1"], ["upgrade", step])
    ]

    assert succeeded(empty.alembic_after_another(commands)) is True

    assert empty.told("SELECT version_num FROM alembic_version") == HISTORY.get_current_head()


def test_the_models_and_the_history_agree(newest):
    assert "No new upgrade operations detected" in newest.alembic("check").stdout


def test_there_is_one_line_of_history():
    assert len(HISTORY.get_heads()) == 1
    assert [script.revision for script in HISTORY.walk_revisions() if script.is_branch_point] == []


def test_upgrading_twice_is_the_same_as_once(newest):
    first = newest.told(SHAPE)

    assert succeeded(newest.alembic("upgrade", "head")) is True

    assert newest.told(SHAPE) == first


def test_rows_written_before_the_guards_are_guarded_after_them(empty):
    """The data test of 0002: what is in the tables when the triggers come is kept, chained and frozen like the rest."""
    empty.alembic("upgrade", "0001_tables")
    with empty.connect() as owner:
        owner.execute(
            "INSERT INTO person (id, name, created_at) VALUES (gen_random_uuid(), 'Early', now());"
            "INSERT INTO rubric_version (id, course_slug, capstone_slug, number, course_version, content_hash, "
            "structure_hash, threshold, published_at) VALUES (gen_random_uuid(), 'c', 's', 1, '1', repeat('a', 64), "
            "repeat('b', 64), 5, now());"
        )

    assert succeeded(empty.alembic("upgrade", "head")) is True

    with empty.connect() as owner:
        assert owner.execute("SELECT name FROM person").fetchone() == ("Early",)
        with pytest.raises(psycopg.errors.RestrictViolation, match="a published rubric never changes"):
            owner.execute("UPDATE rubric_version SET threshold = 0")
    with empty.connect(empty.app_url) as portal:
        portal.execute(
            "INSERT INTO audit_entry (at, action, object_type, object_id, detail) VALUES (now(), 'a.b', 'x', 'y', '{}')"
        )
        assert portal.execute("SELECT id FROM audit_entry").fetchone() == (1,)


def test_a_migration_gives_up_rather_than_make_the_portal_wait(empty):
    """Somebody is writing to a table: the migration is rolled back within seconds and can be tried again."""
    empty.alembic("upgrade", "0001_tables")
    with empty.connect() as busy, busy.transaction():
        busy.execute("LOCK TABLE review IN ROW EXCLUSIVE MODE")
        began = time.monotonic()
        blocked = empty.alembic("upgrade", "head")
        took = time.monotonic() - began

    assert "lock timeout" in blocked.stderr
    assert took < 30
    assert empty.told("SELECT version_num FROM alembic_version") == "0001_tables"
    assert empty.told("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == 0
    assert succeeded(empty.alembic("upgrade", "head")) is True


def test_without_an_address_the_migration_says_what_to_set(empty):
    done = empty.alembic("upgrade", "head", DATABASE_URL="", MIGRATION_DATABASE_URL="")

    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL is not set.")


def test_one_role_for_both_is_possible(empty):
    """A small installation has one login: it owns the tables, and the triggers alone hold."""
    assert (
        succeeded(empty.alembic("upgrade", "head", DATABASE_URL=empty.owner_url, MIGRATION_DATABASE_URL=""))
        is True
    )

    with empty.connect() as owner:
        owner.execute(
            "INSERT INTO audit_entry (at, action, object_type, object_id, detail) VALUES (now(), 'a.b', 'x', 'y', '{}')"
        )
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            owner.execute("DELETE FROM audit_entry")
