"""The words by which a plan's parts are known, and its shares and times."""

from __future__ import annotations

import re

SHARE = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|per ?cent\b)", re.IGNORECASE | re.ASCII)
TIME = re.compile(
    r"(?<![\d.,])(\d{1,4}(?:\.\d{1,2})?) ?(seconds?|sec|s|minutes?|mins?|m|hours?|hrs?|h|days?|d"
    r"|sekunden|minuten|stunden?)\b",
    re.IGNORECASE | re.ASCII,
)
NUMBERS = {
    "one": "1", "two": "2", "five": "5", "ten": "10", "fifteen": "15", "twenty": "20", "thirty": "30", "sixty": "60",
    "eine": "1", "zwei": "2", "fünf": "5", "zehn": "10", "fünfzehn": "15", "zwanzig": "20", "dreißig": "30",
}  # fmt: skip
WORD = re.compile(r"\b(?:" + "|".join(NUMBERS) + r")\b", re.IGNORECASE)
SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
OF_TRAFFIC = re.compile(
    r"\b(?:share|traffic|weight|users|requests|instances?|pods?|canary|steps?|stages?|phases?|stufen?|verkehrs?|anteil)\b",
    re.I,
)
ABORT = re.compile(
    r"\b(?:aborts?|aborted|stops?|stopped|halts?|roll(?:s|ed)? ?back|rollback|back to (?:0|blue|the old)|switch back|"
    r"revert(?:s|ed)?|abbruch|abbrechen|abgebrochen|zurück auf|zurückrollen|zurückschalten)\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"\b(?:(?:go(?:es)? on|continues?|proceeds?|promotes?|next step|weiter) (?:when|if|only|after|wenn|erst|falls)"
    r"|success criteri(?:a|on)|promotion criteri(?:a|on)|gates?)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"\d(?:[\d.,]{0,12}\d)? ?(?:%|ms\b|s\b|points?\b|per ?cent\b|x\b|errors?\b|5xx\b)", re.IGNORECASE
)
DATA = re.compile(
    r"\b(?:schemas?|migrations?|data|columns?|tables?|backwards?[ -]compatible|compatib\w{1,10}|additive|"
    r"dual[ -]writes?|expand[ -]?(?:and[ -]?contract)?|datenbank|daten|migrationen|abwärtskompatibel|spalten?)\b",
    re.IGNORECASE,
)
CLASS = re.compile(
    r"\b(?:class(?:es)? of changes?|risky (?:class|changes?)|kinds? of changes?|for (?:\w{1,20} ){0,3}changes?|"
    r"changes? (?:of|to|in|that)|anything that changes|applies to|used for|scope|when (?:we|to) use|"
    r"gilt für|für änderungen|art der änderung|änderungen)\b",
    re.IGNORECASE,
)
BLUE_GREEN = re.compile(r"\bblue[ /-]{1,3}green\b", re.IGNORECASE)
EACH = re.compile(
    r"\b(?:bake|soak|hold|wait|each|every|per step|per stage|je stufe|jede[rn]? stufe|wartezeit)\b", re.I
)
SWITCH = re.compile(
    r"\b(?:switch(?:es|ed|over)?|cut ?over|flip(?:s|ped)?|swap(?:s|ped)?|point(?:s|ed)? .{0,30}at|schaltet .{0,40}um"
    r"|umschalt\w{0,10}|umgeschaltet)\b",
    re.I,
)
