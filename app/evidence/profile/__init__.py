"""Profiles of programs: where time went, by function, with the call tree as far as a picture needs it.

Read: pprof (.pb, .pb.gz), collapsed stacks, austin, speedscope JSON, pyinstrument JSON, .cpuprofile and .heapprofile,
trace events, cProfile's .prof, `perf script` text, SVG of flamegraph.pl, inferno and py-spy, callgrind.
Others are recognised and answered with what to export (`elsewhere`).

Facts (shares are of the whole profile, 0 to 1):
  format, unit, what        unit is samples, ms or bytes; what the format calls the quantity
  total, samples            in units; the number of samples, null for profilers that do not sample
  duration_s, threads       null where the format does not say
  values                    [{what, unit, total}]: every quantity of the file, as it names them (pprof)
  functions                 [{name, file, line, self, total, self_share, total_share, passes_on,
                            waits}], at most 50, by self;
                            line is the one with most of the function's own weight, for some formats that of its
                            beginning; passes_on is the share of its total that its heaviest callee takes
  shares                    [[name, file, self_share, total_share]], at most 300, by total
  function_count, deepest   functions with any weight; frames of the deepest stack
  idle_share, unknown_share stacks that end in waiting; stacks that end in, or mostly are, frames without a name
  names_sketch              at most 256 smallest hashes of names, to estimate what two programs share
  stacks                    {frames [[name, file]], nodes [[parent, frame, total, self]], estimated}: at most 1,000
                            nodes, a parent before its children (-1 above the first); estimated for formats that know
                            calls and no stacks
  is_cut, is_truncated      too large to keep all of it; a trace that ends in the middle
"""

from __future__ import annotations

from app.evidence.findings import Report, Unreadable, phrase
from app.evidence.kind import Kind
from app.evidence.profile import hot_spot, pair, rules
from app.evidence.source import Source

NAME = "profile"


def sniff(source: Source) -> float:
    """How sure the head makes us that this is a profile, readable or not."""
    from app.evidence.profile import elsewhere, formats

    likely = formats.likeliest(source)
    if likely is not None:
        return likely[1]
    return 0.9 if elsewhere.known(source.head_bytes) else 0.0


def inspect(source: Source) -> Report:
    """Read the profile and say what is to be said. Raises `Unreadable`."""
    from app.evidence.profile import checks, elsewhere, formats, summary
    from app.evidence.profile.limits import Refused
    from app.evidence.profile.marshalled import HoldsCode

    likely, other = formats.likeliest(source), elsewhere.known(source.head_bytes)
    if likely is None:
        found = (
            rules.NOT_A_PROFILE.at()
            if other is None
            else rules.OTHER_FORM.at(what=other.what, export=other.export)
        )
        raise Unreadable(found)
    try:
        profile = likely[0].read(source)
    except HoldsCode as code:
        pure = elsewhere.PURE_PROFILE
        raise Unreadable(rules.OTHER_FORM.at(what=pure.what, export=pure.export)) from code
    except Refused as refused:
        raise Unreadable(rules.BROKEN.at(format=likely[0].title, reason=str(refused))) from refused
    if not 0 < (profile.exact_total or profile.tree.total) < 1e15:
        raise Unreadable(rules.NO_SAMPLES.at(format=profile.format))
    facts = summary.facts(profile)
    return Report(NAME, likely[1], facts, tuple(checks.findings(facts)))


KIND = Kind(
    NAME,
    phrase("Profile"),
    sniff,
    inspect,
    rules.RULES + pair.RULES,
    confirms={"hot_spot": hot_spot.confirmed},
    compare=pair.compare,
)
