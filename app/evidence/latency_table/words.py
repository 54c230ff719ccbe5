"""What people call their columns, the likelier word first. Headers compare in lower case, words parted by spaces."""

import re

from app.evidence.patterns import lazy

LATENCY_WORDS = (
    "latency", "response time", "responsetime", "duration", "elapsed", "elapsed time", "request time",
    "request duration", "response duration", "total time", "time taken", "time total", "ttime", "took", "rt", "rtt",
    "lat", "request latency", "time", "ms", "us", "seconds", "http req duration", "dauer", "antwortzeit",
    "latence", "temps de réponse", "durée", "latencia", "tiempo de respuesta", "duración",
    "latenz", "execution time", "exec time", "query time", "durée", "latence", "temps de réponse", "duración",
    "latencia", "tiempo de respuesta", "resp time", "req time", "processing time", "service time", "round trip time",
)  # fmt: skip
# What is a latency where its header says in what it is counted and the row tells how the request ended.
MEASURED_WORDS = (
    "total", "response", "resp", "request", "req", "processing", "server", "wait", "delay", "ttfb",
    "time to first byte",
)  # fmt: skip
START_WORDS = (
    "start", "start time", "started", "started at", "request start", "begin", "sent at", "time stamp", "timestamp",
    "ts", "offset", "datetime", "date", "epoch", "created at", "at", "time", "when", "zeit", "zeitstempel",
    "horodatage", "fecha",
    "startzeit", "beginn", "horodatage", "heure", "hora", "fecha",
)  # fmt: skip
END_WORDS = (
    "end",
    "end time",
    "ended",
    "ended at",
    "finish",
    "finished",
    "finished at",
    "completed",
    "completed at",
)
# The two ends of a span, without the words that only say that it is a time.
AROUND = frozenset(
    ("time", "timestamp", "stamp", "ts", "at", "epoch", "date", "datetime", "utc", "on", "was", "is")
)
BEGINS = frozenset(
    ("start", "started", "begin", "began", "beginn", "sent", "request", "requested", "request sent", "request start",
     "request started", "start request", "startzeit", "anfang", "gesendet", "début", "debut", "inicio", "t0", "t 0",
     "t start")
)  # fmt: skip
ENDS = frozenset(
    ("end", "ended", "finish", "finished", "stop", "stopped", "complete", "completed", "done", "received", "response",
     "responded", "response received", "response end", "request end", "request ended", "end request", "answered",
     "ende", "endzeit", "empfangen", "fin", "t1", "t 1", "t end")
)  # fmt: skip
STATUS_WORDS = (
    "status",
    "status code",
    "code",
    "response code",
    "http status",
    "http code",
    "http status code",
    "statuscode",
    "responsecode",
    "http statuscode",
    "antwortcode",
    "code http",
    "statut",
    "estado",
)
SUCCESS_WORDS = (
    "success",
    "ok",
    "passed",
    "successful",
    "expected response",
    "is success",
    "result",
    "outcome",
)
ERROR_WORDS = ("error", "failed", "failure", "exception", "is error", "err")
LABEL_WORDS = ("endpoint", "path", "url", "route", "label", "uri", "name", "request", "target", "operation")
METHOD_WORDS = ("method", "http method", "request method", "verb", "http verb")
LOAD_WORDS = (
    "all threads",
    "concurrency",
    "connections",
    "threads",
    "vus",
    "active users",
    "in flight",
    "users",
)
INSTANCE_WORDS = (
    "instance", "instance id", "served by", "x served by", "backend", "upstream", "upstream addr", "upstream host",
    "pod", "replica", "server", "container", "dyno", "node",
)  # fmt: skip
UPSTREAM_STATUS_WORDS = ("upstream status", "backend status", "upstream status code")
CLIENT_WORDS = ("client ip", "client addr", "remote addr", "remote ip", "client", "ip")
PLACE_WORDS = ("endpoint", "url", "uri", "route", "path", "target", "request", "request url", "request path")
URL_WORDS = ("url", "uri", "target", "request url", "endpoint")
# What stands in the place of a time where a row sums up all the others.
SUMS = r"^ *(total|sum|summary|overall|all|count|mean|average|avg|median|min|max|std\w*|p\d+|gesamt|summe|mittelwert)\b"
# What the first cell of a row says that sums the requests above it up.
TOTALS = frozenset(
    ("total", "totals", "sum", "summe", "gesamt", "mean", "average", "avg", "mittelwert", "durchschnitt", "median",
     "min", "max", "minimum", "maximum", "count", "summary", "stddev", "std", "p50", "p90", "p95", "p99", "p99.9")
)  # fmt: skip
# Headers of a table of summaries, which is not one row a request.
SUMMARY = lazy(
    r"(p\(?\d{2,3}([.]\d+)?\)?|\d{1,2}([.]\d+)?\s?%|percentage.*|p\d\d_.*|median|.*percentile.*)",
    re.IGNORECASE,
)
