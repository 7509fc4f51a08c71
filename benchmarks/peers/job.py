"""A call that is a small job: function and data by CID, another argument each time, from submit to result."""
from . import load
from .comparison import Case, Contestant, Metric, NotRun
from .goals import row, table
from .install import HERE
from .limpet import Machine, OfMachine, fetch
from .rounds import of_rounds, spread

NAME = "job"
TITLE = "A small job, from submit to result"
ABOUT = """\
`GET /on/DATA/-/FUNCTION?arg=N` through the gateway: function and data named by CID, 1 KiB of data on the node, a module of
28 KB in C that hashes the data with the argument ([job.c](../benchmarks/peers/guests/c/job.c)); that of the goal had 16 KB and only
wrote, this one has `printf` in it. The argument is
another one in each request, and the node keeps no answers, so each is a run of its own: placed, metered, logged, in a fresh
instance. CPU is that of gateway and node."""
_METRICS = (
    Metric("p50", "p50", "ms", "less"),
    Metric("p99", "p99", "ms", "less"),
    Metric("rps", "jobs/s", "/s", "more", "the jobs a second", chart=True),
    Metric("cpu", "CPU a job", "ms", "less"),
    Metric("rss", "memory", "MiB", "less"))
CASES = (
    Case("c1", "one after another", _METRICS), Case("c8", "8 in flight", _METRICS), Case("c16", "16 in flight", _METRICS))
GOAL_MS, GOAL_RATE = 2, 3000
DATA = bytes(n * 151 & 255 for n in range(1024))
JOB = HERE / "guests" / "c" / "job.wasm"
MEASURED = """\
this comparison does not install it, so no figure of it is of these minutes, and none of it is a ratio here. The goals were set by what it did when it \
was measured by itself, on 23 November 2026, on a machine of this kind with two shared cores: version 1.9.3, built with Go in six and a \
half minutes, one process with orchestrator and compute node, HTTP API on loopback, a module of 16 KB in C that writes once: 50 ms p50 and \
82 ms p99 one after another (polled every 5 ms), at 59 ms CPU each; 28 jobs a second with 8 in flight, at 55 ms CPU each"""
COUNTED = """
local head, tail = %s, %s
function request()
  turn = turn + 1
  return head .. turn .. tail
end
"""


def fnv(data, seed):
    """What the function has to answer."""
    value = 14695981039346656037 ^ seed
    for octet in data:
        value = (value ^ octet) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}\n".encode("ascii")


class _Limpet(OfMachine):
    first = 0

    def start(self):
        super().start()
        self.machine.bench.peers.wrk()
        file = self.machine.bench.fresh("job") / "data"
        file.write_bytes(DATA)
        held, function = self.machine.command("add", str(file))["cid"], self.machine.deploy(JOB)["function"]
        self.target, self.flags = f"/on/{held}/-/{function}?arg=", "limpet gateway; limpet node"
        for seed in (1, 7_000_000_001):
            said = fetch(f"{self.machine.gateway.url}{self.target}{seed}")
            if said != fnv(DATA, seed):
                raise RuntimeError(f"{self.title} answers {said[:200]!r}")

    def measure(self, case, seconds):
        gateway, servers = self.machine.gateway, (self.machine.gateway, self.machine.node)
        self.first += 1  # no two loads have arguments in common
        script = COUNTED % (
            load.quoted(f"GET {self.target}{self.first}0000"),
            load.quoted(f" HTTP/1.1\r\nHost: {gateway.url.removeprefix('http://')}\r\n\r\n"))
        before = sum(server.cpu_seconds() for server in servers)
        done = load.wrk(self.machine.bench, self.key, gateway.url, script, int(case.key[1:]), seconds)
        cpu = sum(server.cpu_seconds() for server in servers) - before
        return {
            "p50": done.p50_ms, "p99": done.p99_ms, "rps": done.per_second, "cpu": cpu / done.requests * 1000,
            "rss": sum(server.resident_mib() for server in servers)}


class _Bacalhau(Contestant):
    def start(self):
        raise NotRun(MEASURED)


def contestants(bench):
    return [_Limpet("limpet", "Limpet, node through gateway", Machine(bench)), _Bacalhau("bacalhau", "Bacalhau")]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = row("one after another: p50 from submit to result", GOAL_MS, spread(of_rounds(result, "c1", "limpet", "p50")), unit="ms")
    for case in CASES[1:]:
        rate = spread(of_rounds(result, case.key, "limpet", "rps"))
        lines += row(f"{case.title}: jobs a second", GOAL_RATE, rate, least=True)
    return table(lines)
