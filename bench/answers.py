"""How long people wait for an answer: p50 and p95 of pages and parts, each asked over a connection of its own.

    python -m bench.answers [SUBMISSIONS]     (default: 10000)

Ends with 1 when a p95 is over its limit: 150 ms for a page, 50 ms for a part. One portal worker, as the Procfile starts
it; run it on a computer that does nothing else.
"""

import statistics
import sys
import time

from bench.pages import claimed, levels, read_file
from bench.side_by_side import world

ASKED = 200
WARM = 20
PAGE_MS, PART_MS = 150, 50


def main(size):
    with world() as (made, portal, _):
        made.seed(size)
        slow = [name for name, once, limit in _asked(made, portal) if not _is_quick(name, once, limit)]
    return f"over the limit: {', '.join(slow)}" if slow else 0


def _asked(made, portal):
    """What is asked for: its name, how, and the milliseconds that 95 of 100 may take at most."""
    reviewer, learner = made.cookie(made.reviewer), made.cookie(made.learner)
    capstone = made.course.capstones[0]
    draft = made.make.version(made.learner, capstone=capstone.slug)
    for slot in capstone.slots[:4]:
        read_file(made, draft, slot.key)
    desk = f"/reviews/{claimed(made).id}"
    key = capstone.rubric.criteria[0].key
    pages = [
        ("queue", "/queue", reviewer),
        ("queue, searched", "/queue?q=is%3Awaiting+capstone%3A1+sort%3Anewest", reviewer),
        ("queue, a learner by number", "/queue?q=learner%3A4321", reviewer),
        ("desk", desk, reviewer),
        ("preview of a rating", f"{desk}/preview", reviewer),
        ("learner's home", "/learn", learner),
        ("draft with four files", f"/work/{capstone.slug}", learner),
        ("check before sending", f"/versions/{draft.id}/check", learner),
    ]
    for name, path, cookie in pages:
        yield name, lambda path=path, cookie=cookie: portal.ask("GET", path, cookie=cookie), PAGE_MS
    parts = [
        ("outcome of a rating", "POST", f"{desk}/outcome", reviewer, levels(made) | {"tag": 0}),
        ("files seen", "POST", f"{desk}/seen", reviewer, {"seen": str(draft.id)}),
        ("saved comments", "GET", f"{desk}/bank/{key}", reviewer, None),
        ("a slot that is read", "GET", f"/versions/{draft.id}/slots/{capstone.slots[0].key}", learner, None),
    ]
    for name, method, path, cookie, form in parts:
        sent = {"cookie": cookie, "form": form, "fragment": True}
        yield name, lambda method=method, path=path, sent=sent: portal.ask(method, path, **sent), PART_MS


def _is_quick(name, once, limit):
    took = []
    for turn in range(WARM + ASKED):
        began = time.perf_counter()
        once()
        if turn >= WARM:
            took.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1]
    sign = "" if p95 <= limit else f"   over {limit} ms"
    print(f"{name:28} p50 {statistics.median(took):6.1f} ms   p95 {p95:6.1f} ms{sign}", flush=True)
    return p95 <= limit


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
