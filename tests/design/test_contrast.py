"""Every pair of colours that meets on a page, computed from the tokens as WCAG 2.2 defines contrast."""

import re

import pytest

from tests.design.preview import ROOT

CSS = (ROOT / "static/portal.css").read_text("utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
}
# foreground, background, least contrast in light, in dark: the figures of the design, rounded down
PAIRS = [
    ("ink", "bg", 16.0, 15.0),
    ("ink", "surface", 16.0, 13.0),
    ("ink", "sunken", 14.0, 15.0),
    ("ink", "mark", 14.7, 8.6),
    ("ink", "info-bg", 7.0, 7.0),
    ("ink", "pass-bg", 7.0, 7.0),
    ("ink", "warn-bg", 7.0, 7.0),
    ("ink", "fail-bg", 7.0, 7.0),
    ("muted", "bg", 6.8, 8.4),
    ("muted", "surface", 6.8, 7.0),
    ("muted", "sunken", 6.2, 8.8),
    ("muted", "info-bg", 4.5, 4.5),
    ("accent", "surface", 7.3, 8.3),
    ("accent", "bg", 7.0, 8.3),
    ("accent", "sunken", 4.5, 4.5),
    ("accent-hover", "surface", 10.2, 10.5),
    ("accent-hover", "sunken", 7.0, 7.0),
    ("on-accent", "accent", 7.3, 8.8),
    ("on-accent", "accent-hover", 7.3, 8.8),
    ("control", "surface", 4.7, 5.1),
    ("control", "bg", 3.0, 3.0),
    ("pass", "pass-bg", 5.6, 7.8),
    ("warn", "warn-bg", 6.3, 8.5),
    ("fail", "fail-bg", 5.7, 7.8),
    ("fail", "surface", 4.5, 4.5),
    ("fail", "bg", 4.5, 4.5),
    ("warn", "bg", 4.5, 4.5),
    ("warn", "surface", 4.5, 4.5),
    ("accent", "info-bg", 6.3, 7.5),
    ("before", "surface", 5.9, 7.8),
]


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("front", "back", "light", "dark"), PAIRS, ids=lambda value: str(value))
def test_a_pair_of_tokens_has_its_contrast_in_both_schemes(front, back, light, dark):
    in_light = contrast(TOKENS[front][0], TOKENS[back][0])
    in_dark = contrast(TOKENS[front][1], TOKENS[back][1])

    assert in_light >= light
    assert in_dark >= dark


def test_the_measure_is_right():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_every_colour_token_is_measured_or_decoration():
    measured = {name for pair in PAIRS for name in pair[:2]}

    assert set(TOKENS) - measured == {"line"}


def test_parts_use_tokens_and_never_a_colour_of_their_own():
    parts = re.sub(r"\.qr-figure \{.*?\}", "", CSS.split("@layer base")[1])  # scanners want black on white

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,\s)])", parts) == []


def test_the_layers_are_declared_in_order():
    declared = re.search(r"@layer ([a-z, ]+);", CSS)

    assert declared is not None
    assert declared[1] == "reset, tokens, base, layout, parts, print"
    assert re.findall(r"@layer ([a-z]+) \{", CSS) == declared[1].split(", ")
