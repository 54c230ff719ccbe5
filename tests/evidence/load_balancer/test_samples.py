"""Balancers and replicas: what each tool's file is read as, what is said of it, and what lies between files."""

import shutil
import subprocess
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.claims import Claim, FileFacts
from app.evidence.comparison import compare
from app.evidence.findings import Unreadable
from app.evidence.ledger import reckon
from app.evidence.load_balancer import KIND, rules
from app.evidence.load_balancer.setup import apart, seconds
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "load_balancer" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())


@cache
def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def file(name, slot="load-balancer"):
    return FileFacts(slot, name, "load_balancer", name, read(name).facts)


def log(kind, facts):
    return FileFacts("log", f"{kind}.csv", kind, kind, facts)


def claim(metric, value=3):
    return Claim(metric, metric, metric, Decimal(value), "count", "load-balancer")


def said(files, claims=()):
    """The codes and messages across files that this kind is responsible for."""
    own = {rule.code for rule in rules.BETWEEN}
    return [(found.code, found.message) for found in compare(files, claims) if found.code in own]


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"] == "load_balancer"


@pytest.mark.parametrize(
    ("name", "tool", "pools"),
    [
        ("clean-haproxy-in-a-config-map.yaml", "haproxy", [("app", 3, 20)]),
        ("clean-nginx-beside-a-deployment.yaml", "kubernetes", [("shop", 3, 13), ("app", 2, 7)]),
        ("clean-alb-module.tf", "terraform", [("app", 3, 20)]),
        ("B1-trigger-alb-module-of-two.tf", "terraform", [("shop-", 2, 7)]),
        ("B4-trigger-traefik-1.toml", "traefik", [("app", 3, 7)]),
    ],
)
def test_pools_of_files_inside_others_of_modules_and_of_old_versions(name, tool, pools):
    facts = read(name).facts

    assert facts["tool"] == tool
    assert [(pool["name"], pool["count"], pool["line"]) for pool in facts["pools"]] == pools


