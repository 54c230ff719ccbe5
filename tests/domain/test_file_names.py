import pytest

from app.domain.file_names import without_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("mira-before.csv", "author-before.csv"),
        ("before_MIRA_okafor.csv.gz", "before_author.csv.gz"),
        ("MiraOkafor.json", "author.json"),
        ("okafor.mira/plan after.txt", "author/plan after.txt"),
        ("mira/okafor.csv", "author/author.csv"),
        ("k6-mira's run (2).csv", "k6-author's run (2).csv"),
        ("Mira", "author"),
    ],
)
def test_the_name_of_the_author_is_not_in_it(name, kept):
    assert without_name(name, "Mira Okafor") == kept


@pytest.mark.parametrize(
    "name", ["admiral.csv", "miracle-after.csv", "before.csv", ".gitignore", "plan.mira"]
)
def test_a_name_inside_another_word_or_as_the_ending_stays(name):
    assert without_name(name, "Mira Okafor") == name


@pytest.mark.parametrize(
    ("person", "name", "kept"),
    [
        ("Bo Li", "bo-before.csv", "bo-before.csv"),
        ("Zoë Ångström", "zoë-ångström.csv", "author.csv"),
        ("Łukasz O'Neill", "łukasz oneill.csv", "author oneill.csv"),
        ("", "before.csv", "before.csv"),
    ],
)
def test_short_and_accented_names(person, name, kept):
    assert without_name(name, person) == kept
