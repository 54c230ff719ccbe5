"""What a job of a pipeline is for, by its name and by what it runs."""

from __future__ import annotations

import re

LONGEST = 4_000
_SMOKE = re.compile(r"smoke", re.IGNORECASE)
_LIKE_SMOKE = re.compile(
    r"\be2e\b|end[ _-]to[ _-]end|acceptance|journey|playwright|cypress|health[ _-]?check|post[ _-]build|synthetic"
    r"|\bverify\b|readiness test|system[ _-]test",
    re.IGNORECASE,
)
_DEPLOY = re.compile(
    r"\bdeploy(?:ment|s|ing)?(?![a-z])|\broll[ _-]?out\b|\bpromote|\bgo[ _-]live\b|\brelease to\b|\bproduction\b"
    r"|\bship\b|\bto prod\b",
    re.IGNORECASE,
)
_NOT_DEPLOY = re.compile(
    r"\b(?:un|pre|before|after|post)[ _-]?deploy|deploy[ _-]?(?:key|docs|check)|dry[ _-]run", re.I
)
_DEPLOYS = re.compile(
    r"argo rollouts (?:promote|set weight)"
    r"|kubectl (?:apply|set image|rollout restart|replace)|helm (?:upgrade|install)|argocd app sync|flyctl deploy"
    r"|fly deploy|aws ecs update-service|aws deploy |terraform apply|ansible-playbook|cap production"
    r"|docker stack deploy|docker service update|gcloud (?:run|app) deploy|az webapp|nomad job run"
    r"|git push heroku|heroku container:release|systemctl (?:restart|reload)|deploy\.(?:sh|py|rb)"
    r"|\b(?:make|task|just|npm run|yarn|pnpm) deploy\b"
    r"|uses: ?(?:\S{1,80}deploy|azure(?:web|function|container)apps?@)",
    re.IGNORECASE,
)
_STAGING = re.compile(
    r"\b(?:staging|stage|preview|review|test|testing|qa|uat|dev|development|sandbox|pages|docs|candidate)\b"
    r"|\brun smoke\b|github-pages",
    re.IGNORECASE,
)
_PARTIAL = re.compile(
    r"\b(?:canar(?:y|ies)|green|blue|idle|inactive|shadow|dark|no traffic)\b", re.IGNORECASE
)
_ASKS = re.compile(r"\b(?:curl|wget)\b[^\n|;&]{1,200}|https?://[^\s\"'`|;)]{3,200}", re.IGNORECASE)
_TESTS = re.compile(
    r"\b(?:pytest|npm (?:run )?test|yarn test|pnpm test|playwright test|cypress run|k6 run|newman run|go test|behave"
    r"|robot|jest|vitest|rspec|phpunit|mvn|gradle|hurl|tavern|\S{0,60}smoke\S{0,40}\.(?:sh|py|js|ts|rb))\b[^\n;|&]{0,80}",
    re.IGNORECASE,
)
HEALTH = re.compile(r"/(?:healthz?|livez?|readyz?|status|ping|health[_-]?check)\b", re.IGNORECASE)
_SWALLOWED = re.compile(r"\|\| {0,4}(?:true|:|exit 0|echo\b[^\n;&|]{0,200}) {0,4}[\"')]{0,2}$")
_PARTS = re.compile(r"[_\-./:]{1,40}")


def is_smoke(names: str, body: str) -> bool:
    """Named a smoke test anywhere, or named or run as a test of the whole from outside."""
    return bool(_SMOKE.search(names) or _SMOKE.search(body[:LONGEST]) or _LIKE_SMOKE.search(plain(names)))


def is_swallowed(body: str) -> bool:
    """Whether every test in it, or where there is none every request, ends in `|| true`."""
    lines = [line.strip()[:400] for line in body[:LONGEST].split("\n")]
    tests = [line for line in lines if _TESTS.search(line)] or [line for line in lines if _ASKS.search(line)]
    return bool(tests) and all(_SWALLOWED.search(line) for line in tests)


def is_deploy(names: str, body: str) -> bool:
    """Named a deploy, or runs a command that changes what serves users."""
    words = plain(names)
    named = _DEPLOY.search(words) and not _NOT_DEPLOY.search(words)
    return bool(named or _DEPLOYS.search(body[:LONGEST]))


def is_staging(names: str) -> bool:
    """For a place without users."""
    return _STAGING.search(plain(names)) is not None


def is_partial(names: str) -> bool:
    """For a part of the users or for none yet: a canary, the colour that is idle."""
    return _PARTIAL.search(plain(names)) is not None


def journeys(body: str) -> list[str]:
    """What a smoke test asks for: addresses, and commands that run tests."""
    text = body[:LONGEST]
    asked = [found[0].strip() for found in _ASKS.finditer(text)]
    tests = [found[0].strip() for found in _TESTS.finditer(text)]
    return [one[:120] for one in dict.fromkeys((*tests, *asked))][:20]


def plain(name: str) -> str:
    """`deploy_to-production` as words."""
    return _PARTS.sub(" ", name[:LONGEST])
