"""Every test that docs/requirements.md names exists, and every promise has one."""

import re

from tests.conventions.source import ROOT

ROWS = re.findall(r"^\| (\d+) \| (.+)$", (ROOT / "docs/requirements.md").read_text("utf-8"), re.MULTILINE)
NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")


def test_every_promise_names_tests_that_exist():
    named = {number: NAMED.findall(row) for number, row in ROWS}
    missing = [
        f"{path}::{test}"
        for tests in named.values()
        for path, test in tests
        if f"def {test}(" not in (ROOT / "tests" / path).read_text("utf-8")
    ]

    assert [number for number, tests in named.items() if not tests] == []
    assert list(named) == [str(number) for number in range(1, 26)]
    assert missing == []
