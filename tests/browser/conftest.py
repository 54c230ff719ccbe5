"""Chromium from PATH, one browser for the run, a fresh context for every test."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.design.preview import serving

AXE = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "the browser tests need Chromium on PATH"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Open an address in a context of its own; every console message and page error fails the test."""
    contexts, complaints = [], []

    def open_one(address, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address, wait_until="networkidle")
        return page

    open_one.complaints = complaints
    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def violations():
    """What axe finds on a page: one line for each element, ready to read."""

    def find(page):
        page.evaluate(AXE)
        found = page.evaluate("rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES)
        return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]

    return find


@pytest.fixture(scope="session")
def styleguide():
    with serving() as address:
        yield f"{address}/styleguide"