def test_lines_of_nginx_in_an_ingress_do_not_make_it_nginx(tmp_path):
    path = tmp_path / "ingress.yaml"
    snippet = "    nginx.ingress.kubernetes.io/server-snippet: |\n      listen 8080;\n      proxy_pass http://app;\n"
    path.write_text(f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n{snippet}")

    report = registry.inspect(Source(path.name, path))

    assert report.facts["tool"] == "kubernetes"
    assert not report.is_blocked


def test_a_config_map_without_a_balancer_is_none(tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_text("apiVersion: v1\nkind: ConfigMap\ndata:\n  app.env: |\n    WORKERS=3\n    LISTEN=8000\n")

    assert KIND.sniff(Source(path.name, path)) == 0.0


def test_a_config_map_that_loses_its_balancer_is_refused_in_words(tmp_path):
    path = tmp_path / "cut.yaml"
    path.write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadat nginx-conf-data:\n  default.conf: |\n"
        "    upstream app {\n      server 10.0.0.1;\n    }\n"
    )

    with pytest.raises(Unreadable) as refused:
        KIND.inspect(Source(path.name, path))

    assert refused.value.finding.code == "B1"


def test_what_a_config_map_carries_keeps_the_lines_of_its_file():
    (pool,) = read("clean-envoy-in-a-config-map.yaml").facts["pools"]

    assert (pool["line"], [server["line"] for server in pool["servers"]]) == (9, [15, 16, 17])


def test_a_control_plane_is_no_instance():
    facts = read("B2-near-miss-envoy-control-plane.yaml").facts

    assert [(pool["name"], pool["is_elsewhere"]) for pool in facts["pools"]] == [("", True)]
    assert facts["instances"] == 0


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_rule_of_one_file_has_a_sample():
    shown = {(finding.code, finding.why) for name in EXPECTED for finding in read(name).findings}

    assert {rule.code + rule.why for rule in rules.SINGLE} <= {code + why for code, why in shown}


@pytest.mark.parametrize("name", [name for name in EXPECTED if name.startswith("clean-")])
def test_three_instances_are_counted_in_whatever_tool(name):
    assert read(name).facts["instances"] == 3


def test_a_kubernetes_file_is_read_whole():
    facts = read("clean-kubernetes.yaml").facts

    assert facts["probes"]["readiness"] == {
        "path": "/readyz",
        "interval_s": 2.0,
        "fall": 2,
        "rise": 1,
        "line": 17,
    }
    assert facts["probes"]["liveness"]["path"] == "/healthz"
    assert facts["termination"] == {"grace_s": 45.0, "pre_stop_s": 10.0}
    assert facts["strategy"] == {"type": "RollingUpdate", "maxUnavailable": "0", "maxSurge": "1"}


def test_labels_for_traefik_are_read_whatever_their_case():
    pools = read("B5-trigger-traefik-labels.yaml").facts["pools"]

    assert [(pool["name"], pool["count"]) for pool in pools] == [("traefik", 1), ("app", 3)]
    assert (pools[1]["health"]["path"], pools[1]["health"]["interval_s"]) == ("/readyz", 2.0)


def test_servers_keep_their_lines_and_states():
    (pool,) = read("B1-trigger-nginx-two.conf").facts["pools"]

    assert [
        (one["address"], one["port"], one["is_backup"], one["is_down"], one["line"])
        for one in pool["servers"]
    ] == [
        ("10.0.0.11", "8000", False, False, 2),
        ("10.0.0.12", "8000", False, False, 3),
        ("10.0.0.12", "8000", False, False, 4),
        ("10.0.0.13", "8000", True, False, 5),
        ("10.0.0.14", "8000", False, True, 6),
    ]


def test_terraform_and_nomad_say_how_long_the_end_takes():
    (group,) = read("clean-alb.tf").facts["pools"]

    assert (group["drain_s"], group["health"]["interval_s"], group["health"]["fall"]) == (30.0, 5.0, 2)
    assert read("clean-nomad.hcl").facts["termination"] == {"grace_s": 40.0, "pre_stop_s": 10.0}


def test_a_drain_shorter_than_the_grace_of_the_instances_is_told():
    between = said([file("clean-alb.tf"), file("clean-kubernetes.yaml")])

    assert [code for code, _ in between] == ["B7"]
    assert "30 s (clean-alb.tf); the instance itself takes 45 s" in between[0][1]
    assert said([file("clean-alb.tf"), file("clean-compose.yaml")]) == []


@pytest.mark.parametrize("text", [
    'x = [{\n  a = 1\n}, {\n  b = 2 }]\n',
    'policy = jsonencode({\n  Statement = [{ Effect = "Allow" }]\n})\n',
    'a = "${var.b["c"]}-{"\n/* {{{ */\n# }\nb = [for x in y : { c = x }]\n',
])  # fmt: skip
def test_expressions_do_not_unbalance_the_blocks(tmp_path, text):
    path = tmp_path / "main.tf"
    path.write_text(text + (SAMPLES / "clean-alb.tf").read_text())

    report = registry.inspect(Source("main.tf", path))

    assert (report.facts["instances"], report.findings) == (3, ())


def test_an_include_is_named_and_never_opened(tmp_path):
    path = tmp_path / "nginx.conf"
    path.write_text("upstream app { server a:1; server b:1; server c:1; }\ninclude /etc/hosts;\n")

    facts = registry.inspect(Source("nginx.conf", path)).facts

    assert (facts["includes"], facts["instances"]) == (["/etc/hosts"], 3)


def test_the_claimed_instances_are_held_against_the_count():
    rows = [
        reckon([claim("instances", value)], [file(name)])[0].verdict
        for name, value in (
            ("clean-haproxy.cfg", 3),
            ("clean-haproxy.cfg", 5),
            ("B1-trigger-nginx-dynamic.conf", 3),
        )
    ]

    assert rows == ["agrees", "contradicts", "unchecked"]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("kill_log", {"kills": [{"instance": "app-2"}, {"instance": "shop-app-1-1"}]}),
        ("latency_table", {"instances": ["app/app-1", "10.0.0.13:8000"]}),
        ("latency_table", {"instances": [{"name": "app-1", "requests": 3}]}),
        ("kill_log", {"kills": [{"instance": ""}]}),
        ("latency_table", {"instances": 3}),
    ],
)
def test_names_that_mean_a_server_are_known(kind, facts):
    assert said([file("clean-haproxy.cfg"), log(kind, facts)]) == []


