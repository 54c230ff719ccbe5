"""What may be said of an archive; of what is in it, each part's own kind speaks."""

from __future__ import annotations

from app.evidence.findings import Rule, Severity

_PACK = "Pack the folder again: `zip -r package.zip FOLDER`."

DAMAGED = Rule(
    "Z1",
    Severity.BLOCK,
    "The archive cannot be unpacked: {reason}.",
    "What cannot be unpacked cannot be put into the slots it belongs to, and a reviewer cannot open it either.",
    _PACK,
    example="a zip file whose upload stopped half way",
)
TOO_MUCH = Rule(
    "Z2",
    Severity.BLOCK,
    "The archive holds more than is unpacked: {what}.",
    "An archive can be small and unpack without end; the bounds hold for everybody.",
    "Leave out what the capstone does not ask for (of a repository `git archive -o package.zip HEAD` packs what is "
    "yours), or upload long recordings one by one, each compressed with `gzip`.",
    example="a 300 kB zip file that unpacks to 300 MB",
)
NOTHING = Rule(
    "Z3",
    Severity.BLOCK,
    "There is no file in the archive that can be taken out.",
    "An empty package shows nothing.",
    f"Look at what is in it with `unzip -l` or `tar -tf`. {_PACK}",
    example="a zip file of empty folders",
)
ENCRYPTED = Rule(
    "Z4",
    Severity.WARN,
    "Left out, because a password protects it: {names}.",
    "Neither the checks nor a reviewer has the password.",
    "Pack it again without a password: `zip -r package.zip FOLDER`.",
    example="made with `zip -e`",
)
OUTSIDE = Rule(
    "Z5",
    Severity.WARN,
    "Left out, because the name leads out of the archive: {names}.",
    "Names like `../x` or `/etc/x` would write over other files on whoever unpacks it.",
    "Pack it from inside its folder: `cd FOLDER && zip -r ../package.zip .`.",
    example="an entry called `../../.ssh/authorized_keys`",
)
NO_FILE = Rule(
    "Z6",
    Severity.WARN,
    "Left out, because it is {what} and not a file: {names}.",
    "A link shows what lies on your machine, not what was packed.",
    "Pack what the link points to: `tar -czhf package.tar.gz FOLDER`.",
    example="a symbolic link `runbooks/latest.md`",
)
NESTED = Rule(
    "Z7",
    Severity.WARN,
    "Left out, because it is an archive inside the archive: {names}.",
    "Archives are opened once; one inside another can go on without end.",
    "Unpack it into the folder first, and pack that.",
    example="runbooks.zip inside package.zip",
)
TWICE = Rule(
    "Z8",
    Severity.WARN,
    "In the archive twice, and only the first was taken: {names}.",
    "Programs differ in which of two files with one name they show, so your reviewer might see another than you.",
    f"Keep one of the two. {_PACK}",
    example="alerts.yaml appended to a tar file that held an older alerts.yaml",
)
METHOD = Rule(
    "Z9",
    Severity.WARN,
    "Left out, because it is packed in a way that is not read here ({what}): {names}.",
    "Two ways of compressing are read: none, and deflate, which every zip program knows.",
    "Pack it again with `zip -r package.zip FOLDER`.",
    example="a zip file made with LZMA or Deflate64",
)
PASSED_OVER = Rule(
    "Z10",
    Severity.NOTE,
    "Passed over as no evidence: {names}.",
    "Empty files and what systems and editors leave in folders show nothing.",
    "There is nothing to do, unless one of them was to be read.",
    example="`.DS_Store`, `__MACOSX/`, `.git/`, an empty file",
)
OPENED = Rule(
    "Z11",
    Severity.GOOD,
    "{count} in the archive: {kinds}.",
    "Each is checked on its own, in the slot it belongs to.",
    "Nothing to do.",
    example="a package with its objectives, alert rules and five runbooks",
)
NO_ROOM = Rule(
    "Z12",
    Severity.BLOCK,
    "It was not unpacked: {reason}",
    "What does not fit into the version cannot be put into its slots.",
    "Remove what is not needed, from the version or from the archive, and upload the archive again.",
    example="a package of 60 files where a version holds 40",
)
CUT = Rule(
    "Z13",
    Severity.WARN,
    "The archive stops after {names} without saying that it ends.",
    "A tar file ends with empty blocks; without them nobody can tell whether files are missing.",
    "Compare `tar -tf FILE` with the folder, and pack it again: `tar -czf package.tar.gz FOLDER`.",
    example="a tar file whose upload stopped between two files",
)

RULES = (
    DAMAGED, TOO_MUCH, NOTHING, ENCRYPTED, OUTSIDE, NO_FILE, NESTED, TWICE, METHOD, PASSED_OVER, OPENED, NO_ROOM, CUT,
)  # fmt: skip
