"""One child in waiting: confined, its imports done, a short table read, its engine started, before there is a file.

What a learner waits for is then the reading alone. Every child still reads one file and is gone: nothing a file does
to its child is there when the next one comes.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from worker.sandbox import Child, Sandbox
from worker.watching import Outcome


class Spares:
    """Runs a module on files in `sandbox`, by a waiting child where there is one. For one thread at a time."""

    def __init__(self, sandbox: Sandbox, module: str) -> None:
        self.sandbox, self.module = sandbox, module
        self._unwarmed = replace(sandbox, warm=())
        self._waiting: Child | None = None
        self._is_kept = False

    def keep(self) -> None:
        """From now on have a child in waiting."""
        self._is_kept = True
        self._waiting = self._waiting or self.sandbox.child(self.module)

    def run(
        self,
        arguments: Sequence[str],
        file: Path,
        *,
        asked_to_stop: Callable[[], bool],
        collect: Callable[[Path], None] = lambda _scratch: None,
    ) -> Outcome:
        """Run `python -m module arguments… FILE` and say how it ended; then put the next child in waiting.

        `collect` is shown the folder the child could write to, after its end and before the folder goes.
        """
        with contextlib.closing(self._take()) as child:
            outcome = child.read(arguments, file, asked_to_stop=asked_to_stop)
            if outcome.stopped is None:
                collect(child.folder / "scratch")
        if self._is_kept:
            self._waiting = self.sandbox.child(self.module)
        return outcome

    def close(self) -> None:
        """End the one in waiting."""
        self._is_kept = False
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None

    def _take(self) -> Child:
        """The child in waiting, or a new one where there is none, which imports only what its file asks for."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.is_waiting:
            return waiting
        if waiting is not None:
            waiting.close()
        return self._unwarmed.child(self.module)
