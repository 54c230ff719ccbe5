"""`flask …`: the operator's commands. Thin: they read, call a service, and say what happened."""

from flask import Flask

from app.cli.audit import audit_group
from app.cli.certificates import certificates_group
from app.cli.course import course_group
from app.cli.demo import demo_group
from app.cli.doctor import doctor
from app.cli.people import people_group
from app.cli.switches import switches_group
from app.cli.vendor import vendor


def register(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for command in (
        course_group,
        people_group,
        switches_group,
        certificates_group,
        audit_group,
        demo_group,
        doctor,
        vendor,
    ):
        app.cli.add_command(command)
