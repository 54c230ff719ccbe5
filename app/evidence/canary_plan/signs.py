"""By what the manifests of Flagger and Argo Rollouts are known, without what reads them."""

from __future__ import annotations

import re

from app.evidence.patterns import lazy

_FLAGGER = lazy(r"^apiVersion: {1,4}flagger\.app/", re.MULTILINE)
_CANARY = lazy(r"^kind: {1,4}Canary\b", re.MULTILINE)
_ARGO = lazy(r"^apiVersion: {1,4}argoproj\.io/", re.MULTILINE)
_ROLLOUT = lazy(r"^kind: {1,4}Rollout\b", re.MULTILINE)
_WAYS = lazy(r"^ {2,8}(?:canary|blueGreen):", re.MULTILINE)


def likeness(head: str) -> float:
    """How sure it is that a plan stands in it; a Rollout says first of all how many instances there are."""
    if _FLAGGER.search(head) and _CANARY.search(head):
        return 0.9
    return 0.75 if _ARGO.search(head) and _ROLLOUT.search(head) and _WAYS.search(head) else 0.0
