"""Everything that is said of balancers, replicas and how instances end."""

from app.evidence.findings import Rule, Severity

NO_SYNTAX = Rule(
    "B1",
    Severity.BLOCK,
    "The file cannot be read as a {tool} configuration: {reason} (line {line}).",
    "A configuration that no tool would accept shows nothing about what ran.",
    "Upload the file that the tool itself has accepted, for example after `nginx -t` or `haproxy -c -f haproxy.cfg`.",
    example="an nginx file whose last closing brace was lost",
)
NO_POOL = Rule(
    "B1",
    Severity.WARN,
    "No group of servers was found in this {tool} file.",
    "The checks count the instances behind the balancer, and here there are none to count.",
    "Add the file that names them; where one file includes others, upload those too.",
    example="an nginx.conf with only `include conf.d/*.conf;`",
)
TOO_FEW = Rule(
    "B1",
    Severity.WARN,
    "The file shows {count} {count:instance|instances} in {pool}; the capstone needs 3 or more.",
    "With two instances a kill takes half of the capacity, and a deploy during a failure takes all of it.",
    "Add instances; backup and down servers, and one address listed twice, are not counted.",
    example="an upstream with two servers, or with one address listed three times",
)
ELSEWHERE = Rule(
    "B1",
    Severity.NOTE,
    "The number of instances in {pool} is set elsewhere.",
    "Servers that are found at run time cannot be counted in this file.",
    "Add the compose file, manifest or scaling group that sets how many there are.",
    example="server app:8000 resolve;",
)
NO_HEALTH = Rule(
    "B2",
    Severity.WARN,
    "{pool} has no health check in this {tool} file.",
    "An instance that is dead or not ready keeps receiving its share of the requests.",
    "Let it be asked for /readyz every few seconds: `option httpchk GET /readyz` with `check inter 2s fall 2` in "
    "HAProxy, `health_uri /readyz` in Caddy, readinessProbe in Kubernetes.",
    example="server app-1 10.0.0.11:8000, without the word check",
)
WRONG_PATH = Rule(
    "B2",
    Severity.WARN,
    "The health check of {pool} asks {path}.",
    "A liveness or front page answers while the instance cannot do its work or is about to stop; readiness says it.",
    "Let the check ask /readyz, and let /readyz fail from SIGTERM on.",
    example="option httpchk GET /healthz",
)
ONLY_PORT = Rule(
    "B2",
    Severity.NOTE,
    "The health check of {pool} only opens a connection.",
    "A process that hangs or is draining still accepts connections.",
    "Let it ask /readyz and expect status 200.",
    example="server app-1 10.0.0.11:8000 check, without option httpchk",
)
SLOW = Rule(
    "B3",
    Severity.WARN,
    "A dead instance of {pool} can receive traffic for up to {seconds:g} s (every {interval:g} s, {fall} failures).",
    "Until the balancer has noticed, each request to it has to be rescued by a retry or fails.",
    "Ask more often or give up sooner, so that interval times failures is at most 15 s.",
    example="inter 10s fall 3",
)
NO_RETRY = Rule(
    "B4",
    Severity.WARN,
    "A request of {pool} whose instance has died is not sent to another one in this file.",
    "Between the death and its detection these requests become errors that users see.",
    "Retry idempotent requests elsewhere: `option redispatch` in HAProxy, `proxy_next_upstream error timeout` in "
    "nginx, `lb_try_duration` in Caddy, a retry_policy in Envoy, the retry middleware in Traefik.",
    example="proxy_next_upstream off;",
)
RETRY_POST = Rule(
    "B4",
    Severity.WARN,
    "Requests of {pool} that may have been carried out already, POST among them, are sent again.",
    "An order can be placed twice: the first instance may have died after its work and before its answer.",
    "Leave out `non_idempotent`; in HAProxy add `http-request disable-l7-retry if METH_POST`.",
    example="proxy_next_upstream error timeout non_idempotent;",
)
STICKY = Rule(
    "B5",
    Severity.NOTE,
    "{pool} keeps visitors on one instance ({how}).",
    "That often means that state is still in memory, and it dies with the instance.",
    "Once all state has moved out, leave it out, or say in your notes why it stays.",
    example="ip_hash;",
)
ONE_HOST = Rule(
    "B6",
    Severity.WARN,
    "All {count} servers of {pool} are on {host}.",
    "When that machine fails all instances fail with it.",
    "Spread them over machines, or say in your notes that this is the rehearsal on one machine.",
    example="three servers at 127.0.0.1 with different ports",
)
NO_TIMEOUT = Rule(
    "B6",
    Severity.WARN,
    "{pool} has no timeout for: {names}.",
    "Without them a connection to an instance that hangs is held for ever.",
    "Add `timeout connect 2s`, `timeout client 30s` and `timeout server 30s` to the defaults section.",
    example="an HAProxy file without timeouts",
)
OPEN_DOOR = Rule(
    "B6",
    Severity.WARN,
    "Anybody who reaches the balancer can use {what} (line {line}).",
    "It shows the instances, or lets them be taken out of service.",
    "Bind it to 127.0.0.1, or ask for a password.",
    example="stats enable, without stats auth",
)
SAME_PROBE = Rule(
    "B7",
    Severity.WARN,
    "Readiness and liveness ask the same address, {path}.",
    "When a draining instance says that it is not ready, it is restarted instead; a slow database restarts every one.",
    "Let readiness ask /readyz and liveness /healthz, which looks at nothing outside the process.",
    example="two probes with path: /healthz",
)
GRACE = Rule(
    "B7",
    Severity.WARN,
    "The pause before the end ({pre_stop:g} s) uses up the whole grace period ({grace:g} s).",
    "The process is killed while it still works on requests.",
    "Set terminationGracePeriodSeconds to the pause plus the longest request plus a few seconds.",
    example="preStop sleep 30 with the default grace period of 30 s",
)
DRAIN = Rule(
    "B7",
    Severity.WARN,
    "The balancer lets a leaving instance finish for {drain:g} s ({file}); the instance itself takes {grace:g} s.",
    "The balancer cuts connections that the instance would still have answered.",
    "Set the balancer's drain (deregistration_delay) to at least the grace period of the instances.",
    example="deregistration_delay = 5 with a grace period of 30 s",
)
UNNAMED = Rule(
    "B8",
    Severity.WARN,
    "{file} names instances that no configuration here has: {names}.",
    "The reviewer cannot tell which server of the balancer was killed or answered.",
    "Use one name for each instance in the configuration, the logs and the kill log.",
    example="a kill of web-3, and servers app-1 to app-3",
)
NO_DRAIN = Rule(
    "Y8",
    Severity.WARN,
    "Nothing here keeps an instance working until the balancer has noticed that it leaves.",
    "Requests sent in the meantime meet a closed port; they are the 5xx of a deploy.",
    "Add a preStop hook that sleeps 10 s, or fail /readyz on SIGTERM and wait before the listener closes.",
    example="a Deployment without lifecycle.preStop",
)
SHORT_DRAIN = Rule(
    "Y8",
    Severity.WARN,
    "An instance waits {pre_stop:g} s before it ends; the balancer needs up to {seconds:g} s to notice ({file}).",
    "In between requests are still sent to it.",
    "Let the pause be at least as long as interval times failures.",
    example="preStop sleep 5, and a check every 5 s with 3 failures",
)
ALL_AT_ONCE = Rule(
    "Y8",
    Severity.WARN,
    "A deploy may stop every instance before a new one is ready ({how}).",
    "Until the first new one is ready every request fails.",
    "Use RollingUpdate with maxUnavailable: 0 and maxSurge: 1.",
    example="strategy: type: Recreate",
)

SINGLE = (
    NO_SYNTAX, NO_POOL, TOO_FEW, ELSEWHERE, NO_HEALTH, WRONG_PATH, ONLY_PORT, SLOW, NO_RETRY, RETRY_POST, STICKY,
    ONE_HOST, NO_TIMEOUT, OPEN_DOOR, SAME_PROBE, GRACE, ALL_AT_ONCE,
)  # fmt: skip
BETWEEN = (DRAIN, UNNAMED, NO_DRAIN, SHORT_DRAIN)
