"""A script in JavaScript over HTTP, fresh for each request, and the time from its deploy to its first answer."""
import json
import time
from statistics import median

from . import processes
from .comparison import Case, Metric
from .goals import row, table
from .hello import Limpet, WasmtimeServe
from .limpet import Machine, OfMachine, fetch
from .rounds import of_rounds, ratios, spread

NAME = "script"
TITLE = "`hello` in JavaScript over HTTP, a fresh engine for each request"
TEXT = b"Hello, world!\nI am a function: a few lines of JavaScript, named by a CID.\n"
SCRIPT = """\
export default function () {
  return 'Hello, world!\\nI am a function: a few lines of JavaScript, named by a CID.\\n';
}
"""
ABOUT = """\
Every server answers the same 76 bytes to each request, from a script whose engine nothing has touched since the script was read: Limpet
takes a copy of the memory that QuickJS had then, `wasmtime serve` a new instance of a component that holds StarlingMonkey and the
script as they were when it was built ([component.mjs](../benchmarks/peers/guests/hello-js/component.mjs), by componentize-js, compiled
ahead). The load is that of `hello` above. Limpet also counts fuel and writes down each call.

A deploy is the script sent to the gateway over HTTP, another one each time, and a call of its URL as soon as the gateway has answered;
measured to the end of the first answer, on a machine whose node has compiled the runtime before. A component of a script is
built in half a minute instead."""
_METRICS = (
    Metric("rps", "requests/s", "/s", "more", "the requests a second", chart=True),
    Metric("p50", "p50", "ms", "less", "the p50"),
    Metric("p99", "p99", "ms", "less", "the p99"),
    Metric("cpu", "CPU a request", "µs", "less", "the CPU of a request", chart=True),
    Metric("rss", "memory under load", "MiB", "less", "the memory under load"))
DEPLOY = Case("deploy", "from deploy to first answer", (
    Metric("wall", "wall", "ms", "less", chart=True),
    Metric("cpu", "CPU", "ms", "less"),
    Metric("deploy", "of it the deploy", "ms", "less")))
CASES = (Case("c1", "1 connection", _METRICS), Case("c16", "16 connections", _METRICS), DEPLOY)
SHORT = (("limpet-node", "wasmtime"), ("limpet-gateway", "wasmtime"))
MAX_DEPLOYS = 8
# 571 a second is what wasmtime made of a component like this on a machine of this kind when the goal was set.
GOAL_RATIO, WASMTIME_THEN, GOAL_P50_MS, GOAL_DEPLOY_MS = 10, 571, 3, 1000


class _Served(Limpet):
    """Warmed three times as long as `hello`: the loop of an interpreter is large, and compiled late."""
    text = TEXT

    def __init__(self, bench, machine, key, title, direct):
        super().__init__(bench, machine, key, title, direct)
        self.function = bench.fresh("script") / "handler.js"
        self.function.write_text(SCRIPT, encoding="ascii")

    def warm(self, case, seconds):
        if case is not DEPLOY:
            super().warm(case, 3 * seconds)

    def measure(self, case, seconds):
        return None if case is DEPLOY else super().measure(case, seconds)


class _Component(WasmtimeServe):
    text, made_by = TEXT, ""

    def start(self):
        super().start()
        self.version += f", {self.made_by}"

    def component(self):
        component, compiled = self.bench.peers.javascript_component(), self.bench.fresh(self.key) / "hello.cwasm"
        self.made_by = component.version
        processes.run([self.bench.peers.wasmtime().path, "compile", "-O", "pooling-allocator=y", "-o", compiled, component.path])
        return compiled

    def warm(self, case, seconds):
        if case is not DEPLOY:
            super().warm(case, seconds)

    def measure(self, case, seconds):
        return None if case is DEPLOY else super().measure(case, seconds)


class _Deploys(OfMachine):
    """Scripts of one kind, each its own text, deployed and called one after another."""

    def __init__(self, machine):
        super().__init__("limpet-deploy", "Limpet, a new script", machine)
        self.made, self.flags = 0, "deploy a new script, then call it"

    def measure(self, case, seconds):
        if case is not DEPLOY:
            return None
        servers, turns = (self.machine.gateway, self.machine.node), []
        before, began = sum(server.cpu_seconds() for server in servers), time.monotonic()
        while not turns or (time.monotonic() - began < seconds and len(turns) < MAX_DEPLOYS):
            turns.append(self._one())
        cpu = sum(server.cpu_seconds() for server in servers) - before
        return {
            "wall": median(whole for whole, _ in turns) * 1000, "cpu": cpu / len(turns) * 1000,
            "deploy": median(deployed for _, deployed in turns) * 1000}

    def _one(self):
        """Seconds to the end of the first answer, and those that the deploy took."""
        self.made += 1
        text, url = f"{SCRIPT}// {self.made}\n".encode("ascii"), self.machine.gateway.url
        began = time.monotonic()
        said = fetch(f"{url}/v1/functions", text, {"Content-Type": "text/javascript"})
        deployed = time.monotonic() - began
        answer = fetch(f"{url}/fn/{json.loads(said)['function']}")
        whole = time.monotonic() - began
        if answer != TEXT:
            raise RuntimeError(f"{self.title} answers {answer[:200]!r}")
        return whole, deployed


def contestants(bench):
    machine = Machine(bench)
    return [
        _Served(bench, machine, "limpet-node", "Limpet, node", direct=True),
        _Served(bench, machine, "limpet-gateway", "Limpet, node through gateway", direct=False),
        _Deploys(machine),
        _Component(bench, "wasmtime", "wasmtime serve, fresh, pooling", "-O", "pooling-allocator=y", "--allow-precompiled"),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    rate = ratios(*(of_rounds(result, "c16", key, "rps") for key in ("limpet-node", "wasmtime")))
    lines = row("requests a second, 16 connections, by those of wasmtime in the same round", GOAL_RATIO, rate, least=True)
    alone = spread(of_rounds(result, "c16", "limpet-node", "rps"))
    words = f"requests a second, 16 connections: ten times the {WASMTIME_THEN} that wasmtime made when the goal was set"
    lines += row(words, GOAL_RATIO * WASMTIME_THEN, alone, least=True)
    for case, key, metric, most, words in (
            ("c1", "limpet-node", "p50", GOAL_P50_MS, "p50 at one connection"),
            ("deploy", "limpet-deploy", "wall", GOAL_DEPLOY_MS, "deploy to first answer")):
        lines += row(words, most, spread(of_rounds(result, case, key, metric)), unit="ms")
    return table(lines)
