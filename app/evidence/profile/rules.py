"""What may be said about one profile. P3 is a claim that names a function: see `hot_spot`.

Only a file without any sample is a block. A form that is not read is a warning: a reviewer may still open it.
"""

from app.evidence.findings import Rule, Severity

NO_SAMPLES = Rule(
    "P1",
    Severity.BLOCK,
    "The profile ({format}) holds no samples.",
    "Without a sample it does not say where time went.",
    "Record again while the program works: `py-spy record --pid PID --duration 60 --format raw --output profile.txt`.",
    example="a speedscope file whose lists are empty",
)
BROKEN = Rule(
    "P1",
    Severity.BLOCK,
    "The profile looks like {format} and cannot be read: {reason}.",
    "Nobody can open a damaged profile, neither the checks nor your reviewer.",
    "Let the profiler finish, export the profile again and upload that file unchanged.",
    example="a .prof file cut off half way",
)
NOT_A_PROFILE = Rule(
    "P1",
    Severity.BLOCK,
    "No profile was found in this file.",
    "A profile says in which functions the time was spent; this file does not name any with a count.",
    "Upload collapsed stacks, speedscope JSON, pprof, .cpuprofile, .prof, `perf script` text or a flame graph's SVG.",
    example="a screenshot or a log in the place of a profile",
)
OTHER_FORM = Rule(
    "P1",
    Severity.WARN,
    "This is {what}, which is not read automatically.",
    "Shares of functions and the comparison with the other profile need the samples themselves.",
    "Upload it in a form that is read: {export}.",
    example="the HTML page of pyinstrument",
)
FEW_SAMPLES = Rule(
    "P2",
    Severity.WARN,
    "Too short to trust: {samples} {samples:sample|samples}.",
    "With so few a function of 20 % may be one of 15 % or of 25 %, so a change of that size may be chance.",
    "Record 500 samples or more: 30 seconds under load at 100 a second, or longer when the program is often idle.",
    example="52 samples",
)
SHORT = Rule(
    "P2",
    Severity.WARN,
    "Too short to trust: the recording spans {seconds} s.",
    "A few seconds show warm-up, imports and one cache state rather than the usual load.",
    "Record at least 30 seconds under the same load, before and after.",
    example="a recording of 3 s",
)
WAITING = Rule(
    "P5",
    Severity.WARN,
    "{share} % of the profile is waiting, most of it in {name}.",
    "It counts time and not work: what the program did for its requests is hidden in the rest. Often it was recorded "
    "without load.",
    "Record under load and leave waiting threads out (py-spy does unless `--idle` is given; async-profiler with "
    "`-e cpu`). If the waiting itself is what you shortened, say so.",
    example="99 % in epoll_wait",
)
NO_NAMES = Rule(
    "P6",
    Severity.WARN,
    "{share} % of the profile has no function names (such as {name}).",
    "Frames without names cannot be held against your claim.",
    "Install debug symbols or keep them in the build, use frame pointers or `perf record --call-graph dwarf`; for "
    "Node `--perf-basic-prof`, for Python 3.12 or later `-X perf`, else py-spy.",
    example="64 % in [unknown]",
)
NO_STACKS = Rule(
    "P6",
    Severity.WARN,
    "No stack of the profile has more than one function, so it does not show who called it.",
    "Only self time can be read from it; a hot spot that works through others is not visible.",
    "Record with call stacks: `perf record -g`, or `--call-graph dwarf` where frame pointers are absent.",
    example="perf record without -g",
)
OVERHEAD = Rule(
    "P6",
    Severity.NOTE,
    "cProfile stops at every call: small functions that are called often look slower than they are.",
    "Times under it are not those of production, and its total ({seconds} s) is no latency to claim. Shares of large "
    "functions hold.",
    "To check a hot spot made of many small calls, record once with a sampling profiler (py-spy).",
    example="any .prof file",
)
TOP = Rule(
    "P7",
    Severity.NOTE,
    "Heaviest by themselves: {own}. With what they call: {total}.",
    "The first list is where the work is done, the second whose work it is.",
    "Name your hot spot as it stands here, and whether you mean self or total.",
    example="sha256 31 %, dumps 22 %; handle 88 %",
)
MEMORY = Rule(
    "P8",
    Severity.NOTE,
    "The profile counts {unit} ({what}), not time.",
    "Its shares say who allocates, which need not be who takes the time.",
    "For a claim about time add a CPU profile.",
    example="a heap profile",
)
WAITED = Rule(
    "P8",
    Severity.NOTE,
    "The profile adds up waiting ({what}), not work of the processor.",
    "Block and mutex profiles show where goroutines stood still, so what computes all the time is not in them.",
    "For a claim about time add a CPU profile: `curl -o cpu.pb.gz 'http://HOST/debug/pprof/profile?seconds=60'`.",
    example="the block profile or the mutex profile of a Go program",
)
MOMENT = Rule(
    "P8",
    Severity.NOTE,
    "The profile counts where each {what} stood at one moment, not time.",
    "Most of them wait, and what is busy need not be what is often there.",
    "For a claim about time add a CPU profile: `curl -o cpu.pb.gz 'http://HOST/debug/pprof/profile?seconds=60'`.",
    example="the goroutine profile of a Go program",
)
UNNAMED = Rule(
    "P8",
    Severity.NOTE,
    "austin's lines stand here without its header, so they may count time or memory.",
    "A share of the memory says nothing about the time.",
    "Upload the file as austin wrote it, with `# mode: …` at its top.",
    example="lines of austin with the first ones cut off",
)
CUT = Rule(
    "P9",
    Severity.NOTE,
    "The profile is larger than what is kept: {detail}.",
    "Shares of the functions shown are still of the whole.",
    "Nothing to do. A shorter recording would be read completely.",
    example="a program that calls itself 5,000 deep",
)
RULES = (
    NO_SAMPLES, BROKEN, NOT_A_PROFILE, OTHER_FORM, FEW_SAMPLES, SHORT, WAITING, NO_NAMES, NO_STACKS, OVERHEAD, TOP,
    MEMORY, WAITED, MOMENT, UNNAMED, CUT,
)  # fmt: skip
