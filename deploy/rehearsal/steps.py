"""What is done to the instances while people use them: kills, rolling deploys, a rollback. Each says when."""

import time
from dataclasses import dataclass

from deploy.rehearsal.instances import release
from deploy.rehearsal.waiting import until

NOTICED = 15
"""Seconds the balancer is given to notice what it should notice within one."""


@dataclass(frozen=True)
class Kill:
    instance: str
    signal: str
    at: float
    back: float


@dataclass(frozen=True)
class Roll:
    """One release on every instance, one after the other."""

    version: str
    start: float
    end: float


class Operator:
    """Has the instances and the balancer at hand, and the folder releases are put into."""

    def __init__(self, instances, balancer, folder, *, is_careful, say):
        self.instances, self.balancer, self.folder = instances, balancer, folder
        self.is_careful, self.say = is_careful, say
        self.code = {}

    def begin(self, version):
        """The first release on all instances at once."""
        code = self._release(version)
        for instance in self.instances:
            instance.start(code)
        for instance in self.instances:
            self._until_back(instance)

    def kill(self, number, signal, *, down):
        """End one instance by a signal, without a word to the balancer; start it again `down` seconds later."""
        instance = self.instances[number % len(self.instances)]
        at = time.time()
        instance.kill() if signal == "KILL" else instance.end()
        time.sleep(down)
        instance.start(self._running)
        self._until_back(instance)
        self.say(f"{instance.name} got SIG{signal}, and was back after {time.time() - at:.1f} s")
        return Kill(instance.name, signal, at, time.time())

    def roll(self, version):
        """Put a release on one instance after the other."""
        start, code = time.time(), self._release(version)
        for instance in self.instances:
            if self.is_careful:
                self._drain(instance)
            instance.end()
            instance.start(code)
            if self.is_careful:
                self._until_back(instance)
        for instance in self.instances:
            self._until_back(instance)
        self.say(f"{version} is on all instances after {time.time() - start:.1f} s")
        return Roll(version, start, time.time())

    def _drain(self, instance):
        """The order that loses nothing: not ready, seen by the balancer, nothing in flight; only then SIGTERM."""
        instance.drain()
        until(
            lambda: self.balancer.is_idle(instance.name),
            seconds=NOTICED,
            what=f"the balancer to leave {instance.name} alone",
        )

    def _until_back(self, instance):
        instance.until_ready()
        until(
            lambda: self.balancer.is_up(instance.name),
            seconds=NOTICED,
            what=f"the balancer to see {instance.name}",
        )

    def _release(self, version):
        if version not in self.code:
            self.code[version] = release(self.folder, version)
        self._running = self.code[version]
        return self._running
