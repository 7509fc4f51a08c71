"""Scripts in QuickJS, and SQLite with a script: modules that are one large loop, warm on a node and as processes of wasmtime."""
import json

from . import processes
from .bench import ROOT
from .comparison import Case, Contestant, Metric, NotRun
from .goals import row, table
from .install import HERE
from .kernels import Sums, geomean
from .limpet import Machine, OfMachine, fetch
from .rounds import of_rounds, ratios

NAME = "interpreters"
TITLE = "Interpreters: scripts in QuickJS and SQLite"
QUICKJS = ROOT / "runtimes" / "javascript" / "javascript.wasm"
SCRIPTS = HERE / "guests" / "scripts"
# So often that wasmtime takes some tenths of a second, and the start of a process, which is taken off, little beside it.
RUNS = {"fib": 6, "wc": 2, "json": 3, "rich": 6}
SQL_RUNS = 4
SQL = "sqlite"
ABOUT = """\
CPU milliseconds of programs that are mostly one large loop. [fib, wc, json and rich](../benchmarks/peers/guests/scripts) are scripts
for the JavaScript runtime that comes with Limpet: calls, a text of 1 MiB by its characters, JSON of 2000 records to and fro,
objects with queues. SQLite runs [a script](../benchmarks/peers/guests/sqlite/script.c) of its own: 20 000 rows, an index, groups,
a join, an update, in memory. All contestants run the same modules, and must say the same.

Limpet's node is warm and stays up; a call goes over HTTP through the gateway to an instance that is fresh or fresh from its
snapshot, metered; the CPU is that of gateway and node. wasmtime is a process for each run, the module compiled ahead; it counts
fuel only where it is called metered. What each takes to do nothing in the same way is taken off: a script that runs 0 times.
`geomean` is the geometric mean of the columns before it."""
CASES = (
    Case("quickjs", "QuickJS", (
        Metric("geomean", "geomean", "ms", "less", "the CPU of the scripts, in the geometric mean", chart=True),
        *(Metric(name, name, "ms", "less") for name in RUNS))),
    Case(SQL, "SQLite", (Metric("cpu", "script", "ms", "less", "the CPU of the script", chart=True),)))
SHORT = (("limpet-node", "wasmtime"), ("limpet-node", "wasmtime-fuel"))
FUEL = "fuel=1000000000000"
LEAST_MILLIS = 0.001
WARM_RUNS = 12
GOALS = (("quickjs", "geomean", 2.5, "QuickJS, geometric mean"), (SQL, "cpu", 2.5, "SQLite"))


class _Runner(Contestant):
    """One round is each script once."""

    def one(self, script, runs):
        """(what it printed, CPU milliseconds)."""
        raise NotImplementedError

    def millis(self, script, runs):
        said, millis = self.one(script, runs)
        self.sums.check(script, said, self.title)
        # The least of three: one start may be hit by anything.
        return max(LEAST_MILLIS, millis - min(self.one(script, 0)[1] for _ in range(3)))

    def warm(self, case, seconds):
        self.measure(case, seconds)

    def measure(self, case, seconds):
        if case.key == SQL:
            return {"cpu": self.millis(SQL, SQL_RUNS)} if self.sqlite() else None
        numbers = {script: self.millis(script, runs) for script, runs in RUNS.items()}
        return {"geomean": geomean(numbers.values()), **numbers}

    def sqlite(self):
        """The module of SQLite, or None: without its compiler that case has no row."""
        try:
            return self.bench.peers.sqlite_script()
        except NotRun:
            return None


class _Wasmtime(_Runner):
    def __init__(self, bench, sums, key, title, *options):
        super().__init__(key, title)
        self.bench, self.sums, self.options = bench, sums, options

    def start(self):
        wasmtime, self.folder = self.bench.peers.wasmtime(), self.bench.fresh(self.key)
        self.program, self.version = wasmtime.path, wasmtime.version
        self.flags = " ".join(["wasmtime run", *self.options, "--allow-precompiled"])
        for name, module in (("quickjs", QUICKJS), (SQL, self.sqlite())):
            if module:
                processes.run([self.program, "compile", *self.options, "-o", self.folder / f"{name}.cwasm", module])
        for script in RUNS:
            (self.folder / script).mkdir()
            (self.folder / script / "handler.js").write_bytes((SCRIPTS / f"{script}.js").read_bytes())

    def one(self, script, runs):
        command = [self.program, "run", *self.options, "--allow-precompiled"]
        if script == SQL:
            ended = processes.run([*command, self.folder / f"{SQL}.cwasm", str(runs)])
        else:
            ended = processes.run([
                *command, "--dir", f"{self.folder / script}::/script", "--env", "REQUEST_METHOD=GET", "--env",
                f"QUERY_STRING=runs={runs}", self.folder / "quickjs.cwasm"])
        return ended.output.decode("ascii").rpartition("\n\n")[2].strip(), ended.cpu_seconds * 1000


class _Limpet(OfMachine, _Runner):
    def __init__(self, bench, sums, machine):
        OfMachine.__init__(self, "limpet-node", "Limpet, warm node over HTTP", machine)
        self.bench, self.sums, self.functions = bench, sums, {}

    def start(self):
        super().start()
        self.flags, folder = "limpet gateway; limpet node", self.bench.fresh("interpreters")
        for script in RUNS:
            (folder / f"{script}.js").write_bytes((SCRIPTS / f"{script}.js").read_bytes())
            self._deploy(folder, script, {"module": "javascript", "script": f"{script}.js", "abi": "http"})
        module = self.sqlite()
        if module:
            (folder / "sqlite.wasm").write_bytes(module.read_bytes())
            self._deploy(folder, SQL, {"module": "sqlite.wasm"})

    def _deploy(self, folder, name, manifest):
        file = folder / f"{name}.json"
        file.write_text(json.dumps({"v": 1, "limits": {"wall": "60s"}, **manifest}), encoding="ascii")
        self.functions[name] = self.machine.deploy(file)["function"]

    def warm(self, case, seconds):
        for _ in range(WARM_RUNS):
            self.measure(case, seconds)

    def one(self, script, runs):
        servers = (self.machine.gateway, self.machine.node)
        query = f"arg={runs}" if script == SQL else f"runs={runs}"
        before = sum(server.cpu_seconds() for server in servers)
        said = fetch(f"{self.machine.gateway.url}/fn/{self.functions[script]}?{query}", headers={"Cache-Control": "no-cache"}, seconds=120)
        cpu = sum(server.cpu_seconds() for server in servers) - before
        return said.decode("ascii").strip(), cpu * 1000


def contestants(bench):
    sums = Sums()
    return [
        _Limpet(bench, sums, Machine(bench)),
        _Wasmtime(bench, sums, "wasmtime", "wasmtime, a process"),
        _Wasmtime(bench, sums, "wasmtime-fuel", "wasmtime, metered, a process", "-W", FUEL),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case, metric, most, words in GOALS:
        found = ratios(*(of_rounds(result, case, key, metric) for key in ("limpet-node", "wasmtime")))
        lines += row(f"{words}, CPU by that of wasmtime", most, found, digits=3)
    return table(lines)
