"""The portal for a WSGI server: `gunicorn wsgi:app`."""

import gc
import os

from app.factory import create_app
from app.logs import setup
from config import from_environment

setup(os.environ.get("LOG_LEVEL"))
app = create_app(from_environment(os.environ))
gc.freeze()  # what was made until here stays for ever: the collector need not walk it again and again
