"""The admin's page of work in Chromium: checks that broke and mails that failed are all tried again."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.services import checks, mails
from app.services.outbox import promise_mail
from tests.clock import CLOCK

pytestmark = pytest.mark.browser

LEASE = timedelta(seconds=60)


def broken_check(house, version, name):
    file = house.make.file(version, name=name, data=name.encode())
    with house.sessions.begin() as db:
        checks.promise_check(db, file.id, now=CLOCK["now"])
        claimed = checks.claim_check(db, lease=LEASE, now=CLOCK["now"])
        checks.give_up(db, claimed.run_id, claimed.fence, "It took too long.", now=CLOCK["now"])


def failed_mail(house, person, key):
    with house.sessions.begin() as db:
        promise_mail(db, person.id, "application-granted", {}, dedupe_key=key, now=CLOCK["now"])
        mail = mails.claim_mail(db, lease=LEASE, now=CLOCK["now"])
        mails.give_up(db, mail.mail_id, mail.fence, "The mail server refused it.")


def test_all_that_failed_is_tried_again_without_leaving_the_page(house):
    ada, mira = house.make.person("Ada", roles=("admin",)), house.make.person("Mira")
    version = house.make.version(mira)
    for number in range(3):
        broken_check(house, version, f"plan-{number}.txt")
        failed_mail(house, mira, f"mail-{number}")
    window = house.window(ada)
    page = window.page
    window.visit("/admin/checks", "work-that-failed")
    for words in ("Try all 3 broken checks again", "Send all 3 failed mails again"):
        page.get_by_text(words).click()
        page.locator("details[open]").get_by_role("button", name="Try all again").click()
        expect(page.get_by_text(words)).to_have_count(0)

    expect(page.get_by_text("Nothing is stuck")).to_be_visible()
    window.look("work-tried-again")