def test_names_that_no_server_has_are_told_unless_they_are_given_at_run_time():
    kills = log("kill_log", {"kills": [{"instance": "web-9"}, {"instance": "app-10"}]})

    ((code, message),) = said([file("clean-haproxy.cfg"), kills])

    assert (code, "web-9, app-10" in message) == ("B8", True)
    assert said([file("clean-kubernetes.yaml"), kills]) == []
    assert said([file("B1-trigger-nginx-dynamic.conf"), kills]) == []


def test_where_deploys_are_claimed_an_instance_must_outlast_the_balancers_notice():
    short = [file("clean-kubernetes.yaml"), file("B3-trigger-haproxy-slow.cfg")]
    patch = log("diff", {"drain": [{"what": "a SIGTERM handler"}]})
    without = FileFacts("deploy", "k.yaml", "load_balancer", "k", {
        **read("clean-kubernetes.yaml").facts, "termination": {"grace_s": 30.0, "pre_stop_s": None},
    })  # fmt: skip

    assert [code for code, _ in said(short, [claim("deploys")])] == ["Y8"]
    assert said(short) == []
    assert said([file("clean-kubernetes.yaml"), file("clean-haproxy.cfg")], [claim("deploys")]) == []
    assert [code for code, _ in said([without], [claim("deploys")])] == ["Y8"]
    assert KIND.together is not None
    assert list(KIND.together([without, patch], [claim("deploys")])) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10s", 10),
        ("500ms", 0.5),
        ("1m30s", 90),
        ("7", 7),
        ("", None),
        ("{{x}}", None),
        ("NO", None),
        ("10 s", None),
    ],
)
def test_durations(text, value):
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("10.0.0.1:80", ("10.0.0.1", "80")),
        ("http://app:8000/x", ("app", "8000")),
        ("[::1]:80", ("[::1]", "80")),
        ("[::1]", ("[::1]", "")),
        ("unix:/run/app.sock", ("unix:/run/app.sock", "")),
        ("app", ("app", "")),
    ],
)
def test_addresses(address, parts):
    assert apart(address) == parts


NGINX, HAPROXY = (
    shutil.which("nginx", path="/usr/sbin:/usr/bin"),
    shutil.which("haproxy", path="/usr/sbin:/usr/bin"),
)


def test_the_tools_themselves_accept_the_clean_samples(tmp_path):
    """Where a machine has them; our own samples only, never an upload."""
    (tmp_path / "mime.types").write_text("types {}\n")
    shutil.copy(SAMPLES / "clean-nginx.conf", tmp_path / "nginx.conf")
    commands = [
        [tool, *arguments]
        for tool, arguments in (
            (
                NGINX,
                [
                    "-t",
                    "-p",
                    str(tmp_path),
                    "-c",
                    "nginx.conf",
                    "-g",
                    f"pid {tmp_path}/pid; error_log stderr;",
                ],
            ),
            (HAPROXY, ["-c", "-f", str(SAMPLES / "clean-haproxy.cfg")]),
        )
        if tool
    ]

    results = [subprocess.run(command, capture_output=True, text=True, timeout=30) for command in commands]

    assert [done.stderr for done in results if done.returncode] == []


