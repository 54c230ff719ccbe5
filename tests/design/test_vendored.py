"""Parts made by others are byte for byte what the lock says, and nothing lies beside the lock."""

import re
import tomllib
from hashlib import sha256

import pytest
from fontTools.ttLib import TTFont

from tests.design.preview import ROOT

LOCK = tomllib.loads((ROOT / "static/vendor.toml").read_text("utf-8"))
KEPT = [*LOCK["asset"], LOCK["sprite"]]


@pytest.mark.parametrize("part", KEPT, ids=lambda part: part["path"])
def test_a_vendored_part_has_the_locked_bytes(part):
    found = sha256((ROOT / part["path"]).read_bytes()).hexdigest()

    assert found == part["sha256"]


def test_every_font_and_minified_script_is_in_the_lock():
    kept = {part["path"] for part in KEPT}

    foreign = {
        str(path.relative_to(ROOT))
        for folder in ("static", "tests/browser")
        for path in (ROOT / folder).rglob("*")
        if path.suffix == ".woff2" or path.name.endswith(".min.js")
    }

    assert foreign | {"static/icons.svg"} == kept


LETTERS = {
    "inter-latin": "äöüÄÖÜßéèñçåøæœ„“”‚‘’«»‹›–—…·×−§°µ€ 0123456789",
    "inter-latin-ext": "łŁżŻśćńąęřžšŠčďťůőűğĞİşŞățȚșȘāēīūģķļņōươǎǐɓɗƙŋɛɔẞ₺₹₽",
}
"""What names, money and sentences are set in, by font."""


@pytest.mark.parametrize("name", LETTERS)
def test_a_font_has_the_letters_and_weights_that_pages_are_set_in(name):
    (part,) = [asset for asset in LOCK["asset"] if asset["path"] == f"static/fonts/{name}.woff2"]
    font = TTFont(ROOT / part["path"])
    sheet = (ROOT / "static/portal.css").read_text("utf-8")

    weight = font["fvar"].axes[0]
    written = re.search(rf"{name}\.woff2.*?unicode-range: ([^;]+);", sheet, re.DOTALL)[1]

    assert set(LETTERS[name]) - set(map(chr, font.getBestCmap())) == set()
    assert (weight.minValue, weight.maxValue) == (400, 650)
    assert re.sub(r"\s", "", written) == part["part_of"]["glyphs"]


def test_the_lock_names_no_registry():
    assert "://" not in (ROOT / "static/vendor.toml").read_text("utf-8")


def test_every_licence_has_its_text():
    licences = (ROOT / "static/LICENSES.md").read_text("utf-8")

    headings = re.findall(r"^## .*`(.+)`", licences, re.MULTILINE)

    assert headings == ["htmx.min.js", "icons.svg", "fonts/", "tests/browser/axe.min.js"]


def test_the_sprite_holds_the_locked_icons_and_ours():
    sprite = (ROOT / "static/icons.svg").read_text("utf-8")

    symbols = set(re.findall(r'<symbol id="([^"]+)"', sprite))

    assert symbols == set(LOCK["sprite"]["icons"]) | set(LOCK["sprite"]["ours"])


def test_every_icon_a_template_or_script_asks_for_is_in_the_sprite():
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/**/*.js")]
    asked = set()
    for source in sources:
        text = source.read_text("utf-8")
        asked |= set(re.findall(r"""\bicon\(['"]([a-z0-9-]+)['"]""", text))
        asked |= set(re.findall(r"""icons\.svg'\) \}\}#([a-z0-9-]+)""", text))
        asked |= set(re.findall(r"""icon='([a-z0-9-]+)'""", text))
        asked |= set(re.findall(r"""'(?:quiet|info|pass|warn|fail|secondary)', '([a-z0-9-]+)'[,) ]""", text))
    states = (ROOT / "templates/macros/parts/states.html").read_text("utf-8")
    asked |= set(re.findall(r"""\('(?:quiet|info|pass|warn|fail)', '([a-z0-9-]+)'""", states))

    assert asked - set(LOCK["sprite"]["icons"]) - set(LOCK["sprite"]["ours"]) == set()
