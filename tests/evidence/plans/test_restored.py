"""What mails, pages and word processors make of a plan is undone, for each database alike."""

import base64
import html
import quopri

import pytest

from app.evidence import mysql_plan, postgres_plan, registry
from app.evidence.findings import Unreadable
from app.evidence.plans.restored import restored
from app.evidence.plans.shape import walk
from app.evidence.source import Held
from tests.evidence.plans.told import Samples

KINDS = {"postgres": Samples(postgres_plan.KIND), "mysql": Samples(mysql_plan.KIND)}
PLANS = [("postgres", "subplan_often.txt"), ("postgres", "jit.txt"), ("postgres", "before.json"),
         ("mysql", "mysql_join.txt"), ("mysql", "mysql_v1.json"), ("mysql", "mariadb_before.json")]  # fmt: skip
HEAD = "From: ada@example.com\nTo: grace@example.com\nSubject: the plan\nMIME-Version: 1.0\n"


def shown(text):
    return html.escape(text, quote=False).replace("  ", "&nbsp; ")


def each_line(text, before, after):
    return "\n".join(before + shown(line) + after for line in text.splitlines())


def mail(kind, coding, body):
    return f"{HEAD}Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: {coding}\n\n{body}"


def in_two_parts(text):
    parts = "".join(
        f"--b1\nContent-Type: text/{kind}; charset=utf-8\n\n{body}\n"
        for kind, body in (("plain", text), ("html", f"<pre>{shown(text)}</pre>"))
    )
    return f'{HEAD}Content-Type: multipart/alternative; boundary="b1"\n\n{parts}--b1--\n'


CHANGED = {
    "pre": lambda text: f"<html><body><p>Hi,</p><pre>{html.escape(text)}</pre></body></html>",
    "a whole page": lambda text: f"<!DOCTYPE html>\n<html><head><title>x</title></head><body><pre>{shown(text)}</pre>",
    "line ends": lambda text: f"<div>{'<br>'.join(shown(line) for line in text.splitlines())}</div>",
    "divisions": lambda text: f'<div dir="ltr">{each_line(text, "<div>", "</div>")}</div>',
    "paragraphs": lambda text: each_line(text, '<p class="MsoNormal"><span lang="de">', "</span></p>"),
    "an open cell": lambda text: f"<table><tr><th>EXPLAIN</th></tr>{each_line(text, '<tr><td>', '')}</table>",
    "entities": html.escape,
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "a mail": lambda text: mail("plain", "quoted-printable", quopri.encodestring(text.encode()).decode()),
    "a coded mail": lambda text: mail("plain", "base64", base64.encodebytes(text.encode()).decode()),
    "a mail in HTML": lambda text: mail("html", "7bit", f"<pre>{shown(text)}</pre>"),
    "a mail in two parts": in_two_parts,
}  # fmt: skip
TYPED = {
    "an arrow": lambda text: text.replace("-> ", "→ "),
    "a dash": lambda text: text.replace("-> ", "–> "),
    "a word processor's arrow": lambda text: text.replace("-> ", "à "),
    "three points": lambda text: text.replace("..", "…"),
    "wide spaces": lambda text: text.replace("  ", "\u2002\u2002"),
}


def steps(text):
    report = registry.inspect(Held("plan", None, text.encode()))
    kept = (
        "node",
        "relation",
        "actual_rows",
        "loops",
        "inclusive_ms",
        "conditions",
        "buffers",
        "hash",
        "sort",
    )
    return [
        [{key: node[key] for key in kept} for node in walk(plan["root"])]
        for plan in report.facts.get("plans", [])
    ]


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize(("database", "name"), PLANS)
def test_a_plan_in_a_mail_or_a_page_reads_like_the_file(database, name, change):
    text = KINDS[database].text(name)
    body = text if text.startswith(("-> ", "{", "[")) else "".join(
        line[1:] + "\n" for line in text.splitlines()[2:] if line.startswith(" "))  # fmt: skip

    assert steps(CHANGED[change](body)) == steps(body) != []


@pytest.mark.parametrize("change", TYPED)
@pytest.mark.parametrize(("database", "name"), [plan for plan in PLANS if plan[1].endswith(".txt")])
def test_signs_that_a_word_processor_changed_are_what_they_were(database, name, change):
    text = KINDS[database].text(name)

    assert steps(TYPED[change](text)) == steps(text) != []


def test_lines_that_a_mail_broke_are_whole():
    text = "Subject: a=3Db\n(cost=3D1 rows=3D2 wi=\ndth=3D3)\nlast"

    assert restored(text) == "Subject: a=b\n(cost=1 rows=2 width=3)\nlast"


@pytest.mark.parametrize(("signed", "said"), [("Gr=C3=BC=C3=9Fe", "Grüße"), ("Ada=20", "Ada "), ("=\n", "")])
def test_a_mail_is_known_by_its_codes_however_it_ends(signed, said):
    sent = "(cost=3D1 rows=3D2 width=3D3) (actual time=3D1 rows=3D2 loops=3D1)\n"

    assert restored(sent + signed) == sent.replace("=3D", "=") + said


@pytest.mark.parametrize(
    "text",
    [
        "Filter: (body ~~ '%=3D%&nbsp;→ x…y%')  (cost=1)",
        "Table scan on <temporary>  (cost=1)",
        "<explain><Plan><Filter>(a -&gt; b)</Filter></Plan></explain>",
    ],
)
def test_what_a_plan_itself_holds_stays(text):
    assert restored(text) == text


def test_a_page_without_a_plan_is_still_told_so():
    with pytest.raises(Unreadable):
        postgres_plan.KIND.inspect(Held("a.html", None, b"<pre>SELECT 1 /* Plan */</pre>"))
