"""Files of about a megabyte that cost a careless reader its time or its memory."""

import json
import marshal

from tests.evidence.profile.protobuf import Writer, message, number, packed

MEGABYTE = 1_000_000


def filled(piece):
    return (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]


def collapsed(lines):
    text = "main;work 1\nmain;rest 1\n"
    return (text + lines)[:MEGABYTE]


def speedscope(events=(), samples=()):
    one = (
        {"unit": "none", "endValue": 1, "events": events} if events else {"unit": "none", "samples": samples}
    )
    schema = "https://www.speedscope.app/file-format-schema.json"
    frames = [{"name": f"f{n}"} for n in range(50)]
    return json.dumps({"$schema": schema, "shared": {"frames": frames}, "profiles": [one]})


def v8(nodes, samples):
    return json.dumps({"nodes": nodes, "samples": samples, "timeDeltas": [9] * len(samples)})


def call(number, *children):
    return {"id": number, "callFrame": {"functionName": f"f{number % 90}"}, "children": list(children)}


def wide_pprof():
    writer = Writer(("cpu", "milliseconds"))
    places = [writer.location((f"f{n}", "a.go", n)) for n in range(120)]
    for n in range(20_000):
        writer.sample([places[(n * k) % 120] for k in range(1, 36)], 1)
    return writer.bytes()


def long_pprof():
    writer = Writer(("cpu", "milliseconds"))
    place = writer.location(("f", "a.go", 1))
    writer.parts.append(message(2, packed(1, [place] * 900_000), packed(2, [1])))
    return writer.bytes()


def inlined_pprof():
    writer = Writer(("cpu", "milliseconds"))
    places = [writer.location(*[(f"f{n % 7}", "a.go", 1)] * 600) for n in range(60)]
    for n in range(30_000):
        writer.sample([places[n % 60], places[n // 60 % 60]], 1)
    return writer.bytes()


def prof(entries):
    """A .prof as Python writes it; `entries` are name to names of callers."""
    table = {
        ("a.py", n, f"f{n}"): (1, 1, 0.1, 0.2, {("a.py", k, f"f{k}"): (1, 1, 0.1, 0.2) for k in callers})
        for n, callers in entries.items()
    }
    return marshal.dumps(table)


def boxes(count):
    drawn = "".join(
        f'<g><title>f{n} (1 s, 1%)</title><rect x="{n % 99}" width="1" y="{n // 99}"/></g>'
        for n in range(count)
    )
    return f"<svg>{drawn}</svg>"


def tower():
    drawn = "".join(f'<title>f (1 s, 1%)</title><rect x="0" width="9" y="{n}"/>' for n in range(17_000))
    return f"<svg>{drawn}</svg>"


def call_chain():
    return "".join(f"fn=f{n}\n1 1\ncfn=f{n + 1}\ncalls=1 1\n1 9\n" for n in range(20_000))


HEADER = "a 1 [0] 1.000000: 1 cpu:\n\t00 x (y)\n"
BOMBS = {
    "one stack of a megabyte": lambda: collapsed("f;" * 400_000),
    "stacks of 30,000 frames": lambda: collapsed((";".join(["f"] * 30_000) + " 1\n") * 20),
    "different stacks": lambda: collapsed("".join(f"m;a{n % 97};b{n};c{n} 1\n" for n in range(60_000))),
    "spaces": lambda: collapsed(" " * 900 + "1\n"),
    "parentheses": lambda: collapsed(("a (" * 300 + ") 1\n") * 900),
    "files": lambda: collapsed("".join(f"m;a (b{n}.py:{n}) 1\n" for n in range(50_000))),
    "threads": lambda: collapsed("".join(f"thread ({n}): x;a 1\n" for n in range(50_000))),
    "braces": lambda: '{"$schema":"https://www.speedscope.app/file-format-schema.json","profiles":' + "[" * 900_000,
    "open calls": lambda: speedscope([{"type": "O", "frame": n % 50, "at": n} for n in range(24_000)]),
    "deep samples": lambda: speedscope(samples=[[n % 50 for n in range(250_000)]]),
    "many samples": lambda: speedscope(samples=[[1, n % 50, 2] for n in range(75_000)]),
    "a chain of nodes": lambda: v8([call(n, n + 1) for n in range(11_000)], [10_999] * 9000),
    "a circle of nodes": lambda: v8([call(n, (n + 1) % 9000) for n in range(9000)], [1] * 9),
    "every node above every node": lambda: v8([call(n, *range(300)) for n in range(300)], [1] * 9),
    "its own child": lambda: v8([call(1, 1)], [1] * 9),
    "events in events": lambda: json.dumps(
        [{"ph": "X", "name": "f", "ts": n, "dur": 10**6 - n} for n in range(16_000)]
    ),
    "begun and never ended": lambda: json.dumps([{"ph": "B", "name": "f", "ts": n} for n in range(20_000)]),
    "broken events": lambda: '[{"ph":"X","ts":1},' + filled('{"ph":'),
    "a deep event": lambda: '{"traceEvents":[' + "[" * 900_000,
    "a wide pprof": wide_pprof,
    "a long stack in pprof": long_pprof,
    "inlined pprof": inlined_pprof,
    "empty strings": lambda: message(1, number(1, 1), number(2, 2)) + b"2\0" * 490_000,
    "endless numbers": lambda: message(1, number(1, 1), number(2, 2)) + b"\x80" * MEGABYTE,
    "called by all": lambda: prof({n: range(170) for n in range(170)}),
    "a chain of callers": lambda: prof({n: [n - 1] for n in range(14_000)}),
    "a claimed size": lambda: b"{(\3\0\0\0u\xff\xff\xff\x7f" + b"x" * MEGABYTE,
    "references": lambda: b"\xfb\xa9\3" + b"r\0\0\0\0" * 190_000,
    "perf frames": lambda: HEADER + filled("\t00 x+0x1 (y)\n"),
    "perf headers": lambda: HEADER + filled("a 1 [0] 1.000000: 1 cpu:\n"),
    "perf words": lambda: HEADER + filled("a " * 3000 + "\n"),
    "boxes": lambda: boxes(16_000),
    "boxes on boxes": tower,
    "nested groups": lambda: "<svg><title>a (1 s, 1%)</title><rect width='1'/>" + "<g>" * 300_000,
    "costs": lambda: "events: Ir\nfn=(1) a\n" + filled("+1 1\n"),
    "calls": lambda: "events: Ir\nfn=(1) a\n" + filled("cfn=(1)\ncalls=1 1\n* 9\n"),
    "functions": lambda: "events: Ir\n" + call_chain(),
}  # fmt: skip
