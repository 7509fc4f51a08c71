"""`hello` over HTTP, a fresh instance for each request."""
import math

from . import load
from .comparison import Case, Contestant, Metric
from .goals import row, table
from .install import HERE
from .limpet import EXAMPLES, Machine, OfMachine, answers, fetch, header
from .processes import Server, free_port
from .rounds import of_rounds, ratios

NAME = "hello"
TITLE = "`hello` over HTTP, a fresh instance for each request"
ABOUT = """\
Every server answers the same 86 bytes of text to each request, and makes a new instance of its guest for it,
unless its row says that it keeps instances. The load is `wrk` with one thread on the same cores, over kept connections,
for all servers alike; CPU is that of all processes of the server.

Guests: Limpet runs `functions-examples/hello`, a WASI preview 1 command of 4 KB that prints its answer; the node gets what
a gateway would send it. `wasmtime serve` runs a component in Rust (wasi:http 0.2), since it takes no commands. workerd runs
JavaScript that makes a new `WebAssembly.Instance` of a module of one page, or of Limpet's own `hello.wasm` with the few
WASI functions that it needs; the JavaScript around it is kept between requests. Limpet also counts fuel, writes down each
call, and checks what the guest may do; the others meter nothing here."""
_METRICS = (
    Metric("rps", "requests/s", "/s", "more", "the requests a second", chart=True),
    Metric("p50", "p50", "ms", "less"),
    Metric("p99", "p99", "ms", "less", "the p99"),
    Metric("cpu", "CPU a request", "µs", "less", "the CPU of a request", chart=True),
    Metric("rss", "memory under load", "MiB", "less", "the memory under load"),
)
CASES = tuple(Case(f"c{count}", f"{count} connections", _METRICS) for count in (16, 64))
WARM_REQUESTS = 30_000
# A JVM under full load on two cores compiles for its first 150 000 requests, in which a request costs twice as much.
MAX_WARM_LOADS, STEADY_LOADS, STILL_FALLING = 15, 2, 0.95
SHORT = (("limpet-node", "wasmtime-fresh"), ("limpet-node", "workerd-page"), ("limpet-gateway", "wasmtime-fresh"))
# Ours, the peer, metric, what it is at least (or, where less is better, at most) of theirs.
GOALS = (
    ("limpet-node", "wasmtime-fresh", "rps", 2.5), ("limpet-node", "workerd-page", "rps", 4), ("limpet-gateway", "wasmtime-fresh", "rps", 1.5),
    ("limpet-node", "wasmtime-fresh", "p99", 1), ("limpet-node", "workerd-page", "p99", 1))
STRETCH = ("limpet-node", "wasmtime-reuse", "rps", 1)
TEXT = b"Hello, world!\nI am a function: a few KB of WebAssembly, written in C, named by a CID.\n"


class Served(Contestant):
    """What all rows share: one load, its numbers, and the processes that pay for it."""
    text = TEXT

    def __init__(self, bench, key, title, ours=False):
        Contestant.__init__(self, key, title, ours)
        self.bench, self.servers, self.url, self.script = bench, [], "", ""

    def stop(self):
        while self.servers:
            self.servers.pop().stop()

    def check(self, text):
        if text != self.text:
            raise RuntimeError(f"{self.title} answers {text[:200]!r}")

    def warm(self, case, seconds):
        self.warm_up(int(case.key[1:]), seconds)

    def warm_up(self, connections, seconds):
        """Until compilers are done: after so many requests, and when the CPU of a request has fallen no more for a while; but
        not for ever on a busy machine."""
        asked, least, steady = 0, math.inf, 0
        for _ in range(MAX_WARM_LOADS):
            try:
                done, cpu = self._load(connections, seconds)
            except load.NoAnswer:
                continue  # a cold server on a busy machine
            asked += done.requests
            steady = 0 if cpu < STILL_FALLING * least else steady + 1
            least = min(least, cpu)
            if asked >= WARM_REQUESTS and steady >= STEADY_LOADS:
                return

    def _load(self, connections, seconds):
        """What the load saw, and the microseconds of CPU of a request."""
        before = sum(server.cpu_seconds() for server in self.servers)
        done = load.wrk(self.bench, self.key, self.url, self.script, connections, seconds)
        return done, (sum(server.cpu_seconds() for server in self.servers) - before) / done.requests * 1e6

    def measure(self, case, seconds):
        done, cpu = self._load(int(case.key[1:]), seconds)
        return {
            "rps": done.per_second, "p50": done.p50_ms, "p99": done.p99_ms, "cpu": cpu,
            "rss": sum(server.resident_mib() for server in self.servers)}


class Limpet(OfMachine, Served):
    """Through the gateway, or straight to the node with what the gateway would send it."""
    function = EXAMPLES / "hello" / "hello.wasm"

    def __init__(self, bench, machine, key, title, direct):
        Served.__init__(self, bench, key, title, ours=True)
        OfMachine.__init__(self, key, title, machine)
        self.direct = direct

    def start(self):
        super().start()
        self.bench.peers.wrk()
        deployed = self.machine.deploy(self.function)
        if self.direct:
            node = self.machine.node
            self.servers, self.url, self.flags = [node], f"{node.url}/v1/invocations", "limpet node"
            self.said = self.machine.invocation(deployed)
            self.check(fetch(self.url, b"", {"Limpet-Invocation": header(self.said)}))
            self.script = load.invocations(node.url, self.said)
        else:
            self.servers, self.flags = [self.machine.gateway, self.machine.node], "limpet gateway; limpet node"
            self.url = f"{self.machine.gateway.url}/fn/{deployed['function']}"
            self.check(fetch(self.url))
            self.script = load.get(self.url)


