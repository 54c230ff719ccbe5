"""German words of cost sheets, each as the English words it stands for, so that one set of rules reads both.

Words that English sheets hold with another meaning (`pro`, `je`, `nach`, `vor`, `alt`, `tag`) are German only beside a
word that settles it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GROUPED = re.compile(r"(?<![\d.,])(\d{1,3})((?:\.000){1,3})(?![\d.,])", re.ASCII)
"""`1.000` and `1.000.000`; an English sheet has no number with three noughts behind its point."""

WORDS: dict[str, tuple[str, ...]] = {
    german: tuple(english.split())
    for english, many in {
        "cost": "kosten ausgaben",
        "fixed cost": "fixkosten",
        "total cost": "gesamtkosten gesamtbetrag endbetrag",
        "total": "gesamt gesamtsumme summe insgesamt zwischensumme",
        "amount": "betrag",
        "monthly cost": "monatskosten",
        "daily cost": "tageskosten",
        "yearly cost": "jahreskosten",
        "unit cost": "stueckkosten",
        "price": "preis preise tarif tarife",
        "unit price": "einzelpreis stueckpreis",
        "pricing list": "preisliste preislisten listenpreis listenpreise",
        "invoice": "rechnung rechnungen",
        "requests": "anfragen zugriffe aufrufe abrufe seitenaufrufe",
        "request": "anfrage zugriff aufruf abruf",
        "monthly requests": "monatsanfragen",
        "before": "vorher zuvor",
        "after": "nachher danach hinterher",
        "baseline": "ausgangswert ausgangslage",
        "new": "neu",
        "optimized": "optimiert",
        "database": "datenbank datenbanken",
        "application": "anwendung anwendungen applikation",
        "infrastructure": "infrastruktur",
        "layer": "schicht schichten ebene ebenen",
        "fix": "massnahme massnahmen engpass",
        "side": "seite",
        "state": "zustand",
        "compute": "rechenleistung rechenzeit rechenkapazitaet",
        "servers": "rechner anwendungsserver applikationsserver",
        "instances": "instanzen instanz",
        "storage": "speicher speicherplatz festplatte festplatten datentraeger",
        "backup": "sicherung sicherungen datensicherung",
        "data transfer": "datenverkehr datentransfer datenuebertragung bandbreite netzwerk netz",
        "load balancer": "lastverteiler lastverteilung lastausgleich",
        "logs": "protokolle protokoll protokollierung",
        "monitoring": "ueberwachung",
        "cache": "zwischenspeicher",
        "period": "zeitraum abrechnungszeitraum",
        "month": "monat monate monats monatlich monatliche",
        "day": "tage tagen taeglich taegliche",
        "week": "woche wochen woechentlich",
        "year": "jahr jahre jaehrlich jaehrliche",
        "quarter": "quartal",
        "hours": "stunden",
        "hour": "stunde",
        "minute": "minuten",
        "second": "sekunde",
        "seconds": "sekunden",
        "million": "millionen mio",
        "thousand": "tausend tsd",
        "billion": "milliarden milliarde mrd",
        "currency": "waehrung",
        "quantity": "menge mengen",
        "number": "anzahl",
        "saving": "ersparnis einsparung",
        "change": "aenderung veraenderung differenz",
        "share": "anteil",
        "peak": "spitze spitzenlast spitzenwert",
        "peak factor": "spitzenfaktor",
        "item": "posten bezeichnung dienst dienste",
        "description": "beschreibung",
        "source": "quelle quellen",
        "note": "hinweis hinweise anmerkung anmerkungen bemerkung bemerkungen notiz",
        "date": "datum",
        "provider": "anbieter",
        "assumptions": "annahmen annahme",
        "inputs": "eingaben eingabewerte",
        "general": "allgemein allgemeines",
        "summary": "zusammenfassung",
        "counted": "gezaehlt gezaehlte",
        "measured": "gemessen gemessene",
        "access log": "zugriffsprotokoll zugriffsprotokolle",
    }.items()
    for german in many.split()
}
_UNITS = {"monat", "tag", "woche", "jahr", "stunde", "minute", "sekunde", "quartal", "anfrage", "anfragen", "request",
          "requests", "zugriff", "zugriffe", "aufruf", "aufrufe", "abruf", "abrufe", "mio", "million", "millionen",
          "tsd", "tausend"}  # fmt: skip
_CHANGES = {"optimierung", "aenderung", "umstellung", "fix", "massnahme", "umbau", "der", "dem", "den"}
_SIDES = {"vor": "before", "nach": "after"}


def in_english(words: Sequence[str]) -> tuple[str, ...]:
    """The tokens of a text with those that are German replaced."""
    plain = [word.translate(_PLAIN) for word in words]
    found: list[str] = []
    for place, word in enumerate(plain):
        found += _word(word, plain, place) or (words[place],)
    return tuple(found)


def ungrouped(text: str) -> str:
    """Thousands that are parted by points, joined; letters and their marks as one sign."""
    text = unicodedata.normalize("NFC", text)
    return (
        _GROUPED.sub(lambda number: number[1] + number[2].replace(".", ""), text) if ".000" in text else text
    )


def _word(word: str, words: Sequence[str], place: int) -> tuple[str, ...]:
    """The English of one word, by those beside it; nothing for what is no German."""
    if word in WORDS:
        return WORDS[word]
    following = words[place + 1] if place + 1 < len(words) else ""
    if word in ("pro", "je", "im") and (following in _UNITS or following[:1].isdigit()):
        return ("per",)
    if word in _SIDES and (following in _CHANGES or len(words) == 1):
        return (_SIDES[word],)
    if word == "tag" and place and words[place - 1] in ("pro", "je", "am", "/"):
        return ("day",)
    if word == "alt" and len(words) == 1:
        return ("old",)
    return _compound(word)


def _compound(word: str) -> tuple[str, ...]:
    """`datenbankkosten` and `anfragekosten`: what it is for, and that it is a cost."""
    first = word.removesuffix("kosten")
    if first == word or not first:
        return ()
    stem = first.removesuffix("s")
    return (*(WORDS.get(first) or WORDS.get(stem) or (first,)), "cost")
