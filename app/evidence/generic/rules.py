"""What may be said of every file whatever its kind."""

from __future__ import annotations

from app.evidence.findings import Audience, Rule, Severity
from app.evidence.source import DAMAGED, TOO_LARGE

EMPTY = Rule(
    "G1",
    Severity.BLOCK,
    "The file is empty.",
    "There is nothing to read.",
    "Check the path you redirected to, and upload the file again.",
    example="the output of a command that failed, redirected with `>`",
)
SECRET = Rule(
    "G3",
    Severity.BLOCK,
    "Line {line} looks like {what}.",
    "Reviewers will see this file, and what has been uploaded once must count as known.",
    "Remove it, rotate it where it is used, and upload the file again.",
    example="a line `aws_access_key_id = AKIA...`",
)
PERSONAL = Rule(
    "G4",
    Severity.WARN,
    "The file holds {count} or more different {what}, the first on line {line}.",
    "People in your data have not agreed to be read by reviewers.",
    "Mask them: `user***@example.org` is fine as evidence.",
    example="an access log with the customers' e-mail addresses in the URLs",
)
PICTURE = Rule(
    "G5",
    Severity.WARN,
    "This is a picture ({what}).",
    "Numbers in a picture cannot be recomputed, searched or copied.",
    "Paste the text or upload the file the tool wrote; keep the picture as an addition.",
    example="a screenshot of a query plan, or a PDF that is nothing but scanned pages",
)
COPIED = Rule(
    "G6",
    Severity.NOTE,
    "{file} holds the same text as a file in the work of others in this course ({others}).",
    "Measurements of one's own are never the same to the last digit; a template, a shared project or a tool's example "
    "are innocent causes.",
    "Ask how the file came to be.",
    audience=Audience.REVIEWER,
    example="a plan that another learner has sent, with other spaces",
)
IDENTICAL = Rule(
    "G7",
    Severity.WARN,
    "The files for before and after ({before} and {after}) are the same, byte for byte.",
    "Two measurements never give the same bytes, so one of the two was uploaded twice.",
    "Upload the recording made before the change in its own place.",
    example="after.csv uploaded in both places",
)
SAME_TEXT = Rule(
    "G7",
    Severity.WARN,
    "The files for before and after ({before} and {after}) hold the same text; only spaces, line ends or the encoding "
    "differ.",
    "Two measurements never give the same numbers, so one of the two is a copy.",
    "Upload the recording made before the change in its own place.",
    example="a plan and the same plan indented anew",
)
FUTURE = Rule(
    "G8",
    Severity.WARN,
    "The file's times run to {last}, and today is {today}.",
    "A recording cannot be later than the day it is read: its clock, its unit or its time zone is wrong.",
    "Compare the first times of the file with the clock of the machine that wrote it (`date -u`), and record again.",
    example="epoch seconds of 2031 from a virtual machine with a wrong clock",
)
TRUNCATED = Rule(
    "G9",
    Severity.WARN,
    "The file seems to be cut off: {detail}.",
    "The missing end may hold the slowest requests or the total.",
    "Let the tool finish before you copy its output, and upload the file again.",
    example="a JSON file whose last bracket is missing",
)
UNKNOWN = Rule(
    "G10",
    Severity.NOTE,
    "We could not read this automatically. Your reviewer will read it.",
    "Nothing is wrong with that: not every proof is a table.",
    "If it should be a kind that is read, check that it is the whole raw output of the tool, with its first line.",
    example="a design note in prose",
)
FOREIGN = Rule(
    "G10",
    Severity.NOTE,
    "This is {what}, which is not read automatically. Your reviewer will read it.",
    "No number is counted from it, so a claim that rests on it alone cannot be checked here.",
    "Keep it, and add {more}.",
    example="a plan of a database other than PostgreSQL, MySQL, MariaDB and SQLite",
)
NO_TEXT = Rule(
    "G10",
    Severity.WARN,
    "This is {what}, which neither the checks nor a reviewer can read here.",
    "A reviewer reads text in the portal and does not open other people's programs, archives or databases.",
    "Upload instead what is inside: {instead}.",
    example="a 7z archive with one CSV file in it",
)
CRASHED = Rule(
    "G11",
    Severity.NOTE,
    "Our own check failed on this file ({what}). Your reviewer will read it.",
    "This is a mistake in the checker, not in your file, and it does not count against you.",
    "Nothing to do. If you can share the file, report it.",
    example="a file nobody thought of",
)
TWO_KINDS = Rule(
    "G12",
    Severity.NOTE,
    "This may be “{chosen}” or “{other}”; it was read as the first.",
    "The start of the file fits both, and the checks of the two are not the same.",
    "If it is the second, say so: `--kind {name}`. If it holds both, put each into a file of its own.",
    example="a query plan and the output of wrk pasted into one file",
)
TURNED = Rule(
    "G13",
    Severity.NOTE,
    "Line {line} holds an invisible mark that turns the direction of text ({mark}).",
    "Text after such a mark is shown in another order than it is stored, so people and tools read different things.",
    "Remove it if it is not part of a name that is written from right to left; it often comes with text copied "
    "from a chat.",
    example="`invoice_<U+202E>fdp.exe`, which is shown as `invoice_exe.pdf`",
)
LOST = Rule(
    "G14",
    Severity.NOTE,
    "Characters were lost when this file was written, the first on line {line} (shown as �).",
    "Names and units with lost characters cannot be compared with those of other files.",
    "Write the file as UTF-8: in PowerShell `| Out-File -Encoding utf8 FILE`.",
    example="`12 �s` where the tool wrote `12 µs`",
)
REJOINED = Rule(
    "G15",
    Severity.NOTE,
    "The lines of this file were broken at {width} characters. It could be read only with them joined.",
    "Mail programs and narrow terminals do this. Where a line is named here, it is one of the joined text.",
    "Upload the file that the tool wrote instead of a copy of what was shown.",
    example="JSON on one line that came by mail, in lines of 80 characters",
)
BROKEN = Rule(
    "G15",
    Severity.WARN,
    "This looks like a file of the kind “{what}” whose lines were broken at {width} characters.",
    "Where a row ends can no longer be told, so no number is counted from it.",
    "Upload the file that the tool wrote instead of a copy of what was shown.",
    example="a table of requests that was pasted into a mail",
)
RULES = (
    EMPTY, DAMAGED, TOO_LARGE, SECRET, PERSONAL, PICTURE, COPIED, IDENTICAL, SAME_TEXT, FUTURE, TRUNCATED, UNKNOWN,
    FOREIGN, NO_TEXT, CRASHED, TWO_KINDS, TURNED, LOST, REJOINED, BROKEN,
)  # fmt: skip
