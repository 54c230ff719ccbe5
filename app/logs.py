"""Logs as JSON lines: a static event name, and ids in fields. Never a secret, a link or a word somebody typed."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        line |= {key: value for key, value in vars(record).items() if key not in STANDARD}
        if record.exc_info:
            line["error"] = _without_rows(self.formatException(record.exc_info), record.exc_info[1])
        return json.dumps(line, default=str, ensure_ascii=False)


def _without_rows(trace: str, error: BaseException | None) -> str:
    """The trace without PostgreSQL's details, which quote the row or the key that was refused."""
    for each in _chain(error):
        if detail := getattr(getattr(each, "diag", None), "message_detail", None):
            trace = trace.replace(detail, "(not logged)")
    return trace


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def setup(level: str | None = None) -> None:
    """Send everything to standard error as JSON lines; libraries only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("app", "worker"):
        logging.getLogger(name).setLevel(level or logging.INFO)
