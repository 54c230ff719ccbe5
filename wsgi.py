"""The portal for a WSGI server: `gunicorn wsgi:app`."""

import os

from app.factory import create_app
from app.logs import setup
from config import from_environment

setup(os.environ.get("LOG_LEVEL"))
app = create_app(from_environment(os.environ))
