"""Rubrics edited by admins, as their pages do it: with the script's headers, and without any script."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.course.rubric_drafts import fields_of
from app.models import Review, RubricDraft, RubricRewording, RubricVersion, SubmissionVersion
from app.words import speaking
from app.words.catalogue import ENGLISH
from tests.browser_client import Browser

SLUG = "three-bottlenecks"


@pytest.fixture
def root(make):
    return make.person("Root", roles=("admin",))


@pytest.fixture
def live(make):
    return make.rubric(SLUG)


@pytest.fixture
def first(course):
    return course.capstone(SLUG).rubric.criteria[0]


@pytest.fixture
def draft(client, sessions, root, live):
    client.sign_in(root)
    answer = client.post(f"/admin/rubrics/{SLUG}/draft")
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def typed(sessions, draft):
    """The fields of the editor as they are saved now, with these changed."""

    def typed(**fields):
        with sessions() as db:
            row = db.scalar(select(RubricDraft))
            return fields_of(row.content) | {"tag": str(row.tag)} | fields

    return typed


def saved(sessions):
    with sessions() as db:
        row = db.scalar(select(RubricDraft))
        return row.tag, fields_of(row.content), [each["key"] for each in row.content["criteria"]]


def text(answer):
    return answer.get_data(as_text=True)


def test_the_list_names_every_capstone_its_versions_and_the_work_under_each(client, make, root, course, live):
    make.version(make.person("Omar"), state="submitted", files=1)
    rated = make.version(make.person("Lin"), state="in_review", files=1)
    make.review(rated, make.person("Rosa", roles=("reviewer",)), state="released")
    client.sign_in(root)

    page = text(client.get("/admin/rubrics"))

    row = re.search(r"/capstones/three-bottlenecks/rubric/1\".*?</tr>", page, re.S)[0]
    assert [capstone.title in page for capstone in course.capstones] == [True] * 5
    assert re.findall(r'class="number">(\d+)<', row) == ["2", "1"]
    assert ("in force" in row, "the course file" in row) == (True, True)


def test_the_list_costs_the_same_with_more_versions(
    client, make, sessions, root, live, count_selects, typed, draft
):
    client.get("/admin/rubrics")
    with count_selects() as few:
        client.get("/admin/rubrics")
    publish(client, draft, typed, threshold="14")

    with count_selects() as more:
        client.get("/admin/rubrics")

    assert len(more) == len(few)


def publish(client, draft, typed, effect="new_work", **fields):
    client.post(draft, data=typed(**fields))
    page = text(client.get(f"{draft}/preview"))
    hidden = dict(re.findall(r'name="(tag|against)" value="([^"]*)"', page))
    return client.post(f"{draft}/publish", data=hidden | {"effect": effect})


def test_a_draft_is_opened_once_and_shows_every_word(client, draft, first):
    again = client.post(f"/admin/rubrics/{SLUG}/draft")
    page = text(client.get(draft))

    assert again.location == draft
    assert (first.title in page, f'name="says-{first.key}-4"' in page, 'name="threshold"' in page) == (
        True,
    ) * 3
    assert "To be mended" not in page
    assert "Go on with the draft" in text(client.get("/admin/rubrics"))


def test_the_script_saves_and_is_told_when_somebody_else_has(client, make, sessions, draft, typed, first):
    name = f"title-{first.key}"
    fields, script = typed(**{name: "Mine"}), {"X-Autosave": "1"}

    done = client.post(draft, data=fields, headers=script)
    client.sign_in(make.person("Other Admin", roles=("admin",)))
    refused = client.post(draft, data=fields | {name: "Theirs"}, headers=script)

    assert (done.status_code, done.json["tag"]) == (200, 1)
    assert (refused.status_code, refused.json["tag"], refused.json["by"]) == (409, 1, "Root")
    assert refused.json["fields"][name] == "Mine"
    assert saved(sessions)[1][name] == "Mine"


def test_without_a_script_both_texts_are_shown_and_one_is_kept(client, sessions, draft, typed, first):
    name = f"title-{first.key}"
    fields = typed()
    client.post(draft, data=fields | {name: "Saved first"})

    refused = client.post(draft, data=fields | {name: "Saved later"})
    kept = client.post(draft, data=typed(**{name: "Saved later"}))

    page = text(refused)
    assert refused.status_code == 409
    assert ("Saved first" in page, "Saved later" in page, 'name="tag" value="1"' in page) == (True,) * 3
    assert "Criterion 1: Name" in page
    assert (kept.status_code, saved(sessions)[1][name]) == (303, "Saved later")


def test_a_text_that_is_too_long_stays_in_its_box(client, sessions, draft, typed, first):
    name = f"title-{first.key}"

    refused = client.post(draft, data=typed(**{name: "x" * 301}))
    script = client.post(draft, data=typed(**{name: "x" * 301}), headers={"X-Autosave": "1"})

    assert (refused.status_code, script.status_code) == (422, 422)
    assert ("x" * 301 in text(refused), "Use at most 300 characters" in text(refused)) == (True, True)
    assert script.json == {"message": "Use at most 300 characters; this has 301."}
    assert saved(sessions)[0] == 0


def test_buttons_save_what_was_typed_and_then_move_remove_and_add(client, sessions, draft, typed, first):
    _, _, keys = saved(sessions)

    down = client.post(draft, data=typed(do=f"down:{keys[0]}", **{f"title-{first.key}": "Typed"}))
    assert down.location.endswith(f"{draft}#criterion-{keys[0]}")
    assert saved(sessions)[2][:2] == [keys[1], keys[0]]
    assert saved(sessions)[1][f"title-{first.key}"] == "Typed"

    client.post(draft, data=typed(do=f"remove:{keys[1]}"))
    assert saved(sessions)[2] == [keys[0], *keys[2:]]

    client.post(draft, data=typed(then="stay", new_key="rollback"))
    assert saved(sessions)[2] == [keys[0], *keys[2:], "rollback"]
    assert "level 1: `label` is empty." in text(client.get(draft))

    refused = client.post(draft, data=typed(do="add:", new_key="Not a key"))
    assert (refused.status_code, "Use small letters" in text(refused), "Not a key" in text(refused)) == (
        422,
        True,
        True,
    )


def test_what_is_to_be_mended_is_told_as_it_is_typed(client, sessions, draft, typed, first):
    answer = client.post(f"{draft}/mistakes", data=typed(**{f"points-{first.key}-3": "x"}))

    assert f'href="#points-{first.key}-3"' in text(answer)
    assert f"Criterion 1, “{first.title}”, level 3: `points` must be a whole number." in text(answer)
    assert saved(sessions)[0] == 0


def test_the_preview_shows_wording_and_both_effects(client, draft, typed, first):
    client.post(draft, data=typed(then="preview", **{f"title-{first.key}": "Better words"}))

    page = text(client.get(f"{draft}/preview"))

    assert "Wording only: nothing that decides a rating changes" in page
    assert re.findall(r'name="effect" value="(\w+)"', page) == ["new_work", "retag"]
    assert re.search(r"<del[^>]*>" + re.escape(first.title), page)
    assert re.search(r"<ins[^>]*>Better words", page)
    assert (first.reviewer_note in page, first.levels[3].description in page) == (True, True)


def test_the_preview_of_a_change_of_structure_offers_no_retag(client, draft, typed, first):
    client.post(draft, data=typed(threshold="14"))

    page = text(client.get(f"{draft}/preview"))

    assert "Structure: it changes what decides a rating" in page
    assert re.findall(r'name="effect" value="(\w+)"', page) == ["new_work"]


def test_a_draft_with_a_mistake_has_no_button_to_publish_it(client, draft, typed, first):
    client.post(draft, data=typed(**{f"label-{first.key}-1": ""}))

    page = text(client.get(f"{draft}/preview"))
    forced = publish(client, draft, typed)

    assert ("It cannot be published yet" in page, "Publish the new version" in page) == (True, False)
    assert (forced.status_code, "Publish" in text(forced)) == (422, False)


def numbers(db):
    """The versions of the rubric there are."""
    query = select(RubricVersion.number).where(RubricVersion.capstone_slug == SLUG)
    return db.scalars(query.order_by(RubricVersion.number)).all()


def test_publishing_twice_is_once_and_the_brief_shows_the_new_words(client, sessions, draft, typed, first):
    name = f"title-{first.key}"
    fields = typed(**{name: "Better words"})
    client.post(draft, data=fields)
    page = text(client.get(f"{draft}/preview"))
    hidden = dict(re.findall(r'name="(tag|against)" value="([^"]*)"', page)) | {"effect": "retag"}

    answers = [client.post(f"{draft}/publish", data=hidden) for _ in range(2)]

    with sessions() as db:
        assert numbers(db) == [1, 2]
        assert db.scalar(select(func.count()).select_from(RubricRewording)) == 1
    assert [answer.status_code for answer in answers] == [303, 303]
    assert client.get(draft).status_code == 404
    assert client.get(f"{draft}/preview").status_code == 404
    assert "Better words" in text(client.get(f"/capstones/{SLUG}"))
    assert "an admin’s draft" in text(client.get("/admin/rubrics"))
    assert f"flask course rubric export {SLUG}" in text(client.get("/admin/rubrics"))


def test_a_preview_that_is_out_of_date_publishes_nothing(client, sessions, draft, typed, live):
    client.post(draft, data=typed(threshold="14"))
    old = {"tag": "0", "against": str(live.id), "effect": "new_work"}

    answer = client.post(f"{draft}/publish", data=old)

    assert (answer.status_code, "The draft was saved since" in text(answer)) == (409, True)
    with sessions() as db:
        assert numbers(db) == [1]


def test_a_draft_is_discarded_by_whoever_has_read_it(client, sessions, draft, typed):
    client.post(draft, data=typed(threshold="14"))

    refused = client.post(f"{draft}/discard", data={"tag": "0"})
    done = [client.post(f"{draft}/discard", data={"tag": "1"}) for _ in range(2)]

    assert refused.status_code == 409
    assert [answer.status_code for answer in done] == [303, 303]
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(RubricDraft)) == 0


def test_every_version_stays_readable_for_everybody(client, app, sessions, draft, typed, first):
    publish(client, draft, typed, **{f"title-{first.key}": "Better words"})
    client = Browser(app, sessions)

    old, new = (text(client.get(f"/capstones/{SLUG}/rubric/{number}")) for number in (1, 2))

    assert (first.title in old, "This is not the newest version" in old) == (True, True)
    assert ("Better words" in new, "This is not the newest version" in new) == (True, False)
    assert first.reviewer_note not in old
    assert client.get(f"/capstones/{SLUG}/rubric/3").status_code == 404
    assert client.get("/capstones/none-such/rubric/1").status_code == 404


def test_a_criterion_added_elsewhere_keeps_what_the_older_page_does_not_know(
    client, make, sessions, draft, typed, course, now
):
    older = typed()
    with sessions.begin() as db:
        row = db.scalar(select(RubricDraft))
        content = dict(row.content)
        content["criteria"] = [
            *content["criteria"],
            content["criteria"][0] | {"key": "rollback", "must_pass": True},
        ]
        row.content, row.tag = content, 1

    client.post(draft, data=older | {"tag": "1", "threshold": "14"})

    assert saved(sessions)[1]["must_pass-rollback"] == "yes"


def test_whose_words_a_rating_was_given_and_is_shown_in(
    client, make, draft, typed, first, course, sessions, now
):
    mira, rosa = make.person("Mira Okafor"), make.person("Rosa", roles=("reviewer",))
    version = make.version(mira, state="in_review", files=1)
    before = make.review(version, rosa, state="released", decided_at=now - timedelta(days=2))
    waiting = make.version(make.person("Omar"), state="in_review", files=1)
    claimed = make.review(waiting, rosa)
    label = f"label-{first.key}-4"
    publish(client, draft, typed, "retag", **{label: "Best of all"})

    client.sign_in(mira)
    feedback, history = text(client.get(f"/reviews/{before.id}/feedback")), text(client.get(f"/work/{SLUG}"))
    client.sign_in(rosa)
    desk = text(client.get(f"/reviews/{claimed.id}"))

    used = [plain(page) for page in (feedback, history, desk)]
    assert ["Rubric version 1, shown in the words of version 2" in page for page in used] == [
        True,
        True,
        False,
    ]
    assert "Rubric version 1, given in the words of version 2" in used[2]
    assert ["Best of all" in page for page in used] == [True, False, True]
    assert f'href="/capstones/{SLUG}/rubric/1"' in feedback
    with sessions() as db:
        assert db.get_one(Review, before.id).rubric_version_id == before.rubric_version_id


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_new_work_only_leaves_sent_work_alone(client, make, sessions, draft, typed, course, now, live, first):
    sent = make.version(make.person("Omar"), state="in_review", files=1)
    review = make.review(sent, make.person("Rosa", roles=("reviewer",)), state="released")
    publish(client, draft, typed, threshold="14", **{f"title-{first.key}": "Better words"})

    client.sign_in(make.person("Ada", roles=("reviewer",)))
    page = text(client.get(f"/reviews/{review.id}/feedback"))

    assert "Rubric version 1 · version 2 rates new work" in plain(page)
    assert (first.title in page, "Better words" in page) == (True, False)
    with sessions() as db:
        newest = db.scalar(select(RubricVersion.id).where(RubricVersion.number == 2))
        assert db.get_one(SubmissionVersion, sent.id).rubric_version_id == live.id != newest


def test_a_learner_is_told_when_the_rules_have_changed_since_the_draft_was_begun(
    client, make, root, draft, typed, first
):
    mira = make.person("Mira Okafor")
    make.version(mira)
    publish(client, draft, typed, **{f"title-{first.key}": "Better words"})
    client.sign_in(mira)
    words_only = text(client.get(f"/work/{SLUG}"))
    client.sign_in(root)
    again = client.post(f"/admin/rubrics/{SLUG}/draft").location
    publish(client, again, typed, threshold="14")

    client.sign_in(mira)
    rules = text(client.get(f"/work/{SLUG}"))

    assert "The rubric has changed" not in words_only
    assert ("The rubric has changed" in rules, f"/capstones/{SLUG}/rubric/3" in rules) == (True, True)


def test_admins_who_read_german_edit_in_german(client, sessions, draft, typed, first):
    client.post(draft, data=typed(**{f"label-{first.key}-1": "", "threshold": "14"}))
    german = {"Accept-Language": "de"}

    with speaking(ENGLISH):  # what the requests speak ends with the block
        editor, preview, refused = (
            text(client.get(draft, headers=german)),
            text(client.get(f"{draft}/preview", headers=german)),
            client.post(
                draft, data=typed(**{f"title-{first.key}": "x" * 301}), headers=german | {"X-Autosave": "1"}
            ),
        )

    assert "Bewertungsraster von Three bottlenecks, Entwurf" in editor
    assert f"Kriterium 1, „{first.title}“, Stufe 1: `label` ist leer." in editor
    assert "Struktur: Es ändert sich, was über eine Bewertung entscheidet" in preview
    assert refused.json["message"] == "Höchstens 300 Zeichen; hier sind es 301."
