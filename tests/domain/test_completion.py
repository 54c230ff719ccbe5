"""Progress and what is still missing, exact to the move."""

from hypothesis import given, settings
from hypothesis import strategies as some

from app.domain.completion import progress


def every_move(course):
    return {(module.slug, move.key) for module in course.modules for move in module.moves}


def required_moves(course):
    return {(module.slug, move.key) for module in course.modules for move in module.moves if move.required}


def slugs(course, count):
    return [capstone.slug for capstone in course.capstones[:count]]


def test_nothing_done_lists_every_module_and_every_capstone(course):
    told = progress(course, moves=(), passed=())

    assert (told.modules_done, told.passed, told.complete) == (0, (), False)
    assert [module.done for module in told.modules] == [0] * len(course.modules)
    assert len(told.missing) == len(course.modules) + 1
    assert told.missing[-1] == (
        f"{course.required_capstones} more capstones rated as passing (0 of {course.required_capstones} so far)"
    )


def test_everything_required_is_enough(course):
    told = progress(course, moves=required_moves(course), passed=slugs(course, course.required_capstones))

    assert (told.modules_done, told.missing, told.complete) == (len(course.modules), (), True)


def test_one_required_move_short_is_not_complete_and_says_which_module(course):
    module = course.modules[3]
    left = next(move for move in module.moves if move.required)

    told = progress(
        course,
        moves=required_moves(course) - {(module.slug, left.key)},
        passed=slugs(course, course.required_capstones),
    )

    assert told.missing == (f"Module {module.number}, {module.title}: 1 required move left",)
    assert [one.slug for one in told.modules if not one.complete] == [module.slug]
    assert not told.complete


def test_one_capstone_short_is_not_complete(course):
    needed = course.required_capstones

    told = progress(course, moves=every_move(course), passed=slugs(course, needed - 1))

    assert told.missing == (f"1 more capstone rated as passing ({needed - 1} of {needed} so far)",)
    assert not told.complete


def test_what_the_course_no_longer_knows_completes_nobody(course):
    gone = [(module.slug, "a-move-of-last-year") for module in course.modules] + [("module-of-old", "x")]

    told = progress(course, moves=gone, passed=["capstone-of-old"] * 9)

    assert told == progress(course, moves=(), passed=())


def test_a_capstone_passed_twice_counts_once(course):
    first = course.capstones[0].slug

    assert progress(course, moves=(), passed=[first, first]).passed == (first,)


@settings(max_examples=60)
@given(some.data())
def test_it_is_complete_exactly_when_nothing_required_is_left(course, data):
    moves = data.draw(
        some.sets(some.sampled_from(sorted(every_move(course)))) | some.just(required_moves(course))
    )
    passed = data.draw(some.lists(some.sampled_from(slugs(course, 99)), unique=True))

    told = progress(course, moves=moves, passed=passed)

    left = required_moves(course) - moves
    assert told.complete == (not left and len(passed) >= course.required_capstones)
    assert sum(module.required_left for module in told.modules) == len(left)
    assert sum(module.done for module in told.modules) == len(moves)
    assert sum(module.total for module in told.modules) == len(every_move(course))
