"""A person's window in Chromium: it goes through the story and is looked at on the way.

What is wrong with a page is noted, not raised, so that one run names everything; the test asserts that nothing was.
"""

import re
from pathlib import Path

AXE = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What a page that was judged in light can still have wrong in dark: only colours differ (`light-dark()` in tokens)."""
RUN = "rules => axe.run({runOnly: rules}).then(result => result.violations)"
NARROW, WIDE = {"width": 320, "height": 700}, {"width": 1180, "height": 900}
OPTIONS = {
    "viewport": WIDE,
    "reduced_motion": "reduce",
}  # colours that are still changing would be measured half-way
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4(03|04|09|22)")


def violations_of(page, rules=ALL):
    """What axe finds on a page: one line for each element, ready to read."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return [
        f"{one['id']}: {node['html'][:160]}" for one in page.evaluate(RUN, rules) for node in one["nodes"]
    ]


def violations_by_scheme(page):
    """What axe finds in light, then what of its colours it finds in dark: pairs of scheme and line."""
    for scheme, rules in (("light", ALL), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        yield from ((scheme, line) for line in violations_of(page, rules))
    page.emulate_media(color_scheme="light")


class Windows:
    """Opens windows on one portal; `faults` is what was wrong."""

    def __init__(self, browser, portal):
        self.browser, self.portal = browser, portal
        self.faults, self.contexts = [], []
        self.expected = EXPECTED

    def open(self, name, **options):
        context = self.browser.new_context(**OPTIONS | {"base_url": self.portal.base_url} | options)
        self.contexts.append(context)
        return Window(self, context.new_page(), name)

    def expect(self, *words):
        """What the console will say besides: a test that breaks something on purpose names it."""
        self.expected = re.compile("|".join([EXPECTED.pattern, *map(re.escape, words)]))

    def close(self):
        """Close all of them; a fault named twice is one fault."""
        self.faults = list(dict.fromkeys(self.faults))
        for context in self.contexts:
            context.close()


class Window:
    """One window of one person. `page` is Playwright's."""

    def __init__(self, windows, page, name):
        self.windows, self.page, self.name = windows, page, name
        page.set_default_timeout(30_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(str(error)))

    def sign_in(self, onward="/"):
        self.page.goto(f"/sign-in?next={onward}")
        self.page.get_by_role("link", name="Continue with").click()
        self.page.get_by_label("Name").fill(self.name)
        self.page.get_by_label("E-mail").fill(f"{self.name.lower()}@example.org")
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        return self

    def visit(self, address, title=None):
        """Go there and look at it."""
        self.page.goto(address)
        self.look(title or address.strip("/").replace("/", "-") or "home")

    def press(self, label):
        self.page.get_by_role("button", name=label, exact=True).click()

    def look(self, title):
        """Judge the page in light and dark, and how it fits a narrow screen."""
        self.page.wait_for_load_state("networkidle")
        for scheme, violation in violations_by_scheme(self.page):
            self._note(f"{title} ({scheme}): {violation}")
        self.page.set_viewport_size(NARROW)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            self._note(f"{title} is {width} px wide on a screen of {NARROW['width']}")
        self.page.set_viewport_size(WIDE)

    def _hear(self, message):
        if message.type in ("error", "warning") and not self.windows.expected.match(message.text):
            self._note(f"{message.text} {message.location}")

    def _note(self, fault):
        self.windows.faults.append(f"{self.name} at {self.page.url}: {fault}")
