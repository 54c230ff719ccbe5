"""Chapter one: somebody asks for access, is let in, and learns."""

ANSWERS = {
    "building": "A delivery service for forty shops on one small server, written in Python over PostgreSQL, growing.",
    "change": "My savings end in spring; with the course I would know what to mend first before the shops notice.",
    "start": "On 1 December, six hours a week.",
}


def an_applicant_writes_checks_and_sends(story):
    mira = story.mira
    mira.sign_in("/apply")
    assert mira.path == "/apply"

    refused = mira.press("Check and send", 422, building="Too short", change=ANSWERS["change"])
    assert refused.one("title").raw.startswith("Error:")
    assert refused.one("textarea", name="building").raw.strip() == "Too short"

    mira.press("Check and send", **ANSWERS)
    assert mira.path == "/apply/check"
    assert ANSWERS["building"] in mira.page.text
    mira.press("Send the request")
    assert mira.path == "/application"
    assert "received" in mira.page.text
    mira.open("/learn", 403)


def the_operator_appoints_the_first_admin_who_appoints_reviewers(story):
    story.ada.sign_in()
    story.ada.open("/admin", 403)
    appointed = story.portal.flask("people", "appoint", story.ada.email, "admin")
    assert (appointed.returncode, appointed.stderr) == (0, "")

    story.ada.open("/admin")
    for reviewer in (story.imani, story.tomas):
        reviewer.sign_in()
        reviewer.open("/queue", 403)
        story.ada.open(f"/admin/people?q={reviewer.email}")
        story.ada.press(f"Make reviewer {reviewer.name}")
        reviewer.open("/queue")


def the_admin_drafts_reads_the_mail_and_sends_it(story):
    ada, mira = story.ada, story.mira
    ada.open("/admin/applications")
    assert ANSWERS["building"] in ada.page.text
    ada.press("Grant")
    assert "pending: grant" in ada.page.text
    assert story.portal.mails(mira.email, "Granted") == 0
    mira.open("/learn", 403)

    outbox = ada.open("/admin/applications/outbox")
    words = "Welcome. Start with module 1 and write when you are stuck."
    before, after = (each.raw for each in outbox.all("pre"))
    box = next(outbox.all("textarea"))["name"]
    ada.press("Send all that are ticked", **{box: words})

    mail = story.portal.mail(mira.email, "Granted: your access")
    assert mail.text.strip().splitlines() == f"{before}\n\n{words}\n\n{after}".splitlines()
    assert mail.links == mail.links_of_the_page
    assert f"{story.portal.base_url}/learn" in mail.links
    mira.open("/learn")


def the_learner_ticks_every_module(story):
    mira = story.mira
    modules = [
        link["href"] for link in mira.open("/learn").all("a") if "/learn/modules/" in (link["href"] or "")
    ]
    pages = list(dict.fromkeys(modules))
    assert len(pages) == 10

    for module in pages:
        moves = [
            form["action"] for form in mira.open(module).all("form") if "/moves/" in (form["action"] or "")
        ]
        for move in moves:
            assert mira.send("POST", move, data={"done": "yes"}).status_code == 200

    home = mira.open("/learn")
    assert "10 of 10" in home.text
    assert home.one("ol", class_="tasks").text.count("complete") == 10
    assert list(home.all("a", href="/c/")) == []
