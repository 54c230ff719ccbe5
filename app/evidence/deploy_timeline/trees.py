"""Timelines in JSON: GitHub's runs and deployments, Argo CD, Helm, Grafana's annotations, ReplicaSets, one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.evidence import times, yamls
from app.evidence.deploy_timeline import tables
from app.evidence.deploy_timeline.deploys import DONE, FAILED, MOST, RUNNING, Deploy, state_of, version_in
from app.evidence.plans import strict
from app.evidence.registers.rows import Row

MOST_VALUES = 400_000
Node = Mapping[str, Any]
_VERSION = ("headSha", "head_sha", "sha", "commitOid", "image", "digest", "version", "tag", "commit", "revision",
            "app_version", "release", "ref", "build")  # fmt: skip
_START = ("startedAt", "run_started_at", "deployStartedAt", "started_at", "createdAt", "created_at", "start", "started",
          "start_time", "startTime", "createTime", "begin", "time")  # fmt: skip
_END = ("updatedAt", "updated_at", "deployedAt", "deployed_at", "completedAt", "completed_at", "finishedAt",
        "finished_at", "endedAt", "ended_at", "end", "ended", "finished", "end_time", "endTime", "completeTime",
        "timeEnd", "updated")  # fmt: skip
_STATE = ("conclusion", "result", "outcome", "state", "status")
_ID = ("databaseId", "id", "run_id", "deploy", "number", "revision")
_COMMIT = ("committedDate", "committed_at", "committedAt", "commit_time", "merged_at", "mergedAt")
_NUMBER = ("number", "run_number")
_IMAGE = ("spec", "template", "spec", "containers")


def documents(text: str) -> Iterator[Any]:
    """The JSON values of a text, one after the other (NDJSON too). Raises `strict.Refused`."""
    decoder, at, found = strict.decoder(), 0, 0
    while found < 20_000:
        while at < len(text) and text[at] in " \t\n,\x1e":
            at += 1
        if at >= len(text):
            return
        value, at = strict.decode(text, at, decoder)
        found += 1
        yield value


def nodes(text: str) -> list[Node]:
    """Every mapping of the text, in the order in which it stands."""
    return nodes_below(list(documents(text)))


def nodes_below(roots: Sequence[Any]) -> list[Node]:
    """Every mapping in these values, in the order in which they stand."""
    found: list[Node] = []
    waiting = list(reversed(roots))
    left = MOST_VALUES
    while waiting and left:
        value = waiting.pop()
        left -= 1
        if isinstance(value, dict):
            found.append(value)
            waiting += reversed([one for one in value.values() if isinstance(one, dict | list)])
        elif isinstance(value, list):
            waiting += reversed([one for one in value if isinstance(one, dict | list)])
    return found


def of_tree(text: str) -> tuple[str, list[Deploy]]:
    """The form and its deploys; raises `strict.Refused` for what is no JSON."""
    found = nodes(text)
    if paired := _of_events(found):
        return "events", _located(paired, text)
    return _of_nodes(found, text)


def of_yaml(text: str) -> list[Deploy]:
    """The deploys of a list in YAML; none for what is no YAML."""
    try:
        return _of_nodes(nodes_below(yamls.documents(text)), text)[1]
    except yamls.BadYaml:
        return []


def _of_events(found: Sequence[Node]) -> list[Deploy]:
    """Records of begins and ends, one a line: `{"event": "deploy_started", "version": …, "ts": …}`."""
    rows = []
    for at, node in enumerate(found, 1):
        word = _text(node, ("event", "action", "type")).lower().replace("_", " ").replace("-", " ")
        if word.startswith(("deploy", "rollout")):
            time = _text(node, ("ts", "time", "timestamp", "at", *_START))
            state = word.partition(" ")[2]
            rows.append(Row(at, {"time": time, "version": _text(node, _VERSION), "state": state}))
    return tables.of_rows(rows) if any(row.get("state").startswith(("start", "beg")) for row in rows) else []


def _of_nodes(found: list[Node], text: str) -> tuple[str, list[Deploy]]:
    for form, knows, read in _FORMS:
        if deploys := [one for node in found if knows(node) and (one := read(node)) is not None]:
            if form == "github deployments":
                deploys = _with_statuses(deploys, found)
            return form, _located(deploys[:MOST], text)
    return "json", []


def _located(deploys: list[Deploy], text: str) -> list[Deploy]:
    """With the line of each, found by its id or version from where the last one stood."""
    found, at, line, counted = [], 0, 1, 0
    for one in deploys:
        sought = one.id or one.version
        place = text.find(sought, at) if sought else -1
        if place < 0:
            found.append(one)
            continue
        line += text.count("\n", counted, place)
        counted, at = place, place + 1
        found.append(replace(one, line=line))
    return found


def _plain(node: Node) -> Deploy | None:
    """A deploy of a mapping that has a version or an id and a moment under the usual names."""
    start, end = _moment(node, _START), _moment(node, _END)
    if start is None and end is None:
        return None
    commit = _moment(node, _COMMIT) or _moment(_map(node, "headCommit", "head_commit"), ("timestamp",))
    number = next((node[key] for key in _NUMBER if isinstance(node.get(key), int)), None)
    return Deploy(
        line=None,
        version=_text(node, _VERSION)[:120],
        start=None if start is None else start.at,
        end=None if end is None else end.at,
        state=_state(node),
        id=_text(node, _ID)[:60],
        number=number if isinstance(number, int) and not isinstance(number, bool) else None,
        commit=None if commit is None else commit.at,
        has_zone=all(moment.has_zone for moment in (start, end) if moment),
    )


def _state(node: Node) -> str:
    status = str(node.get("status") or "").lower()
    if "conclusion" in node:
        if status and status not in ("completed", "success", "failure"):
            return RUNNING
        return state_of(str(node["conclusion"] or ""), otherwise=DONE if node["conclusion"] else RUNNING)
    word = _text(node, _STATE)
    return state_of(word) if word else DONE


def _of_argo(node: Node) -> Deploy | None:
    """Its `revision` is the commit, its `id` the number of the sync."""
    found = _plain(node)
    source = _map(node, "source")
    named = str(node.get("revision") or "") or str(source.get("targetRevision") or "")
    return None if found is None else replace(found, version=named[:120], state=DONE)


def _of_helm(node: Node) -> Deploy | None:
    """`helm history -o json`: the moment is that of the start of the revision; its end is not told."""
    found = _plain({**node, "end": None, "updated": None, "start": node.get("updated")})
    version = str(node.get("app_version") or "") or str(node.get("chart") or "")
    return None if found is None else replace(found, version=version[:120], id=str(node["revision"])[:60])


def _of_annotation(node: Node) -> Deploy | None:
    """Grafana: a region from `time` to `timeEnd` in ms; the version stands in the tags or the text."""
    start, end = (_ms(node.get(key)) for key in ("time", "timeEnd"))
    tags = " ".join(str(tag) for tag in node.get("tags") or () if isinstance(tag, str))
    said = f"{tags} {node.get('text') or ''}"[:400]
    if start is None:
        return None
    is_failed = any(word in said.lower() for word in ("failed", "failure"))
    ended = end if end is not None and end > start else None
    state = FAILED if is_failed else DONE
    return Deploy(None, version_in(said), start, ended, state, str(node.get("id") or "")[:60])


def _of_replicas(node: Node) -> Deploy | None:
    """A ReplicaSet is made when its rollout begins; when that ended it does not say."""
    metadata = _map(node, "metadata")
    made = times.first(str(metadata.get("creationTimestamp") or ""))
    inner: Any = node
    for key in _IMAGE:
        inner = inner.get(key) if isinstance(inner, dict) else None
    first = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else {}
    revision = str(_map(metadata, "annotations").get("deployment.kubernetes.io/revision") or "")
    if made is None:
        return None
    return Deploy(None, str(first.get("image") or "")[:120], made.at, None, DONE, revision[:60])


def _of_deployment(node: Node) -> Deploy | None:
    """GitHub's deployment: it ends with the first status that is an end; without statuses with its last change."""
    found = _plain(node)
    inner = node.get("statuses")
    rows = inner.get("nodes") if isinstance(inner, dict) else inner
    ends = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return None if found is None else _ended(found, ends)


