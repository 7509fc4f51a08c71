"""Questions in SQL over thirty megabytes of CSV: warm on a node, and as a process of wasmtime and of SQLite."""
import csv
import io
from urllib.parse import quote

from . import flights, processes
from .bench import ROOT
from .comparison import Case, Metric
from .goals import row, table
from .limpet import Machine, WarmCalls
from .processes import Processes
from .rounds import of_rounds, spread

NAME = "sql"
TITLE = "Questions in SQL over 30 MB of CSV"
MODULE = ROOT / "runtimes" / "sql" / "sql.wasm"
ABOUT = """\
All flights out of New York in 2013, twelve CSV files of 30 MB in all, as `functions-examples/data` has them. `sql` is built
in: a call goes over HTTP through the gateway, gets a fresh instance, reads the files from the node's store and parses them,
metered; the CPU is that of gateway and node, both warm. wasmtime runs the same module, compiled ahead, in a process for each
question, and counts fuel where it is called metered. `sqlite3` is the native shell: a process that imports one file of all
flights into a table in memory and asks that, which is what a question over a CSV file costs with it. All must say the same."""
_METRICS = (
    Metric("wall", "wall", "ms", "less"),
    Metric("cpu", "CPU", "ms", "less", "the CPU of a question", chart=True))
QUESTIONS = {
    "group": "SELECT carrier, avg(arr_delay) FROM data GROUP BY 1",
    "filter": "SELECT count(*), max(dep_delay) FROM data WHERE origin = 'JFK' AND arr_delay > 60",
}
CASES = (
    Case("group", "the mean of a column by another", _METRICS),
    Case("filter", "count and maximum of some rows", _METRICS))
SHORT = (("limpet-node", "wasmtime"), ("limpet-node", "wasmtime-fuel"), ("limpet-node", "sqlite3"))
GOAL_MS = 1000
FUEL = "fuel=1000000000000"
DIGITS = 9  # numbers are compared so far: the native shell prints 15 digits, and adds up in another order


class _Asked:
    """The flights, as a folder and as one file, and what all said of them."""

    def __init__(self, bench):
        self.folder, self.said = bench.fresh("months"), {}
        self.file = bench.fresh("year") / "flights.csv"
        self.file.write_bytes(flights.year())
        for name, content in flights.months():
            (self.folder / name).write_bytes(content)

    def check(self, case, output, who):
        rows = [[rounded(cell) for cell in row] for row in csv.reader(io.StringIO(output.decode("utf-8")))][1:]
        if not rows or rows != self.said.setdefault(case, rows):
            raise RuntimeError(f"{who} says {rows[:3]}, not {self.said[case][:3]}")


def rounded(cell):
    """A number with as many digits as all agree on; other text as it is."""
    try:
        return f"{float(cell):.{DIGITS}g}"
    except ValueError:
        return cell


class _Process(Processes):
    def argv(self, case):
        return self.asking(QUESTIONS[case])

    def asking(self, question):
        """The command line."""
        raise NotImplementedError


class _Wasmtime(_Process):
    options = ()

    def start(self):
        wasmtime, self.code = self.bench.peers.wasmtime(), self.bench.fresh("wasmtime") / "sql.cwasm"
        processes.run([wasmtime.path, "compile", *self.options, "-o", self.code, MODULE])
        self.program, self.version = wasmtime.path, wasmtime.version
        self.flags = " ".join(["wasmtime run", *self.options, "--allow-precompiled"])

    def asking(self, question):
        return [
            self.program, "run", *self.options, "--allow-precompiled", "--dir", f"{self.answers.folder}::/data", self.code,
            "--format=csv", question]


class _WasmtimeMetered(_Wasmtime):
    options = ("-W", FUEL)


class _Sqlite(_Process):
    """Missing values are `NA` in the files, which the shell imports as text: they are made NULL."""

    def start(self):
        sqlite3 = self.bench.peers.sqlite3()
        self.program, self.version, self.flags = sqlite3.path, sqlite3.version, "sqlite3 :memory:, .import --csv"

    def asking(self, question):
        names = self.answers.file.open(encoding="utf-8").readline().strip().split(",")
        texts = {"carrier", "tailnum", "origin", "dest", "time_hour"}
        columns = ", ".join(f"{name} {'TEXT' if name in texts else 'INTEGER'}" for name in names)
        missing = [name for name in ("dep_delay", "arr_delay") if name in question]
        return [
            self.program, "-csv", "-header", ":memory:", f"CREATE TABLE data({columns})",
            f".import --csv --skip 1 {self.answers.file} data",
            *(f"UPDATE data SET {name} = NULL WHERE {name} = 'NA'" for name in missing), question]


class _Warm(WarmCalls):
    """Questions one after another."""

    def deployed(self):
        data = self.machine.command("add", str(self.answers.folder))["cid"]
        return {
            key: f"{self.machine.gateway.url}/on/{data}/-/sql?arg=--format%3Dcsv&arg={quote(question)}"
            for key, question in QUESTIONS.items()}


def contestants(bench):
    asked = _Asked(bench)
    return [
        _Warm(Machine(bench), asked, warm_seconds=20),
        _Wasmtime(bench, asked, "wasmtime", "wasmtime, a process"),
        _WasmtimeMetered(bench, asked, "wasmtime-fuel", "wasmtime, metered, a process"),
        _Sqlite(bench, asked, "sqlite3", "sqlite3, native, a process"),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case in CASES:
        found = spread(of_rounds(result, case.key, "limpet-node", "wall"))
        lines += row(f"{case.title}, warm: time of a question", GOAL_MS, found, unit="ms")
    return table(lines)