SEEDS = [(SAMPLES / name).read_bytes() for name in EXPECTED]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.sampled_from(SEEDS), at=st.integers(0, 1500), cut=st.integers(0, 200), put=st.binary(max_size=40)
)
def test_any_bytes_give_a_report_and_the_same_one_twice(tmp_path_factory, seed, at, cut, put):
    path = tmp_path_factory.mktemp("fuzz") / "lb.conf"
    path.write_bytes(seed[:at] + put + seed[at + cut :])

    first, second = (registry.inspect(Source("lb.conf", path), "load_balancer") for _ in range(2))

    assert output.as_json([("x", first)]) == output.as_json([("x", second)])
    assert "G11" not in {finding.code for finding in first.findings}


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("", "upstream a { server b:1; }"),
        ("", "{" * 50 + "x"),
        ("", '"' + "\\" * 900),
        ("", '"' + "a" * 20 + '";'),
        ("", "listen 80" + " " * 900 + ";"),
        ("backend a\n  mode http\n", "  server a 1.1.1.1:80 check inter 1s"),
        ("backend a\n  mode http\n", "  server a " + '"x' * 400),
        ("apiVersion: v1\nkind: Service\nitems:\n", "- {kind: Deployment, spec: {replicas: 3}}"),
        ("services:\n", "  a: {build: ., scale: 900}"),
        ("", " " * 900),
        ("", "reverse_proxy a:8001-8999 {"),
        ("", "reverse_proxy a:8001-8999"),
        ("", 'resource "aws_lb_target_group" "a" { port = 1 }'),
        ("", 'resource "aws_lb_target_group_attachment" "a" { count = 900 }'),
        ('resource "aws_lb_x" "a" {}\n', "a" * 200 + " " * 900 + "b"),
        ('resource "aws_lb_x" "a" {}\n', '"' * 999),
        ('job "a" {\ngroup "b" {\n', 'task "c" { kill_timeout = "3s" }'),
        (
            "[[http.services.a.loadBalancer.servers]]\n",
            "[[http.services.a.loadBalancer.servers]]\nurl = 'http://a'",
        ),
        ("[http.services.a.loadBalancer]\n", "a" + ".a" * 900 + " = 1"),
        (
            "load_assignment: {lb_endpoints: 1}\nstatic_resources:\n  clusters:\n",
            "  - {type: EDS, load_assignment: {}}",
        ),
    ],
)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, head, line):
    path = tmp_path / "lb.conf"
    path.write_text(head + (line + "\n") * (1_000_000 // (len(line) + 1)))

    with budget.seconds(2):
        report = registry.inspect(Source("lb.conf", path), KIND.name)

    assert report.kind == KIND.name


@pytest.mark.parametrize(
    "name", ["clean-traefik.toml", "B1-near-miss-traefik-weighted.toml", "B4-trigger-traefik-1.toml"]
)
def test_servers_in_toml_stand_on_their_own_lines(name):
    rows = (SAMPLES / name).read_text().split("\n")

    servers = [server for pool in read(name).facts["pools"] for server in pool["servers"]]

    assert len(servers) >= 3
    assert all(f"{one['address']}:{one['port']}" in rows[one["line"] - 1] for one in servers)


def test_two_services_in_toml_with_the_same_server_each_have_their_lines(tmp_path):
    path = tmp_path / "traefik.toml"
    path.write_text(
        '[http.routers.app]\n  service = "app"\n[[http.services.app.loadBalancer.servers]]\n  # url = "http://a:80"\n'
        '  url = "http://a:80"\n[http.services.app.loadBalancer.healthCheck]\n  path = "/readyz"\n'
        '[http.services.b.loadBalancer]\n  servers = [{ url = "http://a:8000" }, { url = "http://a:80" }]\n'
    )

    pools = registry.inspect(Source(path.name, path)).facts["pools"]

    assert [(pool["name"], pool["line"]) for pool in pools] == [("app", 3), ("b", 8)]
    assert [[server["line"] for server in pool["servers"]] for pool in pools] == [[5], [9, 9]]
    assert pools[0]["health"]["line"] == 6
