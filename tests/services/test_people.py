import pytest

from app.domain.actors import Introduction
from app.models import Person
from app.services import people


@pytest.mark.parametrize("language", ["de", None])
def test_somebody_new_gets_mails_in_the_language_they_came_in_and_keeps_it(sessions, now, language):
    introduction = Introduction("https://id.example", "7", "Ünsal", "uensal@example.org")

    with sessions.begin() as db:
        person_id = people.meet(db, introduction, language=language, now=now)
    with sessions.begin() as db:
        again = people.meet(db, introduction, language="xx", now=now)

    assert again == person_id
    with sessions() as db:
        assert db.get_one(Person, person_id).language == language