class WasmtimeServe(Served):
    """`wasmtime serve` of a component."""

    def __init__(self, bench, key, title, *options):
        super().__init__(bench, key, title)
        self.options = ["-S", "cli", *options]

    def start(self):
        self.bench.peers.wrk()
        wasmtime, component = self.bench.peers.wasmtime(), self.component()
        port = free_port()
        self.version, self.flags = wasmtime.version, " ".join(["wasmtime serve", *self.options])
        self.url = f"http://127.0.0.1:{port}/"
        self.servers = [Server(
            self.key, [wasmtime.path, "serve", *self.options, "--addr", f"127.0.0.1:{port}", component],
            self.bench.fresh(self.key))]
        self.servers[0].wait_ready(lambda _: answers(self.url))
        self.check(fetch(self.url))
        self.script = load.get(self.url)

    def component(self):
        """What is served."""
        return self.bench.peers.hello_component()


class Workerd(WasmtimeServe):
    """`script` of guests/workerd around `module`, or alone."""

    def __init__(self, bench, key, title, script, module):
        super().__init__(bench, key, title)
        self.script_file, self.module = script, module

    def start(self):
        self.bench.peers.wrk()
        workerd = self.bench.peers.workerd()
        port, folder = free_port(), self.bench.fresh(self.key)
        (folder / "main.mjs").write_bytes((HERE / "guests" / "workerd" / self.script_file).read_bytes())
        if self.module is not None:
            (folder / "hello.wasm").write_bytes(self.module)
        (folder / "config.capnp").write_text(workerd_config(port, self.module is not None), encoding="ascii")
        self.version, self.flags, self.url = workerd.version, "workerd serve", f"http://127.0.0.1:{port}/"
        self.servers = [Server(self.key, [workerd.path, "serve", "config.capnp"], folder)]
        self.servers[0].wait_ready(lambda _: answers(self.url))
        self.check(fetch(self.url))
        self.script = load.get(self.url)


def workerd_config(port, module):
    """What workerd serves: main.mjs, with hello.wasm beside it where there is one."""
    embedded = ', (name = "hello.wasm", wasm = embed "hello.wasm")' if module else ""
    return f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "main.mjs", esModule = embed "main.mjs"){embedded}],
  compatibilityDate = "2026-01-01"
);
"""


def leb(number):
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        number, low = number >> 7, number & 127
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)


def signed_leb(number):
    """Signed LEB128 of a number that is not negative."""
    out = bytearray()
    while True:
        number, low = number >> 7, number & 127
        done = number == 0 and low < 64
        out.append(low | (0 if done else 128))
        if done:
            return bytes(out)


def page_module(text):
    """A module of one page with the text at 1024; `hello` answers its place and length in one number."""
    def section(code, body):
        return bytes([code]) + leb(len(body)) + body

    def name(word):
        return leb(len(word)) + word

    code = b"\0" + b"\x41" + signed_leb(1024 << 16 | len(text)) + b"\x0b"
    return (b"\0asm\1\0\0\0" + section(1, b"\1\x60\0\1\x7f") + section(3, b"\1\0") + section(5, b"\1\0\1")
            + section(7, b"\2" + name(b"memory") + b"\2\0" + name(b"hello") + b"\0\0")
            + section(10, b"\1" + leb(len(code)) + code)
            + section(11, b"\1\0\x41" + signed_leb(1024) + b"\x0b" + leb(len(text)) + text))


def contestants(bench):
    machine = Machine(bench)
    command = (EXAMPLES / "hello" / "hello.wasm").read_bytes()
    return [
        Limpet(bench, machine, "limpet-node", "Limpet, node", direct=True),
        Limpet(bench, machine, "limpet-gateway", "Limpet, node through gateway", direct=False),
        WasmtimeServe(bench, "wasmtime-fresh", "wasmtime serve, fresh"),
        WasmtimeServe(bench, "wasmtime-pooling", "wasmtime serve, fresh, pooling", "-O", "pooling-allocator=y"),
        WasmtimeServe(bench, "wasmtime-reuse", "wasmtime serve, reused 128 times", "-O", "pooling-allocator=y",
                  "--max-instance-reuse-count", "128"),
        Workerd(bench, "workerd-page", "workerd, fresh module of one page", "page.mjs", page_module(TEXT)),
        Workerd(bench, "workerd-command", "workerd, fresh hello.wasm", "command.mjs", command),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    titles = {one["key"]: one["title"] for one in result["contestants"]}
    lines = []
    for ours, peer, metric, bound in (*GOALS, STRETCH):
        for case in CASES:
            what = {"rps": "requests a second", "p99": "p99"}[metric] + (", as a stretch" if (ours, peer, metric, bound) == STRETCH else "")
            found = ratios(*(of_rounds(result, case.key, key, metric) for key in (ours, peer)))
            words = f"{case.title}: {what}, {titles.get(ours)}, by {titles.get(peer)}"
            lines += row(words, bound, found, least=metric == "rps", digits=3)
    return table(lines)
