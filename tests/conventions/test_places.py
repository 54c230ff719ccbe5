"""What no file of the repository may name: somebody's machine, a package registry, a key."""

import re

import pytest

from tests.conventions.source import ROOT, files, named

PATH = "a path of one machine; derive it from __file__ or a setting"
REGISTRY = "a registry's address; the installer knows its own"
SECRET = "a key that looks real; make one when it is needed, or write one that can be none"
# A tilde stands for nothing, so that this file does not find itself.
FORBIDDEN = {
    pattern.replace("~", ""): instead
    for pattern, instead in {
        r"(?<![\w.}])/(?:wo~rk/(?:main|shared)|ro~ot)/": PATH,
        r"(?<![\w.])/ho~me/(?!app\b)[a-z]+/": PATH,
        r"(?:py~pi\.org|pythonhos~ted\.org|registry\.np~mjs|registry\.yarn~pkg)": REGISTRY,
        r"--(?:extra-)?index-ur~l[= ]\S|--find-lin~ks[= ]\S": REGISTRY,
        r"-----BEGIN (?:[A-Z]+ )?PRIV~ATE KEY-----\n[A-Za-z0-9+/]": SECRET,
        r"AK~IA[0-9A-Z]{16}": SECRET,
    }.items()
}
WRONG_ON_PURPOSE = ("/samples/", "tests/evidence/", "tests/faults/")
"""Evidence with the mistakes it must be told about, secrets included."""
OURS = [
    path
    for path in files()
    if not any(part in named(path) for part in WRONG_ON_PURPOSE) and path.parent.name != "requirements"
]


def text(path):
    """Its text; None for pictures, archives and other bytes."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_nothing_names_a_machine_a_registry_or_a_key():
    found = [
        f"{named(path)}: {hit[0]!r}: {instead}"
        for path in OURS
        if (words := text(path)) is not None
        for pattern, instead in FORBIDDEN.items()
        for hit in re.finditer(pattern, words)
    ]

    assert found == []


def test_the_patterns_see_what_they_forbid():
    samples = [
        "open('/wo~rk/main/app')",
        "/ro~ot/.ssh",
        "/ho~me/ada/notes",
        "https://py~pi.org/simple",
        "pip install --index-ur~l https://x",
        "AK~IA" + "A" * 16,
        "-----BEGIN PRIV~ATE KEY-----\nMC4",
    ]

    unseen = [
        sample
        for sample in samples
        if not any(re.search(pattern, sample.replace("~", "")) for pattern in FORBIDDEN)
    ]

    assert unseen == []
    assert len(OURS) > 300


@pytest.mark.parametrize("path", files("requirements"), ids=named)
def test_every_requirement_is_pinned_with_its_hashes_and_no_address(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    requirements = re.split(r"\n(?=\S)", "\n".join(lines).strip())

    assert len(requirements) > 10
    assert [one for one in requirements if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ ", one)] == []
    assert [one for one in requirements if "--hash=sha256:" not in one or "://" in one] == []


def test_the_npm_lock_has_hashes_and_no_addresses():
    lock = (ROOT / ".ci/oidc/package-lock.json").read_text("utf-8")

    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
