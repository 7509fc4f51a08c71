"""Calls whose data a Kubo daemon keeps, beside the same calls on a node with a store of its own."""
import time

from . import flights
from .comparison import Case, Metric
from .goals import row, table
from .job import DATA, JOB, fnv
from .kubo import Daemon
from .limpet import EXAMPLES, Machine, WarmCalls, fetch, version
from .rounds import of_rounds, ratios

NAME = "on-kubo"
TITLE = "Calls on a node whose store is a Kubo"
QUESTION = "arg=by=carrier&arg=mean=arr_delay&arg=digits=1"
ABOUT = """\
`limpet node --store kubo:URL` beside `limpet node`, each behind a gateway of its own; Kubo's daemon is offline, with its default datastore
(flatfs). The same calls one after another through the gateway, which keeps no answers; all answers are compared. Warm: the blocks
have been read before. Cold: a file of 30 MB that is new in each round, with the year of each flight changed, so that it has no block in
common with those before it; it is added, not read, and then called once. CPU is that of gateway and node, and of the daemon where
there is one."""
_METRICS = (
    Metric("wall", "wall", "ms", "less", "the time", chart=True),
    Metric("cpu", "CPU", "ms", "less", "the CPU of a call"))
CASES = (
    Case("job", "warm: a small job over 1 KiB", _METRICS),
    Case("month", "warm: `csv` over a file of 2.4 MB", _METRICS),
    Case("year", "cold: `csv` over a file of 30 MB", _METRICS))
SHORT = (("store", "limpet"),)
GOALS = (
    ("job", "wall", 1.2, "a warm small job, time"),
    ("month", "wall", 1.2, "warm `csv`, time"),
    ("year", "wall", 2, "cold `csv`, time"))


class _Said:
    """The files, and what all said of them."""

    def __init__(self, bench):
        self.folder, self.said = bench.fresh("flights"), {}
        self.year = flights.year()
        (self.folder / "job").write_bytes(DATA)
        (self.folder / "month").write_bytes(next(content for _, content in flights.months()))

    def later(self, turn):
        """A file of all flights, so many years later."""
        file = self.folder / f"year-{turn}"
        if not file.exists():
            file.write_bytes(self.year.replace(b"\n2013,", b"\n%d," % (2014 + turn)))
        return file

    def check(self, case, output, who):
        expected = self.said.setdefault(case, fnv(DATA, 7) if case == "job" else output)
        if not output or output != expected:
            raise RuntimeError(f"{who} says {output[:200]!r}, not {expected[:200]!r}")


class _Own(WarmCalls):
    """A node with a store of its own."""
    turns = -1

    def deployed(self):
        self.functions = {
            "job": self.machine.deploy(JOB)["function"], "csv": self.machine.deploy(EXAMPLES / "csv" / "csv.wasm")["function"]}
        return {
            "job": self.url(self.answers.folder / "job", "job", "arg=7"),
            "month": self.url(self.answers.folder / "month", "csv", QUESTION)}

    def url(self, file, function, query):
        """Where the function is called on the file, which is added."""
        held = self.machine.command("add", str(file))["cid"]
        return f"{self.machine.gateway.url}/on/{held}/-/{self.functions[function]}?{query}"

    def measure(self, case, seconds):
        return self._cold() if case.key == "year" else super().measure(case, seconds)

    def _cold(self):
        self.turns += 1
        url = self.url(self.answers.later(self.turns), "csv", QUESTION)
        before, began = sum(server.cpu_seconds() for server in self.servers()), time.monotonic()
        said = fetch(url, headers={"Cache-Control": "no-cache"}, seconds=120)
        wall, cpu = time.monotonic() - began, sum(server.cpu_seconds() for server in self.servers()) - before
        self.answers.check("year", said, self.title)
        return {"wall": wall * 1000, "cpu": cpu * 1000}


class _OnKubo(_Own):
    daemon = None

    def start(self):
        kubo = self.machine.bench.peers.kubo()
        self.daemon = Daemon(kubo, self.machine.bench.fresh("kubo"))
        self.machine.options = ["--store", f"kubo:{self.daemon.rpc_url}"]
        super().start()
        self.version = f"{version()}, Kubo {kubo.version}"
        self.flags = f"limpet gateway; limpet node --store kubo:URL, over {self.daemon.flags}"

    def servers(self):
        return (*super().servers(), self.daemon.process)

    def stop(self):
        super().stop()
        if self.daemon:
            self.daemon.process.stop()
            self.daemon = None


def contestants(bench):
    said = _Said(bench)
    return [
        _Own(Machine(bench), said, 6, "limpet", "Limpet, its own store"),
        _OnKubo(Machine(bench), said, 6, "store", "Limpet on a Kubo"),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case, metric, bound, words in GOALS:
        found = ratios(*(of_rounds(result, case, key, metric) for key in ("store", "limpet")))
        lines += row(f"{words}, on a Kubo, of that with its own store", bound, found, digits=3)
    return table(lines)
