"""What each layer keeps out of, beyond the imports that import-linter knows."""

import ast

import pytest

from tests.conventions.source import ROOT, calls, files, functions, imports, modules, named, tree

SERVICES = [path for path in modules("app/services") if path.name != "__init__.py"]
QUERIES = [path for path in modules("app/queries") if path.name != "__init__.py"]
TIMELESS = [
    *SERVICES,
    *QUERIES,
    *modules("app/domain", "app/evidence", "app/pictures", "app/course", "app/models"),
]
FLASK_BELONGS = ("app/web/", "app/cli/", "app/factory.py")
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "dt.datetime.now", "datetime.datetime.now",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "func.now", "func.current_timestamp",
    "func.clock_timestamp", "func.statement_timestamp",
}  # fmt: skip
ENDS = ("commit", "rollback", "begin", "close")


@pytest.mark.parametrize("path", [*SERVICES, *QUERIES], ids=named)
def test_services_and_queries_leave_the_transaction_to_whoever_calls(path):
    ended = {call for call in calls(tree(path)) if call.startswith("db.") and call.split(".")[-1] in ENDS}

    assert ended == set(), "the caller commits: the web in writing(), the worker around its short write"


@pytest.mark.parametrize("path", TIMELESS, ids=named)
def test_time_is_an_argument(path):
    assert calls(tree(path)) & CLOCKS == set(), (
        "take `now` as an argument; the web and the worker own the clock"
    )


@pytest.mark.parametrize("path", [*SERVICES, *QUERIES], ids=named)
def test_sql_does_not_read_the_clock_either(path):
    said = [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and any(clock in node.value.lower() for clock in ("now()", "current_timestamp", "current_date"))
    ]  # fmt: skip

    assert said == [], "bind :now; the database's clock is another clock"


@pytest.mark.parametrize("path", modules("app", "worker", "embedded"), ids=named)
def test_flask_is_imported_by_the_web_alone(path):
    flask = {name for name in imports(path) if name.split(".")[0] in {"flask", "flask_login", "werkzeug"}}

    allowed = named(path).startswith((*FLASK_BELONGS, "embedded/", "app/adapters/identity.py"))

    assert not flask or allowed, f"{flask}: pass values down instead of the request or the application"


def public(path):
    """The public functions of a module, not its classes' methods."""
    return [(name, node) for name, node in functions(path) if "." not in name and not name.startswith("_")]


@pytest.mark.parametrize("path", [*SERVICES, *QUERIES], ids=named)
def test_a_service_or_query_says_what_its_signature_cannot(path):
    silent = [name for name, node in public(path) if not ast.get_docstring(node)]

    assert silent == [], "one line, present tense: the effect, the guarantee, the reason"


@pytest.mark.parametrize("path", [*SERVICES, *QUERIES], ids=named)
def test_now_is_given_by_name(path):
    by_position = [name for name, node in public(path) if "now" in {one.arg for one in node.args.args}]

    assert by_position == [], "put `now` after `*`, last"


@pytest.mark.parametrize("path", [*SERVICES, *QUERIES], ids=named)
def test_a_boolean_is_given_by_name(path):
    unnamed = [
        f"{name}({one.arg})"
        for name, node in public(path)
        for one in node.args.args
        if one.annotation is not None and ast.unparse(one.annotation) == "bool"
    ]

    assert unnamed == [], "put it after `*`: nobody can read a bare True"


@pytest.mark.parametrize("path", modules("app/models"), ids=named)
def test_related_rows_are_never_fetched_by_surprise(path):
    loose = [
        ast.unparse(call)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "relationship"
        and not any(word.arg == "lazy" and ast.unparse(word.value) == "'raise'" for word in call.keywords)
    ]  # fmt: skip

    assert loose == [], "lazy='raise': a query says what it loads"


BROAD = {"None", "Exception", "BaseException"}
CAUGHT_WHOLE = {
    "app/evidence/registry.py": "around a checker: a mistake of ours never counts against the learner",
    "worker/checking.py": "around a job: recorded with the run",
    "worker/mailing.py": "around a job: recorded with the mail",
    "worker/rounds.py": "around a round: logged, and the next one comes in a second",
}


def test_exceptions_are_caught_whole_in_few_known_places():
    broad = {
        named(path)
        for path in modules("app", "worker")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in BROAD)
        and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
    }

    assert broad == set(CAUGHT_WHOLE), "catch only what you can answer; clean up and raise, or name it here"


def test_every_module_says_what_it_is():
    silent = [
        named(path)
        for path in [
            *modules("app", "worker", "embedded", "migrations"),
            ROOT / "config.py",
            ROOT / "wsgi.py",
        ]
        if path.read_text("utf-8").strip() and not ast.get_docstring(tree(path))
    ]

    assert silent == []


def test_the_rules_see_what_they_forbid():
    sample = ast.parse("def f(db, now):\n    db.commit()\n    return datetime.now(UTC), func.now()")

    assert calls(sample) & CLOCKS == {"datetime.now", "func.now"}
    assert "db.commit" in calls(sample)
    assert [path for path in files() if ".venv" in path.parts] == []
