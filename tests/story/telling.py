"""The order of the story: each step leaves behind what the next one needs."""

from dataclasses import dataclass, field

from tests.story import applying, certifying, proving, reviewing
from tests.story.people import Person


@dataclass
class Story:
    """Who is in it, and what they hold in their hands between two steps."""

    portal: object
    mira: Person
    ada: Person
    imani: Person
    tomas: Person
    kept: dict = field(default_factory=dict)


def begin(portal):
    names = ("Mira", "Ada", "Imani", "Tomas")
    return Story(portal, *(Person(portal, name, f"{name.lower()}@example.org") for name in names))


def until_the_certificate(story):
    applying.an_applicant_writes_checks_and_sends(story)
    applying.the_operator_appoints_the_first_admin_who_appoints_reviewers(story)
    applying.the_admin_drafts_reads_the_mail_and_sends_it(story)
    applying.the_learner_ticks_every_module(story)

    proving.the_learner_uploads_by_script_by_form_and_by_paste(story)
    proving.wrong_bytes_are_refused_in_words(story)
    proving.a_claim_is_contradicted_by_its_evidence(story)
    proving.the_learner_sends_with_a_reason_and_gets_one_receipt(story)

    reviewing.a_first_claim_waits_for_an_example(story)
    reviewing.one_reviewer_claims_and_the_other_sees_the_lease(story)
    reviewing.a_stale_window_loses_no_word(story)
    reviewing.the_reviewer_asks_for_changes(story)
    reviewing.the_learner_mends_the_claim_in_the_second_version(story)
    reviewing.the_reviewer_passes_the_second_version(story)
    reviewing.two_more_capstones_bring_the_certificate(story)


def after_the_certificate(story):
    certifying.a_stranger_verifies_the_certificate(story)
    certifying.the_operator_verifies_it_too(story)
    certifying.the_admin_revokes_it_and_everybody_sees(story)
    certifying.the_trail_holds_and_the_doctor_is_content(story)
    certifying.a_copied_cookie_dies_with_the_sign_out(story)
