"""Chromium from PATH, one browser for the run, a fresh context for every test."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.house import House, open_house
from tests.browser.windows import Windows, violations_of
from tests.design.preview import serving

expect.set_options(timeout=20_000)  # how long a busy computer may take; a quiet one waits for nothing


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

    return violations_of


@pytest.fixture(scope="session")
def styleguide():
    with serving() as address:
        yield f"{address}/styleguide"


@pytest.fixture(scope="session")
def served(settings, tmp_path_factory):
    """The portal that all windows of `house` share: its application and its address."""
    with open_house(settings, tmp_path_factory.mktemp("store"), review_hold=600) as served:
        yield served


@pytest.fixture
def house(browser, served, sessions, make, clock, tmp_path):
    """The portal with empty tables and a clock to move; at the end nothing may have been wrong with any page."""
    app, address = served
    house = House(app, address, sessions, make, Windows(browser, None), tmp_path)
    house.windows.portal = house
    yield house
    house.windows.close()
    assert house.windows.faults == [], "\n".join(house.windows.faults)
