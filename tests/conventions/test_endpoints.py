"""What every address keeps, whoever wrote its view. All of it is read from the running url_map."""

import ast
import inspect
import textwrap

from app.web.access import declared
from tests.conventions.source import calls

SAFE = {"GET", "HEAD", "OPTIONS"}
WORDS = {"slug", "key", "name", "provider", "code", "kid", "filename", "language"}
"""Path variables that are words by nature; everything else in a path is an id and has its type."""
GET_THAT_WRITES = {
    "sign_in.callback",  # the provider sends the browser back by GET; the state it brings is used up by it
}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_endpoint_says_who_may_open_it(routes):
    silent = {rule.endpoint for rule in rules(routes) if declared(routes, rule.endpoint) is None}

    assert silent == set(), "put @access(PUBLIC | SIGNED_IN | LEARNER | REVIEWER | ADMIN) under the route"


def test_ids_in_addresses_have_their_type(routes):
    loose = {
        f"{rule.rule}: <{name}>"
        for rule in rules(routes)
        for name, converter in rule._converters.items()
        if type(converter).__name__ not in {"UUIDConverter", "IntegerConverter"} and name not in WORDS
    }

    assert loose == set(), (
        "write <uuid:…> or <int:…>, so that anything else is not found before a query is made"
    )


def test_an_address_does_not_end_in_a_slash(routes):
    assert [rule.rule for rule in rules(routes) if rule.rule.endswith("/") and rule.rule != "/"] == []


def test_a_view_answers_either_reading_or_changing(routes):
    both = [rule.rule for rule in rules(routes) if rule.methods & SAFE - {"OPTIONS"} and rule.methods - SAFE]

    assert both == [], "two views: @bp.get shows, @bp.post changes"


def test_nothing_is_changed_by_reading(routes):
    writing = {
        rule.endpoint
        for rule in rules(routes)
        if "GET" in rule.methods and "writing" in reached(routes.view_functions[rule.endpoint])
    }

    assert writing == GET_THAT_WRITES, (
        "a change has its own POST; links and previews are followed by machines"
    )


def reached(view):
    """What a view calls, through the functions of its own module."""
    module = inspect.getmodule(inspect.unwrap(view))
    known, todo = set(), [inspect.unwrap(view)]
    while todo:
        tree = ast.parse(textwrap.dedent(inspect.getsource(todo.pop())))
        for call in calls(tree) - known:
            known.add(call)
            called = getattr(module, call, None)
            if inspect.isfunction(called) and called.__module__ == module.__name__:
                todo.append(called)
    return known


def test_what_a_view_reaches_is_followed_through_its_helpers(routes):
    assert "writing" in reached(routes.view_functions["profile.save"])
    assert "reading" in reached(routes.view_functions["profile.show"])
    assert "writing" not in reached(routes.view_functions["profile.show"])
