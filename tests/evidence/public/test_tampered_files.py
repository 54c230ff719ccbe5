"""Public files with one thing broken: the code that says so appears, and the kind stays."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source

FILES = Path(__file__).parent / "files"
BROKEN = [
    ("etcd/etcd3_alert.rules.yml", "    for: 3m\n", "", "A6"),
    ("etcd/etcd3_alert.rules.yml", "      severity: critical\n", "", "A7"),
    ("etcd/etcd3_alert.rules.yml", "sum(up{", "sum((up{", "A3"),
    ("alertmanager/simple.yml", "receiver: team-DB-pager", "receiver: team-DB-pagers", "A13"),
    ("kubernetes/zookeeper.yaml", "replicas: 3", "replicas: 1", "B1"),
    ("kubernetes/zookeeper.yaml", "readinessProbe:", "startupProbe:", "B2"),
    ("docker-compose/v3-full.yml", "replicas: 6", "replicas: 2", "B1"),
    ("synapse/workers-5.nginx", "    server 127.0.0.1:8038;\n    server 127.0.0.1:8039;\n", "", "B1"),
    ("prometheus-patches/34-Fix_slow_tests.patch", '+	"runtime"\n', "", "D2"),
    ("unleash/03-gradual-rollout-user-id-strategy.json", '"Feature.B3"', '"Feature.A3"', "R1"),
    ("autocannon/example-result.json", '"non2xx": 0', '"non2xx": 40', "L7"),
    (
        "jmeter/sample_log1c.jtl",
        's="true" lb="jakarta_home" rc="200"',
        's="false" lb="jakarta_home" rc="503"',
        "L7",
    ),
    ("flagd-provider/basic-flag-metadata.json", '"flags"', '"token": "ghp_' + "a1" * 18 + '", "flags"', "G3"),
    ("etcd/etcd3_alert.rules.yml", "groups:", 'token: "ghp_' + "a1" * 18 + '"\ngroups:', "G3"),
]


def codes(path):
    report = registry.inspect(Source(path.name, path))
    return report.kind, [finding.code for finding in report.findings]


@pytest.mark.parametrize(("name", "part", "instead", "code"), BROKEN)
def test_what_was_broken_is_said(tmp_path, name, part, instead, code):
    whole = (FILES / name).read_text()
    path = tmp_path / Path(name).name
    path.write_text(whole.replace(part, instead))

    kind, before = codes(FILES / name)
    tampered, after = codes(path)

    assert part in whole
    assert tampered == kind
    assert after.count(code) > before.count(code)
