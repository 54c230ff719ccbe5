"""What an instance keeps in a variable, in five languages, and what looks so; what drains and what only says so."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

KEPT = {
    "shop/carts.py": ("carts = {}", "def add(user, item):", "    carts[user] = item"),
    "shop/orders.py": (
        "orders: list[Order] = []  # all of them",
        "def put(order):",
        "    orders.append(order)",
    ),
    "shop/votes.py": ("votes = defaultdict(int)", "def vote(name):", "    votes[name] += 1"),
    "src/carts.js": (
        "const carts = {};",
        "app.post('/cart', (req, res) => {",
        "  carts[req.user] = req.body;",
    ),
    "src/carts.ts": (
        "export const carts = new Map<string, Cart>();",
        "export function add(user: string, cart: Cart) {",
        "  carts.set(user, cart);",
    ),
    "carts/store.go": (
        "var (",
        "\tcarts = make(map[string]Cart)",
        ")",
        "func add(u string, c Cart) {",
        "\tcarts[u] = c",
    ),
    "carts/all.go": ("var carts sync.Map", "func add(u string, c Cart) {", "\tcarts.Store(u, c)"),
    "carts/list.go": ("var orders = []Order{}", "func add(o Order) {", "\torders = append(orders, o)"),
    "app/carts.rb": ("$carts = {}", "post '/cart' do", "  $carts[session_id] = params"),
    "app/cart.rb": (
        "class Cart",
        "  @@all = Hash.new { |h, k| h[k] = [] }",
        "  def add(i)",
        "    @@all[user] << i",
    ),
    "src/Carts.java": (
        "class Carts {",
        "    private static final Map<String, Cart> carts = new ConcurrentHashMap<>();",
        "    void add(String user, Cart cart) {",
        "        carts.put(user, cart);",
    ),
}
NOT_KEPT = {
    "shop/constant.py": ("NAMES = {}", "def name(code):", "    return NAMES.get(code)"),
    "shop/routes.py": (
        "routes = {}",
        "routes['/'] = index",
        "def add(path, view):",
        "    routes[path] = view",
    ),
    "shop/views.py": ("views = {}", "def view(name):", "    def wrap(fn):", "        views[name] = fn"),
    "shop/local.py": ("def add(user):", "    found = {}", "    found[user] = 1"),
    "shop/table.py": ("prices = {}", "prices['tea'] = 3"),
    "shop/drain.js": ("const sockets = new Set();", "server.on('connection', (s) => {", "  sockets.add(s);"),
    "shop/other.js": ("const carts = {};", "function f(state) {", "  state.carts['a'] = 1;"),
    "tests/test_carts.py": ("carts = {}", "def add(user):", "    carts[user] = 1"),
    "src/Order.java": (
        "class Order {",
        "    private List<Item> items = new ArrayList<>();",
        "        items.add(item);",
    ),
    "carts/local.go": ("func f() {", "\tseen = map[string]bool{}", "\tseen[x] = true"),
    "README.md": ("carts = {}", "    carts[user] = 1"),
}
DRAINS = (
    "def drain():",
    "    state.draining = True",
    "draining.set(true);",
    "atomic.StoreInt32(&draining, 1)",
    "  drain_timeout: 30s",
    "echo 'set server app/web-1 state drain' | socat stdio /run/haproxy.sock",
    "curl -X POST http://127.0.0.1:9000/drain?timeout=20",
    "  server 10.0.0.7:8000 drain;",
    "envoy --drain-time-s 30",
)
ONLY_SAYS_SO = (
    'log.info("draining")',
    'return ("draining", 503)',
    "The instance is draining while it stops.",
    "draining = False",
    "drainage = 3",
    "drain_connections: false",
)


def facts(tmp_path, name, lines):
    path = tmp_path / "change.diff"
    head = (
        f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1,1 +1,{len(lines) + 1} @@\n first\n"
    )
    path.write_text(head + "".join(f"+{line}\n" for line in lines))
    return registry.inspect(Source(path.name, path)).facts


@pytest.mark.parametrize("name", KEPT)
def test_a_container_that_a_request_fills_is_kept_in_one_instance(tmp_path, name):
    lines = KEPT[name]

    (kept,) = facts(tmp_path, name, lines)["still_local"]

    assert kept["what"].strip("`$@") in lines[0] + lines[1]
    assert kept["how"] == f"a variable of the process, filled on line {5 + len(lines)}"
    assert kept["file"] == name


@pytest.mark.parametrize("name", NOT_KEPT)
def test_constants_routes_locals_connections_and_tests_are_no_state(tmp_path, name):
    assert facts(tmp_path, name, NOT_KEPT[name])["still_local"] == []


def test_what_the_table_of_signs_names_is_named_once(tmp_path):
    kept = facts(tmp_path, "shop/app.py", ("sessions = {}", "def f(t):", "    sessions[t] = 1"))[
        "still_local"
    ]

    assert [place["what"] for place in kept] == ["sessions"]


@pytest.mark.parametrize("line", DRAINS)
def test_code_and_settings_that_drain_are_a_drain(tmp_path, line):
    assert [step["what"] for step in facts(tmp_path, "shop/app", (line,))["drain"]] == ["a drain"]


@pytest.mark.parametrize("line", ONLY_SAYS_SO)
def test_the_mere_word_drains_nothing(tmp_path, line):
    assert facts(tmp_path, "shop/app", (line,))["drain"] == []


@pytest.mark.parametrize("name", ["docs/operations.md", "NOTES.txt"])
def test_prose_about_a_signal_handles_none(tmp_path, name):
    assert facts(tmp_path, name, ("On SIGTERM it drains: drain_timeout = 30",))["drain"] == []
