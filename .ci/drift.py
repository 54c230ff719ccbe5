"""Migrate an empty database up, down and up again, and refuse any difference from the models."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from embedded import postgres


def main() -> int:
    with postgres.start() as server:
        environ = os.environ | {
            "DATABASE_URL": server.app_url(),
            "MIGRATION_DATABASE_URL": server.owner_url(),
        }
        for step in (["upgrade", "head"], ["check"], ["downgrade", "base"], ["upgrade", "head"]):
            done = subprocess.run([sys.executable, "-m", "alembic", *step], env=environ, check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
