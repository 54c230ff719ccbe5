"""Small things the tests of the private PostgreSQL have in common."""

import os


def plain(url):
    """Without SQLAlchemy's name of the driver."""
    return url.replace("+psycopg", "")


def reachable_for_all(folder):
    """Root's PostgreSQL runs as `nobody`, who must be able to walk to the folder."""
    for parent in [folder, *folder.parents]:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o011:
            parent.chmod(parent.stat().st_mode | 0o011)
