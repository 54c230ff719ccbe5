"""The words by which a plan's parts are known, and its shares and times."""

from __future__ import annotations

import re

SHARE = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|per ?cent\b)", re.IGNORECASE | re.ASCII)
TIME = re.compile(
    r"(?<![\d.,])(\d{1,4}(?:\.\d{1,2})?) ?(seconds?|sec|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b",
    re.IGNORECASE | re.ASCII,
)
SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
OF_TRAFFIC = re.compile(
    r"\b(?:share|traffic|weight|users|requests|instances?|pods?|canary|step|stage|phase)\b", re.I
)
ABORT = re.compile(
    r"\b(?:aborts?|aborted|stops?|stopped|halts?|roll(?:s|ed)? ?back|rollback|back to (?:0|blue|the old)|switch back|"
    r"revert(?:s|ed)?)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"\d(?:[\d.,]{0,12}\d)? ?(?:%|ms\b|s\b|points?\b|per ?cent\b|x\b|errors?\b|5xx\b)", re.IGNORECASE
)
DATA = re.compile(
    r"\b(?:schemas?|migrations?|data|columns?|tables?|backwards?[ -]compatible|compatib\w{1,10}|additive|"
    r"dual[ -]writes?|expand[ -]?(?:and[ -]?contract)?)\b",
    re.IGNORECASE,
)
CLASS = re.compile(
    r"\b(?:class(?:es)? of changes?|risky (?:class|changes?)|kinds? of changes?|for changes?|"
    r"changes? (?:of|to|in|that)|anything that changes|applies to|used for|scope|when (?:we|to) use)\b",
    re.IGNORECASE,
)
BLUE_GREEN = re.compile(r"\bblue[ /-]{1,3}green\b", re.IGNORECASE)
SWITCH = re.compile(
    r"\b(?:switch(?:es|ed|over)?|cut ?over|flip(?:s|ped)?|swap(?:s|ped)?|point(?:s|ed)? .{0,30}at)\b", re.I
)
