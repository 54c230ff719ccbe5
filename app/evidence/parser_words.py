"""What the parsers of JSON, YAML and TOML say of a broken text, in our words, so that it can be translated.

Each is half a sentence without a place; those who quote it add the line. What a parser says seldom stays as it says it.
"""

import re

from app.evidence.findings import phrase

JSON = {
    "Expecting value": phrase("a value is missing"),
    "Expecting property name enclosed in double quotes": phrase("a key in double quotes is missing"),
    "Expecting ':' delimiter": phrase("a colon is missing behind a key"),
    "Expecting ',' delimiter": phrase("a comma or a closing bracket is missing"),
    "Unterminated string starting": phrase("a text in quotes does not end"),
    "Invalid control character": phrase("a text in quotes holds a line end or a tab"),
    "Invalid \\escape": phrase("a text in quotes holds a backslash that means nothing there"),
    "Invalid \\uXXXX escape": phrase("a text in quotes holds a backslash that means nothing there"),
    "Extra data": phrase("something follows behind its end"),
}
"""By what `json` says, without its last "at"."""
YAML = {
    "block sequence entries are not allowed in this context": phrase("a list begins where none can stand"),
    "could not find expected ':'": phrase("a colon is missing behind a key"),
    "did not find expected '-' indicator": phrase("a line is indented differently from the list it stands in"),
    "did not find expected ',' or ']'": phrase("a comma or a closing bracket is missing"),
    "did not find expected ',' or '}'": phrase("a comma or a closing bracket is missing"),
    "did not find expected <document start>": phrase("something follows behind its end"),
    "did not find expected alphabetic or numeric character": phrase("a name is missing behind `*` or `&`"),
    "did not find expected key": phrase("a line is indented unlike its neighbours, or a quote ends too early"),
    "did not find expected node content": phrase("a value is missing"),
    "did not find expected whitespace or line break": phrase("a space is missing"),
    "found a tab character that violates indentation": phrase("a line is indented with a tab"),
    "found a tab character where an indentation space is expected": phrase("a line is indented with a tab"),
    "found character that cannot start any token": phrase("a tab, or a sign that needs quotes, begins a value"),
    "found undefined tag handle": phrase("a tag is used that is not declared"),
    "found unexpected document indicator": phrase("a text in quotes does not end"),
    "found unexpected end of stream": phrase("a text in quotes does not end"),
    "found unknown escape character": phrase("a text in quotes holds a backslash that means nothing there"),
    "mapping keys are not allowed in this context": phrase("a key begins where none can stand"),
    "mapping values are not allowed in this context": phrase("a colon stands where none can stand"),
}  # fmt: skip
"""By the `problem` that libyaml names."""
TOML = {
    "Cannot declare": phrase("a name stands twice"),
    "Cannot overwrite": phrase("a name stands twice"),
    "Expected '=' after a key": phrase("an equals sign is missing behind a key"),
    "Expected ']'": phrase("a comma or a closing bracket is missing"),
    "Expected newline": phrase("something follows behind a value"),
    "Invalid initial character": phrase("a key is missing"),
    "Invalid statement": phrase("a line is neither a heading nor a key with its value"),
    "Invalid value": phrase("a value is missing or needs quotes"),
    "maximum recursion depth": phrase("it nests too deeply"),
    "Unclosed array": phrase("a comma or a closing bracket is missing"),
    "Unescaped": phrase("a text in quotes holds a backslash that means nothing there"),
}
"""By how what `tomllib` says begins."""
TOML_LINE = re.compile(r" \(at line (\d{1,9}), column \d{1,9}\)$")


def of_json(message: str) -> str:
    """What `json.JSONDecodeError.msg` says."""
    said = message.partition(": ")[0].removesuffix(" at")
    return JSON.get(said, said[:1].lower() + said[1:])


def of_yaml(problem: str) -> str:
    """What `yaml.MarkedYAMLError.problem` says."""
    return YAML.get(problem, problem[:120])


def of_toml(message: str) -> tuple[str, int]:
    """What `tomllib.TOMLDecodeError` says, and the line (from 1; 1 where it names none)."""
    place = TOML_LINE.search(message)
    said = next((ours for theirs, ours in TOML.items() if message.startswith(theirs)), message[:200])
    return said, int(place[1]) if place else 1
