"""What each format says in its own way, on files of a few lines."""

import json
import marshal

import pytest

from tests.evidence.profile.protobuf import Writer
from tests.evidence.profile.reading import own, paths, total


def test_pprof_uses_the_last_quantity_and_keeps_the_totals_of_all(shelf):
    writer = Writer(("samples", "count"), ("cpu", "nanoseconds"), duration_ns=30_000_000_000)
    main, work = writer.location(("main", "a.go", 3)), writer.location(("work", "a.go", 9))
    writer.sample([work, main], 3, 30_000_000)
    writer.sample([main], 1, 10_000_000)

    facts = shelf.facts(writer.bytes())

    assert (facts["unit"], facts["what"], facts["total"]) == ("ms", "cpu", 40.0)
    assert (facts["samples"], facts["duration_s"]) == (4, 30.0)
    assert facts["values"] == [
        {"what": "samples", "unit": "count", "total": 4.0},
        {"what": "cpu", "unit": "nanoseconds", "total": 40_000_000.0},
    ]
    assert paths(facts) == {"main": 10.0, "main;work": 30.0}


def test_pprof_follows_the_default_of_the_file(shelf):
    writer = Writer(("inuse_space", "bytes"), ("inuse_objects", "count"), default="inuse_space")
    writer.sample([writer.location(("make", "a.go", 1))], 4096, 2)

    facts = shelf.facts(writer.bytes())

    assert (facts["unit"], facts["total"], facts["samples"]) == ("bytes", 4096.0, None)


def test_pprof_takes_inlined_functions_apart(shelf):
    writer = Writer(("cpu", "milliseconds"))
    writer.sample([writer.location(("inner", "a.go", 7), ("outer", "a.go", 2))], 5)

    facts = shelf.facts(writer.bytes())

    assert paths(facts) == {"outer;inner": 5.0}
    assert [(each["name"], each["line"]) for each in facts["functions"]] == [("inner", 7), ("outer", None)]


def test_pprof_without_symbols_has_no_names(shelf):
    writer = Writer(("cpu", "milliseconds"))
    writer.sample([writer.location()], 5)

    assert shelf.facts(writer.bytes())["unknown_share"] == 1.0


