from datetime import UTC, datetime, timedelta

from app.domain.waiting import Earlier, queue_time, waits

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def days(*numbers):
    return [number * 86400.0 for number in numbers]


def test_without_a_finished_wait_there_is_nothing_to_say():
    assert waits(finished=[], waiting=days(3, 9)) is None


def test_quantiles_of_finished_waits_are_nearest_ranks():
    told = waits(finished=days(*range(1, 11)), waiting=[])

    assert (told.p50.length, told.p90.length) == (timedelta(days=5), timedelta(days=9))
    assert (told.p50.at_least, told.p90.at_least, told.sample) == (False, False, 10)


def test_work_that_still_waits_lengthens_the_usual_wait():
    flattering = waits(finished=days(1, 1, 2, 2), waiting=[])
    honest = waits(finished=days(1, 1, 2, 2), waiting=days(6, 6, 6, 6))

    assert flattering.p90.length == timedelta(days=2)
    assert (honest.p50.length, honest.p50.at_least) == (timedelta(days=2), False)
    assert (honest.p90.length, honest.p90.at_least) == (timedelta(days=6), True)


def test_work_that_has_only_begun_to_wait_does_not_shorten_it():
    settled = waits(finished=days(4, 5, 6), waiting=[])
    busy = waits(finished=days(4, 5, 6), waiting=days(0, 0, 0, 0, 0))

    assert busy.p50 == settled.p50


def test_the_estimate_equals_a_product_limit_worked_by_hand():
    """1 day: 4/5. 3 days, one of three left: 4/5 * 2/3 = 8/15. 4 days, one of two: 4/15."""
    told = waits(finished=days(1, 3, 4), waiting=days(2, 5))

    assert told.p50.length == timedelta(days=4)


def test_work_sent_again_within_a_day_keeps_its_place():
    first = Earlier(True, NOW - timedelta(days=6), NOW - timedelta(hours=5))
    older = Earlier(True, NOW - timedelta(days=7), NOW - timedelta(hours=20))

    assert queue_time([first], now=NOW) == NOW - timedelta(days=6)
    assert queue_time([first, older], now=NOW) == NOW - timedelta(days=7)


def test_work_sent_again_later_queues_anew():
    for withdrawn, since in [
        (timedelta(days=1), NOW - timedelta(days=6)),
        (timedelta(days=1, seconds=1), NOW),
    ]:
        earlier = Earlier(True, NOW - timedelta(days=6), NOW - withdrawn)

        assert queue_time([earlier], now=NOW) == since


def test_a_rated_version_gives_no_place_to_the_next():
    rated = Earlier(False, NOW - timedelta(days=6), NOW - timedelta(hours=1))

    assert queue_time([rated], now=NOW) == NOW
    assert queue_time([], now=NOW) == NOW


def test_a_withdrawn_draft_that_was_never_sent_changes_nothing():
    assert queue_time([Earlier(True, None, NOW - timedelta(hours=1))], now=NOW) == NOW
