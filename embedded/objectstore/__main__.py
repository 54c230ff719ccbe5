"""The store as a process: `python -m embedded.objectstore FOLDER --port PORT --bucket NAME --origin URL`.

The key is read from S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_REGION, never from the command line.
"""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from embedded.objectstore.application import ObjectStore
from embedded.objectstore.shelf import Shelf
from embedded.objectstore.signatures import Key
from embedded.process import Unstartable
from embedded.serving import serve


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embedded.objectstore", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--origin", action="append", default=[])
    asked = parser.parse_args()
    key = Key(os.environ["S3_ACCESS_KEY_ID"], os.environ["S3_SECRET_ACCESS_KEY"], os.environ["S3_REGION"])
    try:
        shelf = Shelf(asked.folder)
    except Unstartable as reason:
        sys.exit(str(reason))
    shelf.create_bucket(asked.bucket, _now())
    serve(ObjectStore(shelf, key, origins=asked.origin, clock=_now), asked.port)
    shelf.close()


if __name__ == "__main__":
    main()
