"""Forms that are not read: each is known by its beginning and answered with what to export; prose is not."""

import profile as pure_profile

import pytest

from app.evidence.profile import KIND
from app.evidence.profile.elsewhere import known

PAGE = "<!DOCTYPE html>\n<html lang='en'>\n<head>"
FORMS = {
    "heap profile: 4: 4096 [ 10: 20480] @ heap/1048576\n": "pprof -proto",
    "--- heapz 1 ---\nMAPPED_LIBRARIES:\n  1: 32 [ 1: 32] @ 0x00 \n": "pprof -proto",
    "--- contentionz 1 ---\nformat: java\n": "pprof -proto",
    "--- contention:\ncycles/second=3201000000\n": "pprof -proto",
    "goroutine profile: total 7\n1 @ 0x43e5a1\n": "pprof -proto",
    bytes(8) + b"\3" + bytes(15) + b"\x10\x27": "pprof -proto",
    "File: app\nType: cpu\nShowing nodes accounting for 1.2s, 90% of 1.3s total\n": "pprof -proto",
    "PERFILE2\x68\0\0\0": "perf script",
    "# To display\n# Overhead  Command  Shared Object  Symbol\n": "perf script",
    "# To display\n# Samples: 174  of event 'cpu-clock'\n# Children      Self  Command  Symbol\n": "perf script",
    "Statistical profiling result from isolate-0x41f6-v8.log, (1031 ticks, 579 unaccounted)": "--cpu-prof",
    'Process 5428: python work.py 6\nPython v3.11.7 (/usr/bin/python3.11)\n\nThread 5428 (active): "Main"': "py-spy",
    '[{"pid": 5428, "owns_gil": false, "frames": [{"name": "wait"}]}]': "py-spy record",
    "FLR\0\0\2": "jfrconv",
    '{"snapshot":{"meta":{"node_fields":["type"]}}}': "--cpu-prof",
    "v8-version,10,2,154\nshared-library,/usr/bin/node,0x1,0x2\n": "--cpu-prof",
    b"\x04\x22\x4d\x18\x40\x40\xc0\x1e\x5a\xf0\0\0\xf8\x06memray": "memray transform speedscope",
    '{"version": 0, "costs": [], "events": [{"callchain": []}]}': "memray transform speedscope",
    "  _     ._   __/__\n /_//_  Recorded: 02:19:08  Samples:  879\n": "pyinstrument -r json",
    '{\n "alloc_samples": 7,\n "combined_stacks": []}': "py-spy record",
    '{"meta":{"interval":1,"preprocessedProfileVersion":48}}': "perf script",
    '{"meta":{"version":24,"interval":1,"stackwalk":1},"libs":[],"threads":[]}': "perf script",
    "         123 function calls in 1.2 seconds\n\n   ncalls  tottime  percall": "upload the .prof file",
    "% self  % total  name\n 58.33   58.33  to_json - json.rb\n": "rbspy record --format collapsed",
    "Collecting samples from 'python app.py'\nTotal Samples 1500\n\n  %Own   %Total  OwnTime": "py-spy record",
    "Weight\tSelf Weight\t\tSymbol Name\n12.30 s  100.0%\t0 s\t \tshop\n": "stackcollapse-sample.awk",
    b"MOJ\x03\x01mode\0wall\0": "mojo2austin",
    PAGE + "<canvas id='canvas'></canvas><script>const cpool = [": "asprof",
    "Timer unit: 1e-06 s\n\nLine #      Hits": "py-spy record",
    '{"version":1.2,"mode":"wall","gc_samples":3,"frames":{}}': "stackprof --stackcollapse",
    "Nettrace\x14\0\0\0": "dotnet-trace convert",
    PAGE + "<script>var pyinstrumentHTMLRenderer=1": "pyinstrument -r json",
    PAGE + "<title>memray - flamegraph report</title>": "memray transform speedscope",
    PAGE + "<title>Scalene</title>": "py-spy record",
    PAGE + "<title>Clinic Flame - 12</title>": "--cpu-prof",
    PAGE + "<h1>Flame Graph</h1><canvas id='canvas'>": "asprof",
    PAGE + "<title>speedscope</title>": "Export",
}


@pytest.mark.parametrize(("content", "export"), FORMS.items())
def test_a_form_that_is_not_read_is_answered_with_what_to_export(shelf, content, export):
    found = shelf.refused(content)

    assert (found.code, found.severity) == ("P1", "warn")
    assert export in found.fix
    assert KIND.sniff(shelf.source(content)) == 0.9


def test_what_profile_in_pure_python_writes_of_a_program_is_no_broken_file(shelf, tmp_path):
    profile = pure_profile.Profile()
    profile.runctx(compile("sum(range(9))", "program.py", "exec"), {}, {})
    profile.dump_stats(str(tmp_path / "pure.prof"))

    found = shelf.refused((tmp_path / "pure.prof").read_bytes())

    assert (found.code, found.severity) == ("P1", "warn")
    assert "python -m cProfile" in found.fix


@pytest.mark.parametrize(
    "content",
    [
        "We profiled the shop and its flame graph shows json.dumps at 60 %.\n",
        "id;name;count\n1;a;12\n2;b;13\n",
        "2026-11-22 10:00:00;GET;12\n2026-11-22 10:00:01;GET;13\n",
        "main 12\nother 13\n",
        PAGE + "<title>The clinic at 0x10</title><h1>Flame Graph</h1>",
        '{"nodes": [1], "samples": [2]}',
        '<svg xmlns="http://www.w3.org/2000/svg"><title>A house</title><rect/></svg>',
        "events: none\n",
        "\n\n\n",
    ],
)
def test_what_is_no_profile_is_not_taken_for_one(shelf, content):
    assert KIND.sniff(shelf.source(content)) == 0.0
    assert known(content.encode()) is None
    assert shelf.refused(content).message == "No profile was found in this file."


def test_folded_stacks_of_two_profiles_are_not_read_as_one(shelf):
    found = shelf.refused("main;work 12 14\nmain;rest 3 1\nmain;gone 5 0\n")

    assert (found.code, found.severity) == ("P1", "block")
    assert "two counts" in found.message
