"""What each column of a capacity table holds, by the words and the unit of its head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.evidence.documents import wording
from app.evidence.sums.quantities import SIZES, TIMES

SUBJECTS = wording.Subjects({
    "requests_per_user": ("requests per user", "req per user", "requests user day", "actions per user",
         "requests per dau", "anfragen je nutzer", "anfragen pro nutzer", "anfragen je benutzer",
         "anfragen pro benutzer", "requests je nutzer", "requests pro nutzer", "anfragen nutzer tag"),
    "peak_factor": ("peak factor", "peak multiplier", "peak to mean", "peak mean", "peak ratio", "burst factor",
         "spitzenfaktor", "peak faktor", "lastfaktor", "faktor"),
    "peak_rps": ("peak rps", "rps peak", "peak qps", "peak requests", "peak req", "peak throughput",
         "peak rate", "peak load", "requests s peak", "req s peak", "throughput peak", "max rps",
         "spitzenlast", "spitzen rps", "spitze", "spitzenrate", "lastspitze", "anfragen s spitze"),
    "mean_rps": ("mean rps", "avg rps", "average rps", "rps mean", "rps avg", "average requests",
         "mean requests", "mean req", "avg req", "average req", "mean throughput", "average throughput",
         "mittlere last", "mittlere rps", "mittel", "durchschnitt", "durchschnittliche rps", "mittlere anfragen",
         "durchschnittliche last", "durchschnittliche anfragen"),
    "requests_per_day": ("requests per day", "daily requests", "requests day", "req day", "anfragen pro tag",
         "anfragen am tag", "anfragen je tag", "anfragen tag"),
    "growth": ("storage growth", "growth", "added per month", "gb per month", "gb month", "new data", "wachstum",
         "speicherwachstum", "datenwachstum", "zuwachs"),
    "egress": ("egress", "bandwidth", "traffic out", "bytes out", "data transfer", "transfer", "outbound",
         "bandbreite", "datenverkehr"),
    "latency": ("latency", "response time", "mean time", "service time", "p95", "p99", "p50", "antwortzeit", "latenz",
         "bearbeitungszeit"),
    "in_flight": ("in flight", "concurrency", "concurrent requests", "requests in flight", "busy workers",
         "gleichzeitige anfragen", "gleichzeitige requests", "offene anfragen"),
    "max_connections": ("max connections", "database limit", "connection limit", "db max", "max verbindungen",
         "maximale verbindungen", "verbindungslimit"),
    "pool": ("pool", "pool size", "connections", "db connections", "verbindungen", "poolgröße"),
    "workers": ("workers", "processes", "threads", "prozesse"),
    "instances": ("instances", "servers", "replicas", "machines", "app servers", "instanzen", "maschinen", "rechner"),
    "cost": ("cost", "costs", "price", "monthly bill", "bill", "budget", "usd", "eur", "kosten", "preis",
         "monatskosten", "rechnung"),
    "storage": ("storage", "disk", "database size", "db size", "data size", "data", "speicher", "speicherplatz",
         "datenbank", "datenbankgröße", "datenmenge", "daten", "festplatte"),
    "users": ("users", "daily users", "dau", "daily active users", "user", "milestone", "stage", "visitors", "nutzer",
         "benutzer", "nutzende", "kunden", "besucher", "stufe", "meilenstein"),
    "throughput": ("rps", "qps", "requests s", "req s", "requests per second", "throughput", "anfragen s",
         "anfragen pro sekunde", "anfragen je sekunde", "durchsatz"),
})  # fmt: skip
"""English and German; a longer phrase is tried before a shorter one."""
_STAGE = re.compile(r"\b(?:stage|milestone|stufe|meilenstein)\b", re.IGNORECASE)


def role(head: str) -> str:
    """The subject of a head; empty when it is none of them."""
    words = head.replace("_", " ").replace("/", " ")
    return wording.about(words, SUBJECTS) or ""


def roles(heads: Sequence[str]) -> tuple[str, ...]:
    """One a column, each subject once; people come before names of stages.

    A rate that is neither mean nor peak is the peak when there is no other.
    """
    subjects = [role(head) for head in heads]
    people = [at for at, name in enumerate(subjects) if name == "users"]
    counted = [at for at in people if not _STAGE.search(heads[at])] or people
    found: list[str] = []
    for at, name in enumerate(subjects):
        is_first = name not in found and (name != "users" or at == counted[0])
        found.append(name if is_first else "")
    if "throughput" in found:
        at = found.index("throughput")
        found[at] = "peak_rps" if "peak_rps" not in found else "mean_rps" if "mean_rps" not in found else ""
    return tuple(found)


def unit(head: str) -> tuple[str, ...]:
    """The units a head names, in small letters: storage_gb, cost (USD/month)."""
    return tuple(
        word
        for word in re.findall(r"[a-z$€£]{1,20}", head.lower().replace("_", " "))
        if word in SIZES or word in TIMES or word in ("usd", "eur", "gbp", "$", "€", "£", "k", "rps", "qps")
    )