def test_a_difference_of_two_pprofs_counts_only_what_rose(shelf):
    writer = Writer(("cpu", "milliseconds"))
    place = writer.location(("work", "a.go", 7))
    writer.sample([place], 5)
    writer.sample([place], -3)

    facts = shelf.facts(writer.bytes())

    assert (facts["total"], facts["values"][0]["total"]) == (5.0, 2.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_collapsed_stacks_in_any_encoding(shelf, encoding, end):
    text = end.join(["main;é work;parse 600", "main;é work 300", "main 100", ""])

    facts = shelf.facts(text.encode(encoding))

    assert paths(facts) == {"main": 100.0, "main;é work": 300.0, "main;é work;parse": 600.0}


def test_collapsed_stacks_with_places_threads_and_marks(shelf):
    thread = 'process 7:"python app.py";thread (0x7F2A): Thread-4 (work)'
    text = f"{thread};load (shop/app.py:12) 6\n{thread};load (shop/app.py:14) 9\njava/lang/Thread.run_[j];a_[k] 3\n"

    facts = shelf.facts(text)
    load = next(each for each in facts["functions"] if each["name"] == "load")

    assert (load["file"], load["line"], load["self"]) == ("shop/app.py", 14, 15.0)
    assert set(own(facts)) == {
        "process python app.py",
        "thread Thread (work)",
        "load",
        "java/lang/Thread.run",
        "a",
    }
    assert facts["threads"] == 1


def test_recursion_counts_once(shelf):
    facts = shelf.facts("main;fib;fib;fib 6\nmain;fib;add;fib 4\n")

    assert total(facts) == {"main": 10.0, "fib": 10.0, "add": 4.0}


def test_comments_and_a_stray_line_among_stacks_are_passed_over(shelf):
    lines = ["# made with x", *("a;b;c 1" for _ in range(30)), "lost 3 samples!"]

    assert shelf.facts("\n".join(lines))["samples"] == 30


def test_collapsed_stacks_may_have_fractions(shelf):
    facts = shelf.facts("a;b 1.5\na;c 2.25\n")

    assert (facts["total"], facts["samples"]) == (3.75, None)


SHARED = {"frames": [{"name": "main"}, {"name": "work", "file": "a.py", "line": 3}]}
SPEEDSCOPE = {"$schema": "https://www.speedscope.app/file-format-schema.json", "shared": SHARED}


def speedscope(*profiles, **others):
    return json.dumps({**SPEEDSCOPE, "profiles": list(profiles), **others})


def evented(*events, unit="milliseconds", end=20):
    told = [dict(zip(("type", "frame", "at"), event, strict=True)) for event in events]
    return {"type": "evented", "unit": unit, "startValue": 0, "endValue": end, "events": told}


def test_speedscope_evented_gives_the_time_between_events_to_the_innermost(shelf):
    facts = shelf.facts(speedscope(evented(("O", 0, 0), ("O", 1, 5), ("C", 1, 15), ("C", 0, 20))))

    assert paths(facts) == {"main": 10.0, "main;work": 10.0}
    assert (facts["duration_s"], facts["samples"]) == (0.02, None)


def test_speedscope_sampled_adds_threads_and_says_no_duration(shelf):
    one = {"type": "sampled", "unit": "seconds", "startValue": 0, "endValue": 2, "samples": [[0, 1], [0]]}

    facts = shelf.facts(speedscope({**one, "weights": [0.5, 1.5]}, {**one, "weights": [1, 1]}))

    assert paths(facts) == {"main": 2500.0, "main;work": 1500.0}
    assert (facts["threads"], facts["samples"], facts["duration_s"]) == (2, 4, None)


def test_speedscope_takes_the_profiles_with_the_unit_of_the_active_one(shelf):
    bytes_ = {"type": "sampled", "unit": "bytes", "samples": [[1]], "weights": [4096]}
    time = {"type": "sampled", "unit": "seconds", "samples": [[0]], "weights": [1]}

    facts = shelf.facts(speedscope(bytes_, time, activeProfileIndex=1))

    assert (facts["unit"], own(facts)) == ("ms", {"main": 1000.0})


def node(number, name, *children, line=0):
    call = {"functionName": name, "url": "file:///srv/app.js", "lineNumber": line, "columnNumber": 4}
    return {"id": number, "callFrame": call, "hitCount": 1, "children": list(children)}


def test_cpuprofile_counts_a_sample_until_the_next(shelf):
    nodes = [node(1, "(root)", 2), node(2, "main", 3, line=1), node(3, "", line=8)]
    file = {
        "nodes": nodes,
        "startTime": 0,
        "endTime": 9000,
        "samples": [2, 3, 3],
        "timeDeltas": [1000, 2000, 4000],
    }

    facts = shelf.facts(json.dumps(file))

    assert paths(facts) == {"main": 2.0, "main;(anonymous:9:5)": 6.0}
    assert (facts["samples"], facts["duration_s"]) == (3, 0.009)


def test_cpuprofile_without_times_counts_hits(shelf):
    facts = shelf.facts(json.dumps({"nodes": [node(1, "(root)", 2), node(2, "main")]}))

    assert (facts["unit"], own(facts)) == ("samples", {"main": 1.0})


def test_the_older_cpuprofile_is_a_tree(shelf):
    leaf = {"functionName": "work", "url": "", "lineNumber": 2, "callUID": 2, "hitCount": 5, "children": []}
    root = {
        "functionName": "(root)",
        "url": "",
        "lineNumber": 0,
        "callUID": 1,
        "hitCount": 0,
        "children": [leaf],
    }

    facts = shelf.facts(json.dumps({"head": root, "startTime": 10.0, "endTime": 22.0}))

    assert (own(facts), facts["duration_s"]) == ({"work": 5.0}, 12.0)


def test_a_trace_with_cpu_samples_is_read_from_its_chunks(shelf):
    first = {"cpuProfile": {"nodes": [{"id": 1, "callFrame": {"functionName": "(root)"}},
                                      {"id": 2, "parent": 1, "callFrame": {"functionName": "main"}}],
                            "samples": [2, 2]}, "timeDeltas": [100, 200]}  # fmt: skip
    second = {"cpuProfile": {"nodes": [{"id": 3, "parent": 2, "callFrame": {"functionName": "work"}}],
                             "samples": [3]}, "timeDeltas": [700]}  # fmt: skip
    events = [
        {"name": "ProfileChunk", "ph": "P", "pid": 1, "tid": 2, "id": "0x1", "ts": 0, "args": {"data": data}}
        for data in (first, second)
    ]

    facts = shelf.facts(json.dumps({"traceEvents": events}))

    assert paths(facts) == {"main": 0.9, "main;work": 0.2}


def test_a_trace_of_complete_events_nests_by_time_in_any_order(shelf):
    events = [
        {"ph": "X", "name": "inner", "pid": 1, "tid": 1, "ts": 2000, "dur": 3000},
        {"ph": "X", "name": "outer", "pid": 1, "tid": 1, "ts": 1000, "dur": 8000},
        {"ph": "X", "name": "beside", "pid": 1, "tid": 2, "ts": 1000, "dur": 1000},
    ]

    facts = shelf.facts(json.dumps(events))

    assert paths(facts) == {"beside": 1.0, "outer": 5.0, "outer;inner": 3.0}
    assert (facts["threads"], facts["duration_s"]) == (2, 0.008)


def test_a_trace_may_write_its_numbers_as_text(shelf):
    events = [{"ph": "X", "name": "work", "pid": 1, "tid": 1, "ts": "1000", "dur": "500"}]

    assert own(shelf.facts(json.dumps({"traceEvents": events}))) == {"work": 0.5}


PERF = """# captured on: today
node 12/13 [001] 100.000001:     10101 cpu-clock:u:
\t    7f01 LazyCompile:*copy /srv/shop.js:3:20+0x1f (/tmp/perf-12.map)
\t    7f02 operator new(unsigned long)+0xa (/usr/lib/libstdc++.so.6)
\t    7f03 main (/usr/bin/node)

node 12/13 [001] 100.500000:     10101 cpu-clock:u:
\t    7f03 main (inlined)

node 12/13 [001] 112.000001:     7 page-faults:
\t    7f03 main (/usr/bin/node)

"""


def test_perf_script_counts_samples_of_the_first_event(shelf):
    facts = shelf.facts(PERF)

    assert paths(facts) == {"node;main": 1.0, "node;main;operator new(unsigned long);copy": 1.0}
    assert (facts["samples"], facts["what"], facts["threads"]) == (2, "cpu-clock:u", 1)
    copy = next(each for each in facts["functions"] if each["name"] == "copy")
    assert (copy["file"], copy["line"]) == ("srv/shop.js", 3)


def test_the_kernel_waiting_for_work_is_waiting(shelf):
    idle = (
        "swapper     0 [001] 7.000001:    1 cpu-clock: \n\tffffffffad135f6f [unknown] ([kernel.kallsyms])\n\n"
    )

    assert shelf.facts(idle * 3 + PERF)["idle_share"] > 0.5


def test_a_flame_graph_gives_back_its_tree(shelf):
    boxes = [
        ("all", 0, 100, 80),
        ("main", 0, 100, 64),
        ("a (x.py:3)", 0, 60, 48),
        ("b", 60, 30, 48),
        ("c", 60, 10, 32),
    ]
    drawn = "".join(
        f'<g><title>{name} ({width:,} samples, {width}%)</title><rect x="{left}" width="{width}" y="{top}"/></g>'
        for name, left, width, top in boxes
    )

    facts = shelf.facts(f'<svg xmlns="http://www.w3.org/2000/svg"><title>Flame Graph</title>{drawn}</svg>')

    assert paths(facts) == {"main": 10.0, "main;a": 60.0, "main;b": 20.0, "main;b;c": 10.0}
    assert facts["samples"] == 100


CALLGRIND = """# callgrind format
events: Ir Dr
fl=(1) src/a.c
fn=(1) main
16 400 1
cfn=(2) work
calls=2 20
+1 600 2
fn=(2)
20 500 2
cfi=(2) src/b.c
cfn=(3) inner
calls=1 5
* 100 0
fi=(2)
fn=(3)
5 100 0
"""


def test_callgrind_names_are_written_once(shelf):
    facts = shelf.facts(CALLGRIND)

    assert own(facts) == {"work": 500.0, "main": 400.0, "inner": 100.0}
    assert total(facts) == {"work": 600.0, "main": 1000.0, "inner": 100.0}
    assert paths(facts) == {"main": 400.0, "main;work": 500.0, "main;work;inner": 100.0}
    assert (facts["what"], facts["stacks"]["estimated"]) == ("Ir", True)


def test_pyinstrument_keeps_self_time_at_its_function(shelf):
    leaf = {"function": "[self]", "file_path": "", "line_no": 0, "time": 0.25, "children": []}
    work = {"function": "work", "file_path": "/srv/a.py", "line_no": 3, "time": 0.5, "children": []}
    root = {"function": "main", "file_path": "/srv/a.py", "line_no": 1, "time": 1.0, "children": [leaf, work]}

    facts = shelf.facts(json.dumps({"sample_count": 1000, "duration": 1.1, "root_frame": root}))

    assert paths(facts) == {"main": 500.0, "main;work": 500.0}


def test_the_same_function_has_the_same_file_on_two_machines(shelf):
    one = shelf.facts("main;get (/home/ada/.venv/lib/python3.11/site-packages/flask/app.py:9) 7\n")
    other = shelf.facts("main;get (C:\\venv\\Lib\\site-packages\\flask\\app.py:12) 7\n")

    assert one["functions"][0]["file"] == other["functions"][0]["file"] == "flask/app.py"


def test_the_profiler_in_pure_python_writes_counts_of_calls(shelf):
    calls = {("b.py", 1, "main"): 2}
    table = {("b.py", 1, "main"): (1, 1, 0.5, 2.0, {}), ("b.py", 5, "work"): (2, 2, 1.5, 1.5, calls)}

    facts = shelf.facts(marshal.dumps(table))

    assert own(facts) == {"main": 500.0, "work": 1500.0}


def test_two_functions_of_one_name_in_one_file_are_told_apart(shelf):
    table = {("b.py", line, "__init__"): (1, 1, line / 10, line / 10, {}) for line in (1, 5)}

    assert own(shelf.facts(marshal.dumps(table))) == {"__init__:5": 500.0, "__init__:1": 100.0}


def test_dotnet_trace_s_mark_for_running_is_no_function(shelf):
    frames = [{"name": "Shop!List()"}, {"name": "CPU_TIME"}, {"name": "UNMANAGED_CODE_TIME"}]
    calls = [("O", 0, 0), ("O", 1, 0), ("C", 1, 7), ("O", 2, 7), ("C", 2, 9), ("C", 0, 10)]
    events = [{"type": kind, "frame": frame, "at": at} for kind, frame, at in calls]
    file = {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "shared": {"frames": frames},
        "profiles": [
            {"type": "evented", "unit": "milliseconds", "startValue": 0, "endValue": 10, "events": events}
        ],
    }

    assert paths(shelf.facts(json.dumps(file))) == {
        "Shop!List()": 8.0,
        "Shop!List();UNMANAGED_CODE_TIME": 2.0,
    }
