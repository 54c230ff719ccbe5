"""The rehearsal from the parts to the pack; see the package for how to call it."""

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from deploy import rehearsal
from deploy.rehearsal import balancer, pack
from deploy.rehearsal.instances import Instance
from deploy.rehearsal.steps import Operator
from deploy.rehearsal.traffic import Traffic
from deploy.rehearsal.world import world
from embedded.process import Unstartable, free_port

NAMES = ("app-1", "app-2", "app-3")
CAREFUL, CARELESS = ROOT / "deploy" / "haproxy.cfg", Path(__file__).parent / "careless.cfg"


@dataclass(frozen=True)
class Plan:
    """How much is done. `settle` is the time without a step around the kills and deploys, in seconds."""

    kills: tuple
    deploys: int
    down: float
    settle: float
    after: float
    pause: float
    rolls_back: bool


FULL = Plan(("KILL", "TERM", "KILL", "KILL"), 10, down=5, settle=15, after=62, pause=0.15, rolls_back=True)
SHORT = Plan(("KILL",), 3, down=1, settle=5, after=1, pause=0.3, rolls_back=False)


def main():
    parser = argparse.ArgumentParser(prog="python -m deploy.rehearsal", description=rehearsal.__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("out", type=Path)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--careless", action="store_true")
    asked = parser.parse_args()
    if asked.out.exists():
        sys.exit(f"{asked.out} is there already; choose another name.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        seen = rehearse(asked.out, SHORT if asked.short else FULL, is_careful=not asked.careless, say=say)
    except Unstartable as reason:
        sys.exit(str(reason))
    sys.exit(1 if seen else 0)


def say(words):
    print(words, flush=True)


def rehearse(out, plan, *, is_careful, say):
    """Do all of it and write the pack to `out`; how many errors users saw."""
    template = CAREFUL if is_careful else CARELESS
    with contextlib.ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="touchstone-rehearsal-")))
        front = free_port()
        parts = running.enter_context(world(front))
        instances = [Instance(name, folder, parts.environment) for name in NAMES]
        running.callback(_end, instances)
        control = folder / "haproxy.sock"
        text = balancer.configuration(template, front, {one.name: one.port for one in instances}, control)
        (folder / "haproxy.cfg").write_text(text, "utf-8")
        before = balancer.Balancer(folder / "haproxy.cfg", front, control, folder / "haproxy.log")
        running.callback(before.stop)
        operator = Operator(instances, before, folder, is_careful=is_careful, say=say)
        operator.begin("r00")
        traffic = Traffic(front, parts.cookies, parts.pages, parts.form, pause=plan.pause)
        say(f"{balancer.version()}; three instances are up, {len(parts.cookies)} people use them")
        with traffic:
            kills, rolls, back = _steps(operator, plan)
        return _written(out, before, kills, rolls, back, traffic, text, say)


def _end(instances):
    """All at once: each waits for its idle connections."""
    for instance in instances:
        instance.ask_to_end()
    for instance in instances:
        instance.stop()


def _steps(operator, plan):
    """Kills, then deploys, then the way back, with people using the portal all the time."""
    time.sleep(plan.settle)
    kills = []
    for number, sort in enumerate(plan.kills):
        kills.append(operator.kill(number, sort, down=plan.down))
        time.sleep(plan.settle)
    rolls = [operator.roll(f"r{number:02}") for number in range(1, plan.deploys + 1)]
    back = None
    if plan.rolls_back:
        decided = time.time()
        back = (decided, operator.roll(f"r{plan.deploys - 1:02}"))
    time.sleep(plan.after)
    return kills, rolls, back


def _written(out, before, kills, rolls, back, traffic, text, say):
    found = (
        pack.chaos(out / "chaos", before, kills, rolls, traffic, text),
        pack.deploys(out / "deploys", before, rolls, back, traffic, text),
    )
    for _, words in found:
        say(words)
    say(
        f"The evidence is in {out}: python -m app.evidence check --claims {out}/chaos/claims.toml {out}/chaos/*.*"
    )
    return sum(seen for seen, _ in found)


if __name__ == "__main__":
    main()
