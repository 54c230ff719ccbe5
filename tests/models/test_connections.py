"""What the pool gives out: a connection that lives, on which each reading statement stands alone."""

from sqlalchemy import text

from app.db import make_engine, make_reads

PID = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:pid, 1000)")


def test_a_connection_that_the_server_has_ended_is_replaced_before_anybody_meets_it(postgres, superuser):
    engine = make_engine(postgres.app_url(), pool_size=2)
    with engine.connect() as first, engine.connect() as second:
        ended = {first.scalar(PID), second.scalar(PID)}
    with superuser.connect() as admin:
        for pid in ended:
            admin.execute(END, {"pid": pid})

    with engine.connect() as first, engine.connect() as second:
        found = {first.scalar(PID), second.scalar(PID)}

    assert len(found) == 2
    assert found & ended == set()
    engine.dispose()


def test_a_connection_that_lives_is_used_again(postgres):
    engine = make_engine(postgres.app_url(), pool_size=1)

    with engine.connect() as first:
        before = first.scalar(PID)
    with engine.connect() as second:
        after = second.scalar(PID)

    assert after == before
    engine.dispose()


def test_reading_leaves_no_transaction_open_and_writing_still_has_one(postgres):
    engine = make_engine(postgres.app_url(), pool_size=1)

    with make_reads(engine).connect() as reading:
        reading.execute(PID)
        read = reading.connection.dbapi_connection.info.transaction_status.name
    with engine.connect() as writing:
        writing.execute(PID)
        wrote = writing.connection.dbapi_connection.info.transaction_status.name

    assert (read, wrote) == ("IDLE", "INTRANS")
    engine.dispose()
