"""Names of functions as profilers print them: their parts, and which of them are waiting or not known."""

from __future__ import annotations

from app.evidence.patterns import lazy

_PLACE = lazy(r"([^ ]{1,400}?)(?::(\d{1,7}))?\)$")
_HEX = lazy(r"0x[0-9a-fA-F]{1,16}$")
_MARK = lazy(r"_\[[a-z0-9]\]$")  # java_[j], symbol_[k]: how the frame was compiled
_LIBRARIES = ("/site-packages/", "/dist-packages/", "/node_modules/")
_CONTROL = lazy("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNKNOWN = frozenset(
    ("[unknown]", "unknown", "(unknown)", "<unknown>", "??", "???", "[frame]", "unknown_Java", "[missed]",
     "(more functions)")
)  # fmt: skip
_WAITING = frozenset((
    "(idle)", "epoll_wait", "__epoll_wait", "epoll_pwait", "epoll_pwait2", "do_epoll_wait", "ep_poll", "poll",
    "__poll", "ppoll", "do_sys_poll", "do_poll", "select", "__select", "pselect", "do_select", "kevent",
    "kevent64", "nanosleep", "__nanosleep", "clock_nanosleep", "do_nanosleep", "hrtimer_nanosleep", "usleep",
    "sleep", "futex_wait", "futex_wait_queue", "futex_wait_queue_me", "__futex_wait", "do_futex_wait",
    "__futex_abstimed_wait_common", "pthread_cond_wait", "__pthread_cond_wait", "pthread_cond_timedwait",
    "__pthread_cond_timedwait", "sem_wait", "sem_timedwait", "take_gil", "accept", "__accept", "accept4",
    "inet_csk_accept", "native_safe_halt", "default_idle", "cpuidle_enter", "cpuidle_enter_state", "intel_idle",
    "mwait_idle", "acpi_idle_do_entry", "pv_native_safe_halt", "schedule", "__schedule", "finish_task_switch",
    "finish_task_switch.isra.0", "__psynch_cvwait", "mach_msg_trap", "mach_msg2_trap", "NtWaitForSingleObject",
    "NtWaitForMultipleObjects", "NtDelayExecution", "NtRemoveIoCompletion", "runtime.gopark", "runtime.futex",
    "runtime.epollwait", "runtime.netpoll", "runtime.notesleep", "runtime.usleep", "time.Sleep", "Unsafe.park",
    "jdk/internal/misc/Unsafe.park", "sun/misc/Unsafe.park", "java/lang/Object.wait", "java/lang/Object.wait0",
    "java/lang/Thread.sleep", "java/lang/Thread.sleep0", "sun/nio/ch/EPoll.wait",
    "sun/nio/ch/EPollArrayWrapper.epollWait", "sun/nio/ch/Net.accept", "java.lang.Thread.sleep",
    "java.lang.Object.wait", "Kernel#sleep", "Thread#sleep", "IO.select", "Kernel.select",
    "ConditionVariable#wait", "Thread::Queue#pop", "Queue#pop",
))  # fmt: skip
_WAITING_PARTS = (
    "time.sleep>", "method select.select>", "'poll' of 'select.", "'acquire' of '_thread.", "'accept' of '_socket.",
    "'control' of 'select.kqueue", "asyncio.sleep>", "posix.waitpid>",
)  # fmt: skip
_WAITING_IN = {
    "threading.py": frozenset(("wait", "_wait_for_tstate_lock", "acquire", "join")),
    "selectors.py": frozenset(("select", "_select", "poll")),
    "socket.py": frozenset(("accept", "readinto")),
    "thread.py": frozenset(("_worker",)),
    "queue.py": frozenset(("get",)),
    "subprocess.py": frozenset(("_wait", "_try_wait")),
    "popen_fork.py": frozenset(("poll",)),
    "socketserver.py": frozenset(("get_request", "serve_forever")),
}


def split_place(text: str) -> tuple[str, str, int]:
    """`func (file.py:12)` as name, file and line; text that ends in no file is all name."""
    start = text.rfind(" (")
    found = _PLACE.match(text, start + 2) if start > 0 and text.endswith(")") else None
    if found is None or not _is_file(found[1]):
        return text, "", 0
    return text[:start], found[1], int(found[2] or 0)


def unmarked(name: str) -> str:
    """Without async-profiler's and perf's marks for how a frame was compiled."""
    return name[:-4] if name.endswith("]") and _MARK.search(name[-4:]) else name


def short_file(path: str) -> str:
    """The end of a path that stays the same on another machine: below the library's folder, else three parts."""
    if not path:
        return ""
    path = path.split("?", 1)[0].replace("\\", "/")[-400:]
    for folder in _LIBRARIES:
        if folder in path:
            return path.rsplit(folder, 1)[1]
    return "/".join([part for part in path.split("/") if part][-3:])


def base(file: str) -> str:
    return file.rsplit("/", 1)[-1]


def plain(text: str) -> str:
    """Without what a page or a database cannot hold: controls, marks that turn the direction, half characters."""
    return _CONTROL.sub("\ufffd", text)


def is_waiting(name: str, file: str) -> bool:
    """A frame in which a thread waits for a request, a lock, a timer or another machine."""
    if name in _WAITING or name.rsplit(".", 1)[-1] in _WAITING_IN.get(base(file), ()):
        return True  # py-spy writes the class before the name
    return name.startswith("<") and any(part in name for part in _WAITING_PARTS)


def is_unknown(name: str) -> bool:
    """A frame whose function could not be named."""
    return name in _UNKNOWN or _HEX.match(name) is not None


def _is_file(text: str) -> bool:
    return ("." in text or "/" in text or text.startswith("<")) and "(" not in text
