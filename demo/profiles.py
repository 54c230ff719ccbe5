"""Profile the demo's application fix and load its infrastructure fix, with the tools a learner would use.

    python -m demo.profiles       writes to demo/evidence/; needs py-spy and hey on the path

The little shop of `demo.measure` in a process of its own. Its report is computed for every request, or once, under as
much load as four clients can make, watched by py-spy. Then hey counts, at a fixed rate, answers in two packets that
wait for each other (Nagle's algorithm) against answers that leave at once (TCP_NODELAY).
"""

import subprocess
import sys
import time

from demo.measure import OUT, Service, driver_url
from embedded import postgres

PORT_LINE = "listening on "
SHOP = "http://shop.example:8080"
PROFILED_S, LOADED_S = 61, 181
"""A minute is enough for a profile; a claim about the infrastructure needs three."""


def serve(kind: str, url: str) -> None:
    """Be the shop until ended, and say on which port. `kind` is computed, cached or hasty (cached, TCP_NODELAY)."""
    service = Service(url, cached=kind != "computed")
    service.server.RequestHandlerClass.disable_nagle_algorithm = kind == "hasty"  # type: ignore[attr-defined]
    print(f"{PORT_LINE}{service.port}", flush=True)
    time.sleep(600)


def shop(kind: str, url: str) -> tuple[subprocess.Popen[str], str]:
    """The shop as a process, and its address."""
    words = [sys.executable, "-m", "demo.profiles", "serve", kind, url]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    port = child.stdout.readline().removeprefix(PORT_LINE).strip()
    return child, f"http://127.0.0.1:{port}"


def hey(address: str, seconds: int, *rate: str) -> str:
    words = ["hey", "-z", f"{seconds}s", "-c", "4", *rate, address]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def profile(kind: str, url: str, seconds: int) -> None:
    """Watch the shop at work and keep the collapsed stacks."""
    child, address = shop(kind, url)
    target = OUT / f"profile-{'before' if kind == 'computed' else 'after'}.txt"
    words = ["py-spy", "record", "--format", "raw", "--rate", "100", "--duration", str(seconds), "--output"]
    with subprocess.Popen([*words, str(target), "--pid", str(child.pid)]) as watching:
        hey(f"{address}/summary", seconds)
        watching.wait()
    child.kill()


def main() -> None:
    with postgres.start() as server:
        url = driver_url(server.owner_url())
        for kind in ("computed", "hasty"):
            profile(kind, url, PROFILED_S)
        for kind, name in (("cached", "hey-before.txt"), ("hasty", "hey-after.txt")):
            child, address = shop(kind, url)
            (OUT / name).write_text(hey(f"{address}/summary", LOADED_S, "-q", "6").replace(address, SHOP))
            child.kill()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], sys.argv[3])
    else:
        main()
