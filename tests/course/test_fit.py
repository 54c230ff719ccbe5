"""The fit question is filled with what the visitor typed, and with nothing else."""

from app.course.fit import fit_question

TEMPLATE = "Building {product}. Traffic {traffic}. Stack {stack}. Guess {bottleneck}."


def test_the_four_answers_stand_in_their_blanks():
    question = fit_question(
        TEMPLATE, product="an order book", traffic="50 a day", stack="Go", bottleneck="the list page"
    )

    assert question == "Building an order book. Traffic 50 a day. Stack Go. Guess the list page."


def test_an_answer_with_braces_stays_what_was_typed():
    question = fit_question(TEMPLATE, product="{stack}", traffic="{0}", stack="{product!r}", bottleneck="{}")

    assert question == "Building {stack}. Traffic {0}. Stack {product!r}. Guess {}."


def test_an_empty_answer_is_said_to_be_missing():
    question = fit_question(TEMPLATE, product="  ", traffic="", stack=" Go\n", bottleneck="x")

    assert question == "Building not given. Traffic not given. Stack Go. Guess x."


def test_the_shipped_question_asks_four_things_about_what_was_typed(shipped):
    question = fit_question(
        shipped.fit_check, product="PRODUCT", traffic="TRAFFIC", stack="STACK", bottleneck="GUESS"
    )

    assert [question.count(word) for word in ("PRODUCT", "TRAFFIC", "STACK", "GUESS")] == [1, 1, 1, 1]
    assert "{" not in question
    assert (
        len([line for line in question.split("Answer these four")[1].splitlines() if line[:1].isdigit()]) == 4
    )
