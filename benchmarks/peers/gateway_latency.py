"""What a gateway adds to the time of a call, at a fixed rate."""
import re

from . import load
from .bench import java
from .comparison import Case, Metric
from .goals import row, table
from .hello import Limpet, Machine
from .limpet import BASE32, header
from .rounds import differences, of_rounds

NAME = "gateway-latency"
TITLE = "What the gateway adds to the time of a call"
RATE, CONNECTIONS = 1000, 16
ABOUT = f"""\
`hello` again, now at {RATE} requests a second over {CONNECTIONS} connections, whatever the answers take: each request has a time
at which it is meant to start, and its latency counts from there. The same node is asked directly, with what a gateway would
send it, and through its gateway."""
CASES = (Case(f"r{RATE}", f"{RATE} requests a second", (
    Metric("p50", "p50", "ms", "less", chart=True),
    Metric("p99", "p99", "ms", "less", chart=True),
    Metric("cpu", "CPU a request", "µs", "less"),
)),)
WARM_CONNECTIONS = 16
GOALS = (("p50", 0.3), ("p99", 1))  # ms that the gateway adds at most
IDS = 4096  # requests that differ, since the node wants another id in each that runs at the same time


class Paced(Limpet):
    """The contestants of `hello`, asked by the open loop of the benchmarks module."""

    def start(self):
        super().start()
        if self.direct:
            texts = [self._invocation(turn) for turn in range(IDS)]
        else:
            host, _, path = self.url.removeprefix("http://").partition("/")
            texts = [f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n"]
        self.file = self.bench.folder / f"{self.key}.requests"
        self.file.write_bytes("\0".join(texts).encode("ascii"))

    def _invocation(self, turn):
        tail = "".join(BASE32[turn >> shift & 31] for shift in (10, 5, 0))
        value = header({**self.said, "execution": "x-" + "b" * 23 + tail})
        host = self.machine.node.url.removeprefix("http://")
        return f"POST /v1/invocations HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nLimpet-Invocation: {value}\r\n\r\n"

    def warm(self, case, seconds):
        self.warm_up(WARM_CONNECTIONS, seconds)

    def measure(self, case, seconds):
        before = sum(server.cpu_seconds() for server in self.servers)
        host = re.match(r"http://[^/]*", self.url)[0]
        warm = seconds / 3  # the generator is a JVM that has to compile itself
        result = load.result_of(
            f"{self.key}: the open loop", java("OpenLoop", host, self.file, RATE, warm, seconds, CONNECTIONS), 4 * seconds + 60)
        cpu = sum(server.cpu_seconds() for server in self.servers) - before
        return {"p50": result["p50"] / 1e3, "p99": result["p99"] / 1e3, "cpu": cpu / (RATE * (seconds + warm)) * 1e6}


def contestants(bench):
    machine = Machine(bench)
    return [
        Paced(bench, machine, "limpet-node", "Limpet, node", direct=True),
        Paced(bench, machine, "limpet-gateway", "Limpet, node through gateway", direct=False),
    ]


def remarks(result):
    """The difference, round by round."""
    lines = []
    for key, most in GOALS:
        found = differences(*(of_rounds(result, CASES[0].key, one, key) for one in ("limpet-gateway", "limpet-node")))
        lines += row(f"what the gateway adds to the {key}", most, found, unit="ms", digits=3)
    return table(lines)
