"""What a check said is recognised by its rule's text and told with the same values."""

from itertools import islice
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source
from app.words.catalogue import LANGUAGES, catalogue
from app.words.extract import in_rules, said_by_checks
from app.words.retelling import Phrases, Retelling

FOLDER = Path(registry.__file__).parent
SAMPLES_OF_A_KIND = 12
GERMAN = {
    "{n} requests, p99 from {low} to {high} ms.": "{n} Requests, p99 von {low} bis {high} ms.",
    "{count} {count:alert has|alerts have} no `{field}`.": "{count} {count:Alarm hat|Alarme haben} kein `{field}`.",
    "Nothing to do.": "Nichts zu tun.",
    "{text}.": "Nie {text}.",
    "The table could not be read: {reason}": "Die Tabelle war nicht lesbar: {reason}",
    "Use {name}, then {name} again.": "Erst {name}, dann wieder {name}.",
}


@pytest.fixture(scope="module")
def german():
    return Retelling(GERMAN, LANGUAGES["de"].number)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nothing to do.", "Nichts zu tun."),
        ("1,525 requests, p99 from 17.3 to 26.9 ms.", "1.525 Requests, p99 von 17,3 bis 26,9 ms."),
        ("1 alert has no `a.b`.", "1 Alarm hat kein `a.b`."),
        ("3 alerts have no `1.5`.", "3 Alarme haben kein `1.5`."),
        ("The table could not be read: Nothing to do.", "Die Tabelle war nicht lesbar: Nothing to do."),
        ("The table could not be read: 10.0.0.1, no", "Die Tabelle war nicht lesbar: 10.0.0.1, no"),
        ("Use a, then a again.", "Erst a, dann wieder a."),
    ],
)  # fmt: skip
def test_the_same_values_stand_in_the_other_language(german, text, told):
    assert german.told(text) == told


PHRASES = {
    "it ends too early": "sie endet zu früh",
    "the decision": "die Entscheidung",
    "the end": "das Ende",
    " and ": " und ",
    " to ": " bis ",
    " and {count} more": " und {count} weitere",
    "{size} kB on disk": "{size} kB auf der Platte",
    " ({n} requests)": " ({n} Requests)",
    "The file gives {span}{basis}; {said} is the same.": "Die Datei ergibt {span}{basis}; {said} ist dasselbe.",
    "days": "Tage",
    "start": "Beginn",
    "column {name}": "Spalte {name}",
    "The claim says {said}. {hint}": "Die Angabe sagt {said}. {hint}",
}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("it ends too early", "sie endet zu früh"),
        ("the decision, the end", "die Entscheidung, das Ende"),
        ("the decision and the end", "die Entscheidung und das Ende"),
        ("A.B, C and 1,005 more", "A.B, C und 1.005 weitere"),
        ("the end and 2 more", "das Ende und 2 weitere"),
        ("1,024 kB on disk", "1.024 kB auf der Platte"),
        ("30.5 days", "30,5 Tage"),
        ("4 min 19.5 s", "4 min 19,5 s"),
        ("column start, column latency_ms", "Spalte start, Spalte latency_ms"),
        ("The claim says 1.5 ms. 2 days", "Die Angabe sagt 1,5 ms. 2 Tage"),
        ("c3/a.csv: column start, column ms", "c3/a.csv: Spalte start, Spalte ms"),
        ("a.csv: somebody's words", None),
        ("the decision, and somebody's words", None),
        ("in two days", None),
        ("orders-api", None),
    ],
)
def test_phrases_and_lists_of_them_stand_in_fields_in_the_other_language(value, told):
    phrases = Phrases(PHRASES, LANGUAGES["de"].number)
    german = Retelling({"It was refused: {reason}": "Abgelehnt: {reason}"}, str, phrases)

    assert phrases.value(value) == told
    assert german.told(f"It was refused: {value}") == f"Abgelehnt: {told or value}"


