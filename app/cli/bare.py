"""`flask …` when the portal itself cannot start: what mends it still runs, the rest says why it does not.

Without this the commands that name a mistake in the course or make the missing key would need both first.
"""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.certificates import certificates_new_key
from app.cli.course import course_check


class _Group(AppGroup):
    """Commands by name; any other name is a command that fails with `reason`."""

    def __init__(self, name: str | None, reason: Exception, *commands: click.Command) -> None:
        super().__init__(name, commands=commands)
        self._reason = reason

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        return super().get_command(ctx, cmd_name) or self._refusal(cmd_name)

    def _refusal(self, name: str) -> click.Command:
        def refuse(*_: Any) -> None:
            raise click.ClickException(str(self._reason))

        anything = {"ignore_unknown_options": True, "allow_extra_args": True}
        return click.Command(name, callback=refuse, context_settings=anything, add_help_option=False)


class _Bare(Flask):
    """An application for the command line alone; asked for a page, it raises `reason`."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(__name__, static_folder=None)
        self._reason = reason

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise self._reason


def without_portal(reason: Exception) -> Flask:
    """What `flask` loads in place of the portal, which could not start for this `reason`."""
    app = _Bare(reason)
    course = _Group("course", reason, course_check)
    certificates = _Group("certificates", reason, certificates_new_key)
    app.cli = _Group(None, reason, course, certificates)
    return app
