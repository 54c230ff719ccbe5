"""Samples of evidence, and what can become of them: deterministic by seed, kind and number."""

import gzip
import random
import tomllib
from pathlib import Path

from app.evidence import registry
from config import ROOT

LONGEST = 32 * 1024
FOLDER = Path(registry.__file__).parent
HONEST = ROOT / "tests" / "evidence" / "honest"
NOT_SAMPLES = {"samples.toml"}
NASTY = (
    b"\0", b'"', b"\n", b"\r", b";", b",", b"nan", b"NaN", b"Infinity", b"1e999", b"-", b"-1", b"0", b"\xff\xfe",
    b"\xfe\xff", b"1_000", b"\x1f\x8b", b"'", b"{0}", b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"&", b"%", b"\\",
    b"\x1b[31m", b"\xf0\x9f", b"\xe2\x80\xae", b"\xc2\xa0", b"9" * 400, b"0." + b"0" * 50 + b"1", b"  ", b"\t", b"->",
    b"null", b"true", b"99999999999999999999", b"2147483648", b"-9223372036854775809", b"1,5", b"\xd9\xa1\xd9\xa2",
    b"=1+1", b"&x;", b"*a", b"!!python/name:os",
)  # fmt: skip


def samples(kind):
    """The unpacked bytes of every sample of a kind by name, and of files as people write them; long ones are cut."""
    told = tomllib.loads((HONEST / "honest.toml").read_text())
    paths = [*sorted((FOLDER / kind / "samples").rglob("*"))]
    paths += [HONEST / name for name, about in told.items() if about["kind"] == kind]
    return {
        path.name: _short(_unpacked(path.read_bytes()))
        for path in paths
        if path.is_file() and path.name not in NOT_SAMPLES
    }


def mutant(kind, pool, seed, number):
    """The bytes of one mutation of one of `pool`; number 0 to len(pool) - 1 are the samples as they are."""
    names = list(pool)
    if number < len(names):
        return names[number], pool[names[number]]
    chance = random.Random(f"{seed}:{kind}:{number}")
    name = chance.choice(names)
    data = bytearray(pool[name])
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6, 12))):
        chance.choice(CHANGES)(chance, data, pool)
    return name, bytes(chance.choice(DRESSES)(bytes(data[: 2 * LONGEST])))


def _insert(chance, data, _pool):
    at = chance.randint(0, len(data))
    data[at:at] = chance.choice(NASTY) * chance.choice((1, 1, 1, 2, 30))


def _overwrite(chance, data, _pool):
    at = chance.randint(0, len(data))
    piece = chance.choice(NASTY)
    data[at : at + len(piece)] = piece


def _delete(chance, data, _pool):
    at = chance.randint(0, len(data))
    del data[at : at + chance.choice((1, 1, 3, 20, 400))]


def _flip(chance, data, _pool):
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(chance, data, _pool):
    del data[chance.randint(0, len(data)) :]


def _behead(chance, data, _pool):
    del data[: chance.randint(0, len(data) // 2 + 1)]


def _repeat(chance, data, _pool):
    at, length = chance.randint(0, len(data)), chance.choice((1, 10, 100, 1000))
    data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
    del data[2 * LONGEST :]


def _splice(chance, data, pool):
    other = pool[chance.choice(list(pool))]
    at, start = chance.randint(0, len(data)), chance.randint(0, len(other))
    data[at:at] = other[start : start + chance.choice((20, 200, 2000))]


def _number(chance, data, _pool):
    """Another number where one stands."""
    places = [at for at in range(min(len(data), 20_000)) if 48 <= data[at] <= 57]
    if places:
        at = end = chance.choice(places)
        while end < len(data) and 48 <= data[end] <= 57:
            end += 1
        data[at:end] = chance.choice(
            (b"0", b"-1", b"1e308", b"nan", b"9" * 25, b"0.5", b"", b"1e-320", b"99999")
        )


def _lines(chance, data, _pool):
    """Two lines change places, or one is lost, or one is doubled."""
    rows = bytes(data).split(b"\n")
    one, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    match chance.randrange(3):
        case 0:
            rows[one], rows[other] = rows[other], rows[one]
        case 1:
            del rows[one]
        case _:
            rows.insert(other, rows[one])
    data[:] = b"\n".join(rows)


def _word(chance, data, _pool):
    """A word of the file stands in another's place: keys twice, values under the wrong key."""
    words = bytes(data[:20_000]).split()
    if len(words) > 1:
        one, other = chance.sample(words, 2)
        at = data.find(one)
        data[at : at + len(one)] = other


def _nest(chance, data, _pool):
    at, depth = chance.randint(0, len(data)), chance.choice((10, 200, 3000))
    data[at:at] = chance.choice((b"[", b'{"a":', b"(", b"<a>", b"  ")) * depth


CHANGES = (
    _insert,
    _overwrite,
    _delete,
    _flip,
    _cut,
    _behead,
    _repeat,
    _splice,
    _number,
    _number,
    _lines,
    _word,
    _nest,
)


def _wrapped(data):
    return b"\n".join(row[at : at + 80] for row in data.split(b"\n") for at in range(0, max(1, len(row)), 80))


def _quoted(data):
    return b"\n".join(b"> " + row for row in data.split(b"\n"))


def _wide(data):
    return data.decode("utf-8", "replace").encode("utf-16")


def _packed(data):
    return gzip.compress(data, 1, mtime=0)


def _half_packed(data):
    packed = gzip.compress(data, 1, mtime=0)
    return packed[: len(packed) * 2 // 3]


DRESSES = (
    *([bytes] * 14),
    lambda data: data.replace(b"\n", b"\r\n"),
    _wrapped,
    _quoted,
    _wide,
    _packed,
    _half_packed,
)


def _unpacked(data):
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def _short(data):
    """Binary samples stay whole: what is cut at a line end is text."""
    if len(data) <= LONGEST or b"\0" in data[:512]:
        return data
    return data[: data.rfind(b"\n", 0, LONGEST) + 1] or data[:LONGEST]
