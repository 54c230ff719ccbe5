"""Where hostile files are read: a child process without rights, by the strongest means this machine has.

    bubblewrap  no network, its own processes, and no file but the interpreter, the checks and the evidence
    landlock    the same files, no TCP; other sockets are still possible
    limits      memory, processor, processes and disk are bounded, and that is all

The level is tried at start by really reading evidence in it, and recorded with every result. A worker that is
root runs the child as an account nobody else uses; where that account cannot read the interpreter (a checkout
in a closed folder) and bubblewrap is missing, the child stays root and the level says so.
"""

import compileall
import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from worker import watching
from worker.watching import Bounds, Outcome

MIB = 1024 * 1024
ROOT = Path(__file__).parents[1]
CONFINED = ROOT / "worker" / "confined.py"
CHECKS = (ROOT / "app" / "__init__.py", ROOT / "app" / "evidence", ROOT / "app" / "pictures")
WARM = (
    "app.evidence.__main__",
    "app.evidence.load_report.forms",
    "app.evidence.profile.elsewhere",
    "app.evidence.profile.formats",
    "app.evidence.postgres_plan.reading",
    "app.evidence.latency_table.inspection",
    "app.evidence.ahead",
)  # what every file is asked by, and what the two commonest kinds read with
BOUNDS = Bounds(memory=448 * MIB, output=4 * MIB, disk=128 * MIB, seconds=45)
LIMITS = {
    "DATA": 480
    * MIB,  # what the kernel lets one process have of its own; the promise is 512 with its libraries
    "AS": 2048 * MIB,
    "CPU": 60,
    "FSIZE": 64 * MIB,
    "NOFILE": 64,
    "NPROC": 64,
    "CORE": 0,
}
LEVELS = ("bubblewrap", "landlock", "limits")
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/lib32",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
)
_ASKED_FOR = (  # what engines look at to learn how many threads they may use; without it DuckDB aborts
    "/proc/self", "/proc/stat", "/proc/meminfo", "/proc/sys/vm", "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_BECOME_SUBREAPER = 36
_FIRST_UID = 61184  # the range set aside for accounts that live as long as one service


class NoSandbox(Exception):
    """No level works here; the message holds what each of them said."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A level that works on this machine.

    `code` is put on the module path, `visible` is what of it can be read, `warm` is imported before there is a file.
    """

    level: str
    uid: int | None
    code: Path = ROOT
    warm: tuple[str, ...] = WARM
    visible: tuple[Path, ...] = CHECKS
    bounds: Bounds = BOUNDS

    @property
    def label(self) -> str:
        """The level as it is recorded with a result."""
        return f"{self.level} as root" if self.uid is None and os.geteuid() == 0 else self.level

    def run(
        self, module: str, arguments: Sequence[str], file: Path, *, asked_to_stop: Callable[[], bool]
    ) -> Outcome:
        """Run `python -m module arguments… FILE` on a copy of nothing but `file`, and say how it ended."""
        with contextlib.closing(self.child(module)) as child:
            return child.read(arguments, file, asked_to_stop=asked_to_stop)

    def child(self, module: str) -> "Child":
        """Start a child that gives up its rights, imports what is `warm` and waits for its file."""
        folder = _folder(self.uid)
        home = "/tmp" if self.level == "bubblewrap" else str(folder / "scratch")  # noqa: S108 - its own
        process = watching.start(self._command(module, folder), env=_environment(home))
        return Child(process, folder, self)

    def _command(self, module: str, folder: Path) -> list[str]:
        inside = self.level == "bubblewrap"
        orders = {
            "module": module,
            "warm": self.warm,
            "code": str(self.code),
            "packages": _packages(),
            "uid": self.uid,
            "parent": None if inside else os.getpid(),
            "landlock": self.level == "landlock",
            "readable": [
                *_SYSTEM,
                *_ASKED_FOR,
                *_interpreter(),
                *map(str, self.visible),
                str(folder / "evidence"),
            ],
            "writable": [str(folder / "scratch"), *_DEVICES],
            "limits": LIMITS,
        }
        python = [sys.executable, "-I", "-S", "-B", str(CONFINED), json.dumps(orders)]
        return [*self._walls(folder), *python] if inside else python

    def _walls(self, folder: Path) -> list[str]:
        """The bubblewrap command: a file system of a few read-only places and one folder to write in."""
        if self.uid is None:
            apart = ["--unshare-all", "--cap-drop", "ALL"]
        else:  # root builds the walls, then the child drops to its account: a user namespace would not count processes
            apart = [f"--unshare-{kind}" for kind in ("ipc", "pid", "net", "uts", "cgroup-try")]
            apart += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        shown = [*_interpreter(), str(CONFINED), *map(str, self.visible)]
        return [
            *(str(shutil.which("bwrap")), "--die-with-parent", "--new-session", *apart),
            *("--proc", "/proc", "--dev", "/dev", "--bind", str(folder / "scratch"), "/tmp"),  # noqa: S108 - its own
            *_parents(shown),
            *_binds(_SYSTEM, "--ro-bind-try"),
            *_binds([path for path in shown if Path(path).exists()], "--ro-bind"),
            *("--ro-bind", str(folder / "evidence"), "/evidence", "--chdir", "/", "--"),
        ]


@dataclass(frozen=True, slots=True)
class Child:
    """A confined process that waits for one file; it reads one and is gone."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    sandbox: Sandbox

    @property
    def is_waiting(self) -> bool:
        return self.process.poll() is None

    def read(self, arguments: Sequence[str], file: Path, *, asked_to_stop: Callable[[], bool]) -> Outcome:
        """Let it run the module with `arguments… FILE`."""
        evidence = self.folder / "evidence" / file.name
        _place(file, evidence)
        seen = f"/evidence/{file.name}" if self.sandbox.level == "bubblewrap" else str(evidence)
        return watching.watch(
            self.process,
            json.dumps([*arguments, seen]).encode() + b"\n",
            scratch=self.folder / "scratch",
            bounds=self.sandbox.bounds,
            asked_to_stop=asked_to_stop,
        )

    def close(self) -> None:
        """End it, whether it was given a file or not, and remove its folder."""
        watching.end(self.process, set(watching.children(os.getpid())) - {self.process.pid})
        shutil.rmtree(self.folder, ignore_errors=True)


def probe(levels: Sequence[str] = LEVELS) -> Sandbox:
    """The first of `levels` in which the checks really start here; raises NoSandbox when none does."""
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)  # orphans of a child become ours to end
    compileall.compile_dir(str(ROOT / "app" / "evidence"), quiet=2)  # the child may not write its own
    said = []
    for level in levels:
        if level == "bubblewrap" and shutil.which("bwrap") is None:
            said.append("bubblewrap: not installed")
            continue
        for uid in _accounts(level):
            sandbox = Sandbox(level, uid)
            if (complaint := _complaint(sandbox)) is None:
                return sandbox
            said.append(f"{sandbox.label}: {complaint}")
    raise NoSandbox("; ".join(said))


def _accounts(level: str) -> list[int | None]:
    """Whom the child may run as, best first. Behind bubblewrap's walls root is never left root."""
    if os.geteuid() != 0:
        return [None]
    own = _FIRST_UID + os.getpid() % 4096
    return [own] if level == "bubblewrap" else [own, None]


def _complaint(sandbox: Sandbox) -> str | None:
    """Why the checks do not start in this sandbox; None when they do."""
    with tempfile.TemporaryDirectory(prefix="touchstone-probe-") as folder:
        file = Path(folder, "probe.txt")
        file.write_text("x\n")
        open_to_child(file)
        try:
            outcome = sandbox.run("app.evidence", ["check", "--json"], file, asked_to_stop=lambda: False)
        except OSError as error:
            return str(error)
    if outcome.status in (0, 1) and outcome.output.lstrip().startswith(b"["):
        return None
    return (outcome.complaint.strip().splitlines() or [f"ended with {outcome.status}"])[-1]


def _place(file: Path, evidence: Path) -> None:
    """Put `file` where a child looks: another name for the same bytes, or a copy where that cannot be."""
    try:
        os.link(file, evidence)
    except OSError:
        shutil.copyfile(file, evidence)
    evidence.chmod(0o444)


def open_to_child(file: Path) -> None:
    """Let the child's account read `file` and enter its folder, whatever our umask.

    Raises `PermissionError` for a folder that others own or may write to, such as /tmp: its mode is not ours to change.
    """
    folder = file.parent.stat()
    if folder.st_uid != os.geteuid() or folder.st_mode & 0o1022:
        raise PermissionError(f"{file.parent} is not a folder of the worker's own")
    file.chmod(0o444)
    file.parent.chmod(0o711)


def _folder(uid: int | None) -> Path:
    """A folder for one child: `evidence`, which it may read, and `scratch`, which it may write to."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-check-"))
    folder.chmod(0o711)  # it can be passed through, not read
    (folder / "evidence").mkdir(mode=0o711)
    (folder / "scratch").mkdir(mode=0o700)
    if uid is not None:
        os.chown(folder / "scratch", uid, uid)
    return folder


def _environment(scratch: str) -> dict[str, str]:
    """Nothing of ours: no addresses, no keys."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": scratch, "TMPDIR": scratch}


def _interpreter() -> list[str]:
    """Where Python and the packages live: the virtual environment and the installation it was made from."""
    homes = {Path(sys.prefix), Path(sys.base_prefix)}
    return sorted(str(home) for home in homes if not str(home).startswith("/usr"))


def _packages() -> list[str]:
    """Where packages are; the child is told, because finding them by itself (`site`) is a tenth of its start."""
    return sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def _parents(paths: Sequence[str]) -> list[str]:
    """Make the folders above `paths` passable: bubblewrap would make them for its own account only."""
    folders = {str(parent) for path in paths for parent in Path(path).parents if parent != Path("/")}
    inside_shown = {folder for folder in folders if any(Path(folder).is_relative_to(path) for path in paths)}
    made = sorted(folders - inside_shown - {"/usr", "/tmp"} | {"/evidence", "/etc"})  # noqa: S108
    return [word for folder in made for word in ("--dir", folder)]


def _binds(paths: Sequence[str], option: str) -> list[str]:
    return [word for path in paths for word in (option, path, path)]
