"""The child's side of the sandbox: give up every right, wait to be told the file, run a module as `python -m` would.

Started by `worker.sandbox` as `python -I -S -B confined.py ORDERS` with ORDERS as JSON. What it reads from its
standard input is a JSON list: the module's arguments. Nothing hostile is read before the rights are gone, and this
file uses the standard library alone.
"""

import ctypes
import importlib
import importlib.util
import json
import os
import resource
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_SET_PARENT_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
_FILE_RIGHTS = _EXECUTE | 1 << 1 | _READ_FILE | _TRUNCATE
_MAKE_DEVICES = 1 << 6 | 1 << 11
_STACK = 1024 * 1024  # bytes for each thread: ten threads of 8 MiB would fill the memory a check may have


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def main(orders: Mapping[str, Any]) -> None:
    """Confine this process as ordered, import what the module will want, and become it once told to."""
    libc = ctypes.CDLL(None, use_errno=True)
    _shrink_thread_stacks(libc)
    if orders["uid"] is not None:
        _become(orders["uid"])
    if orders["parent"] is not None:
        _die_with(orders["parent"], libc)
    _need(libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")
    sys.path[:] = [orders["code"], *sys.path, *orders["packages"]]
    if orders["landlock"]:
        importlib.util.find_spec(orders["module"])  # finders remember the folders that can be listed no more
        restrict(libc, readable=orders["readable"], writable=orders["writable"])
    for name, value in orders["limits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    for name in orders["warm"]:
        importlib.import_module(name)
    if told := sys.stdin.readline():  # nothing is said to a child that is not wanted any more
        sys.argv = [orders["module"], *json.loads(told)]
        _become_module(orders["module"])


def _become_module(name: str) -> None:
    """Run the module and end with its status. The kernel takes the process apart; Python alone would take 30 ms."""
    status: object = None
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        status = ended.code
    if not isinstance(status, int | None):
        sys.exit(str(status))  # in words, which Python prints
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


def restrict(libc: ctypes.CDLL, *, readable: Sequence[str], writable: Sequence[str]) -> None:
    """Landlock: these folders and files, no TCP (kernel 6.7), no signals to others (6.12). Raises OSError."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    _need(version, "Landlock")
    files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    rules = _Ruleset(files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = ctypes.sizeof(rules) if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    _need(ruleset, "Landlock")
    for path in readable:
        _allow(libc, ruleset, path, files & (_EXECUTE | _READ_FILE | _READ_DIR))
    for path in writable:
        _allow(libc, ruleset, path, files & ~(_EXECUTE | _MAKE_DEVICES))
    _need(libc.syscall(_RESTRICT_SELF, ruleset, 0), "Landlock")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    """Allow `rights` at `path` and below; a path that this machine does not have is left out."""
    try:
        found = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    allowed = rights if os.path.isdir(path) else rights & _FILE_RIGHTS
    rule = _Beneath(allowed, found)
    _need(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0), path)
    os.close(found)


def _become(uid: int) -> None:
    """From root to an account that owns nothing and that nobody else uses."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _die_with(parent: int, libc: ctypes.CDLL) -> None:
    """Be killed when the worker dies. Comes after the change of account, which would undo it."""
    _need(libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0), "the leash")
    if os.getppid() != parent:
        os._exit(1)


def _shrink_thread_stacks(libc: ctypes.CDLL) -> None:
    """Threads that native code starts get a megabyte of stack; where libc cannot, they keep its default."""
    attributes = ctypes.create_string_buffer(128)
    if hasattr(libc, "pthread_setattr_default_np") and libc.pthread_attr_init(attributes) == 0:
        libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(_STACK))
        libc.pthread_setattr_default_np(attributes)


def _need(result: int, what: str) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
