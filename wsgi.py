"""The portal for a WSGI server, `gunicorn wsgi:app`, and for `flask …`."""

import gc
import os

from app.cli.bare import without_portal
from app.course import CourseInvalid
from app.factory import create_app
from app.logs import setup
from config import SettingsInvalid, from_environment

setup(os.environ.get("LOG_LEVEL"))
try:
    app = create_app(from_environment(os.environ))
except (SettingsInvalid, CourseInvalid) as reason:
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # a server must not start; a command may mend it
        raise
    app = without_portal(reason)
gc.freeze()  # what was made until here stays for ever: the collector need not walk it again and again
