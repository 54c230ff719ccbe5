"""Throughput of the queue page against bare Flask views on the same server, by ratio in one run.

    python -m bench.queue [SUBMISSIONS …]     (default: 1000 100000)

The bare views (`bench.bare`) make four indexed queries and render a page of the same size from a compiled template.
The last line compares the largest queue with the smallest, each by the first yardstick's time in the same rounds.
"""

import sys

from bench.side_by_side import compare, pages, world


def main(sizes):
    shares = []
    with world() as (made, portal, bare):
        cookie = made.cookie(made.reviewer)
        for size in sizes:
            made.seed(size)
            weight = len(portal.ask("GET", "/queue", cookie=cookie)[0])
            shares.append(
                compare(
                    f"queue of {size}, {weight} bytes",
                    (portal, lambda: portal.ask("GET", "/queue", cookie=cookie)),
                    pages(bare, weight),
                )
            )
    print(f"largest against smallest queue: {shares[0] / shares[-1]:.2f} times the time of a page")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 100_000])
