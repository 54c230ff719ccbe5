"""What is tested is what is shipped: the three lists of locked packages agree."""

import re

import pytest

from tests.conventions.source import ROOT

LOCKED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;\n]+)", re.MULTILINE)


def locked(part):
    return dict(LOCKED.findall((ROOT / "requirements" / f"{part}.txt").read_text("utf-8")))


@pytest.mark.parametrize("part", ["demo", "dev"])
def test_every_list_holds_the_packages_of_the_portal_in_their_versions(part):
    runtime, other = locked("runtime"), locked(part)

    assert len(runtime) > 20
    assert {name: other.get(name) for name in runtime} == runtime