def _with_statuses(deploys: list[Deploy], found: list[Node]) -> list[Deploy]:
    """Statuses that stand beside the deployments name theirs by its address."""
    of: dict[str, list[Node]] = {}
    for node in found:
        if isinstance(address := node.get("deployment_url"), str) and "state" in node:
            of.setdefault(address.rsplit("/", 1)[-1], []).append(node)
    return [_ended(one, of.get(one.id, [])) for one in deploys]


def _ended(found: Deploy, statuses: Sequence[Node]) -> Deploy:
    known = [
        (moment.at, state_of(str(status.get("state") or ""), otherwise=RUNNING))
        for status in statuses
        if (moment := _moment(status, ("created_at", "createdAt"))) is not None
    ]
    ends = sorted(pair for pair in known if pair[1] in (DONE, FAILED))
    if not ends:
        return replace(found, end=None, state=RUNNING) if known else found
    return replace(found, end=ends[0][0], state=ends[0][1])


def _moment(node: Node, keys: tuple[str, ...]) -> times.Moment | None:
    texts = (node.get(key) for key in keys)
    found = (
        times.first(str(text))
        for text in texts
        if isinstance(text, str | int | float) and not isinstance(text, bool)
    )
    return next((moment for moment in found if moment is not None), None)


def _ms(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value / 1000 if 1e12 <= value < 4.1e12 else None


def _text(node: Node, keys: tuple[str, ...]) -> str:
    values = (node.get(key) for key in keys)
    return next(
        (
            str(value)
            for value in values
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip()
        ),
        "",
    )


def _map(node: Node, *keys: str) -> Node:
    return next((value for key in keys if isinstance(value := node.get(key), dict)), {})


def _has(*keys: str) -> Any:
    return lambda node: all(key in node for key in keys)


def _is_own(node: Node) -> bool:
    return any(key in node for key in _VERSION) and any(key in node for key in (*_START, *_END))


_FORMS = (
    ("github deployments", _has("sha", "statuses_url"), _of_deployment),
    ("github deployments", _has("commitOid", "createdAt"), _of_deployment),
    ("github deployments", _has("sha", "environment", "statuses"), _of_deployment),
    ("github runs", _has("head_sha", "run_started_at"), _plain),
    ("gh run list", lambda node: "headSha" in node or ("databaseId" in node and "conclusion" in node), _plain),
    ("argo", _has("deployedAt", "revision"), _of_argo),
    ("argo", _has("deployedAt", "source"), _of_argo),
    ("helm", _has("revision", "updated", "chart"), _of_helm),
    ("grafana", lambda node: "time" in node and "tags" in node, _of_annotation),
    ("replica sets", lambda node: node.get("kind") == "ReplicaSet", _of_replicas),
    ("json", _is_own, _plain),
)  # fmt: skip
"""In the order in which they are tried: what a mapping of the form has, and how it is read."""