def test_a_name_that_is_a_word_of_ours_stays_a_name():
    phrases = Phrases({"days": "Tage", "it is gone": "er ist weg"}, str)
    german = Retelling({"{name} was lost: {reason}": "{name} ging verloren: {reason}"}, str, phrases)

    assert german.told("days was lost: days") == "days ging verloren: Tage"
    assert german.told("it is gone was lost: x") == "er ist weg ging verloren: x"


def test_a_phrase_stands_in_a_phrase():
    phrases = Phrases(PHRASES, LANGUAGES["de"].number)

    told = phrases.value("The file gives 1.5 to 1.9 ms (1,525 requests); 2 ms is the same.")

    assert told == "Die Datei ergibt 1,5 bis 1,9 ms (1.525 Requests); 2 ms ist dasselbe."


def test_two_fields_at_the_end_part_where_a_sentence_ends():
    said = {"{name} shows none: {why} {needs}": "{name} zeigt nichts: {why} {needs}"}
    phrases = Phrases(
        PHRASES | said | {"the end is lost.": "das Ende fehlt.", "Add days.": "Mehr Tage."}, str
    )

    assert (
        phrases.value("a.csv shows none: the end is lost. Add days.")
        == "a.csv zeigt nichts: das Ende fehlt. Mehr Tage."
    )
    assert phrases.value("a.csv shows none: nothing at all") == "a.csv zeigt nichts: nothing at all"


def test_a_long_list_of_phrases_takes_no_time():
    phrases = Phrases(PHRASES, LANGUAGES["de"].number)
    german = Retelling({"It was refused: {reason}": "Abgelehnt: {reason}"}, str, phrases)
    names = "the end, the end and " * 20_000

    assert german.told(f"It was refused: {names}") == f"Abgelehnt: {names}"


@pytest.mark.parametrize(
    "text",
    [
        "3 alert has no `for`.",
        "1 alerts have no `for`.",
        "Use a, then b again.",
        "Written by a rule there is no more.",
        "",
    ],
)
def test_what_no_template_makes_stays_as_it_is(german, text):
    assert german.told(text) is None


def test_texts_that_no_rule_makes_leave_nothing_behind(german):
    kept = len(german._heads), len(german._tails)

    for number in range(100):
        german.told(f"{number} words of a learner {number}")

    assert (len(german._heads), len(german._tails)) == kept


def test_a_long_text_full_of_the_words_between_the_fields_takes_no_time(german):
    text = "5 requests, p99 from " + "1 to " * 50_000 + "2 ms."

    assert german.told(text).startswith("5 Requests, p99 von 1 bis 1 to")


def test_texts_put_together_from_constants_are_found():
    source = """
END = "Pack it again."
FIRST = Rule("Z1", WARN, "It is cut.", "Why.", f"Look. {END}")
SECOND = Rule("Z2", WARN, "x", "y", "z " + END)
"""

    assert list(in_rules(source)) == [
        "It is cut.",
        "Why.",
        "Look. Pack it again.",
        "x",
        "y",
        "z Pack it again.",
    ]


def test_every_text_of_every_rule_is_in_the_catalogues():
    texts = {text for rule in registry.rules() for text in (rule.message, rule.why, rule.fix) if text}

    assert texts <= said_by_checks().keys()


@pytest.fixture(scope="module")
def unchanged():
    """Tells every text in its own words, so that what comes back has been recognised and filled."""
    return Retelling({text: text for text in said_by_checks()}, str)


@pytest.mark.parametrize("kind", [kind.name for kind in registry.KINDS])
def test_every_finding_of_the_samples_is_recognised(unchanged, kind):
    paths = [path for path in sorted((FOLDER / kind / "samples").iterdir()) if "trigger" in path.name]
    texts = set()
    for path in islice(paths, SAMPLES_OF_A_KIND):
        for finding in registry.inspect(Source(path.name, path)).findings:
            texts |= {finding.message, finding.why, finding.fix} - {""}

    assert {text for text in texts if unchanged.told(text) != text} == set()
    assert {text for text in texts if catalogue("de").told(text) is None} == set()
