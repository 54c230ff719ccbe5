"""Pictures of the eight screens of a running demo, light, dark and 320 px wide, small enough to keep.

    python -m bench.screens http://localhost:8000     writes docs/screens/, about a minute

Needs Chromium on PATH and a fresh `make demo`: it claims a piece of work, and changes nothing else.
"""

import io
import shutil
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from config import ROOT

OUT = ROOT / "docs" / "screens"
COLOURS = 96
SCREENS = (
    ("s1-learner-home", "Lea Brandt", "/learn"),
    ("s2-capstone", "Joon Park", "/work/three-bottlenecks"),
    ("s3-check-and-send", "Joon Park", "check"),
    ("s4-queue", "Imani Weber", "/queue"),
    ("s5-desk", "Imani Weber", "desk"),
    ("s6-request", "Omar Haddad", "/application"),
    ("s7-decisions", "Ada Moreno", "/admin/applications"),
    ("s8-certificate", "Mira Okafor", "certificate"),
)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 800}


def main(address):
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, person, place in SCREENS:
            page = signed_in(browser, address, person)
            go(page, place)
            take(page, name)
            page.context.close()
        browser.close()


def signed_in(browser, address, person):
    context = browser.new_context(base_url=address, viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("link", name="Continue with").click()
    page.get_by_text(person).first.click()
    page.wait_for_url(f"{address}/**")
    return page


def go(page, place):
    """An address, or the way there that a person takes."""
    if place == "check":
        page.goto("/work/three-bottlenecks")
        page.get_by_role("link", name="Continue to check and send").click()
    elif place == "desk":
        page.goto("/queue")
        page.get_by_role("button", name="Start next").click()
    elif place == "certificate":
        page.goto("/learn")
        page.locator("a[href^='/c/']").first.click()
    else:
        page.goto(place)
    page.wait_for_load_state("networkidle")


def take(page, name):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        keep(page.screenshot(), f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    keep(page.screenshot(), f"{name}-narrow")


def keep(png, name):
    """With a palette, which is a quarter of the size and looks the same."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
