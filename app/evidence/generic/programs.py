"""Whether a text is a program: what it quotes in its strings, as tests do, is nobody's evidence."""

from __future__ import annotations

import re

from app.evidence.patterns import lazy

LOOKED_AT = 32_000
_BEFORE = lazy(
    r"(?:[ \t]{0,8}\n|[ \t]{0,8}(?:#(?!include)|//)[^\n]{0,400}\n|/\*(?:[^*]|\*(?!/)){0,8000}\*/"
    r"|\"\"\"(?:[^\"]|\"(?!\"\")){0,8000}\"\"\")*"
)
"""Blank lines, comments and the words a Python module begins with."""
_OPENS = lazy(
    r"package [a-z]\w{0,60}[ \t]{0,4}$"  # Go
    r"|(?:package|import|using) (?:static )?[\w.*]{1,200};"  # Java, C#
    r"|(?:from \.{0,3}[\w.]{0,200} )?import [\w.*(][^\n:{};]{0,300}$"  # Python
    r"|import [^\n]{0,300}[\"'][^\"'\n]{1,200}[\"'];?$"  # JavaScript
    r"|(?:const|let|var) [\w{][^\n]{0,200} = require\("
    r"|(?:pub )?(?:use|mod) [\w:]{1,200}[^\n]{0,200}[;{]$"  # Rust
    r"|#include [<\"]",
    re.MULTILINE | re.ASCII,
)
_DEFINES = lazy(
    r"^(?:[ \t]{0,8}(?:async )?def \w{1,80}\(|class \w{1,80}|func [\w(]|[ \t]{0,8}(?:pub )?fn \w{1,80}|export "
    r"|(?:async )?function \w|(?:describe|it|test)\(|[ \t]{0,8}(?:public|private|static|void|int) [\w<]"
    r"|const \w{1,80} = (?:async )?\()",
    re.MULTILINE | re.ASCII,
)


def is_program(head: str) -> bool:
    """Begins as a program does, after its comments, and defines something."""
    text = head[:LOOKED_AT]
    start = _BEFORE.match(text)
    return _OPENS.match(text, start.end() if start else 0) is not None and _DEFINES.search(text) is not None
