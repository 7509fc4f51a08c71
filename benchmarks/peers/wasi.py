"""A word count of one file through WASI: warm on a node, and as a process of each engine."""
import json

from . import processes
from .comparison import Case, Metric
from .goals import row, table
from .install import HERE
from .limpet import COMMAND, EXAMPLES, Machine, WarmCalls, version
from .processes import Processes
from .rounds import of_rounds, ratios

NAME = "wasi"
TITLE = "Word count of a 16 MiB file through WASI"
FILE_BYTES = 16 << 20
GUESTS = HERE / "guests" / "c"
ABOUT = """\
One text of 16 MiB, counted by a small program in C ([wc.c](../benchmarks/peers/guests/c/wc.c), 64 KiB a read), by the same in
Rust ([wc.rs](../benchmarks/peers/guests/rust/wc.rs)), and by `functions-examples/wordcount` in Go, which also ranks the words;
all contestants run the same module and must say the same. The node is warm: a call goes over HTTP through the gateway, gets a
fresh instance and reads the file from the node's store, metered; its CPU is that of gateway and node. All others are processes
that start, run once and end: `limpet run` compiles the module each time, as Node.js does; wasmtime has it compiled ahead, and
counts fuel only where it is called metered."""
_METRICS = (
    Metric("wall", "wall", "ms", "less"),
    Metric("cpu", "CPU", "ms", "less", "the CPU of a count", chart=True))
CASES = (Case("c", "in C", _METRICS), Case("rust", "in Rust", _METRICS), Case("go", "in Go", _METRICS))
SHORT = (("limpet-node", "gcc"), ("limpet-node", "wasmtime"), ("limpet-node", "wasmtime-fuel"), ("limpet-node", "node"))
MODULES = {
    "c": GUESTS / "wc.wasm", "rust": HERE / "guests" / "rust" / "wc.wasm",
    "go": EXAMPLES / "wordcount" / "wordcount.wasm"}
GOAL_CPU = 1.5
FUEL = "fuel=1000000000000"


def text(size):
    """Lines of words, the same each time."""
    state, out, letters = 88675123, bytearray(), b"etaoinshrdlucmfwypvbgkqjxz"
    words = []
    for _ in range(4096):
        word = bytearray()
        for _ in range(1 + state % 11):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            word.append(letters[state // 65536 % 26])
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        words.append(bytes(word) + (b"\n" if state // 65536 % 9 == 0 else b" "))
    while len(out) < size:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out += words[state // 65536 % 4096]
    return bytes(out[:size])


class _Counted:
    """The folder with the file, manifests that give the functions time, and what all said of it."""

    def __init__(self, bench):
        self.folder, self.said = bench.fresh("text"), {}
        (self.folder / "data").write_bytes(text(FILE_BYTES))
        modules, self.manifests = bench.fresh("manifests"), {}
        for case, module in MODULES.items():
            (modules / f"{case}.wasm").write_bytes(module.read_bytes())
            self.manifests[case] = modules / f"{case}.json"
            self.manifests[case].write_text(json.dumps({"v": 1, "module": f"{case}.wasm", "limits": {"wall": "60s"}}))

    def check(self, case, output, who):
        words = output.split()
        if words != self.said.setdefault(case, words):
            raise RuntimeError(f"{who} counts {words[:8]}, not {self.said[case][:8]}")


class _Native(Processes):
    def start(self):
        gcc, self.program = self.bench.peers.gcc(), self.bench.fresh("gcc") / "wc"
        processes.run([gcc.path, "-O3", "-o", self.program, GUESTS / "wc.c"])
        self.version, self.flags = gcc.version, "-O3"

    def argv(self, case):
        return [self.program, self.answers.folder / "data"] if case == "c" else None


class _Wasmtime(Processes):
    options = ()

    def start(self):
        wasmtime, self.folder = self.bench.peers.wasmtime(), self.bench.fresh("wasmtime")
        for case, module in MODULES.items():
            processes.run([wasmtime.path, "compile", *self.options, "-o", self.folder / f"{case}.cwasm", module])
        self.program, self.version = wasmtime.path, wasmtime.version
        self.flags = " ".join(["wasmtime run", *self.options, "--allow-precompiled"])

    def argv(self, case):
        return [
            self.program, "run", *self.options, "--allow-precompiled", "--dir", f"{self.answers.folder}::/",
            self.folder / f"{case}.cwasm"]


class _WasmtimeMetered(_Wasmtime):
    options = ("-W", FUEL)


class _Node(Processes):
    def start(self):
        node = self.bench.peers.node()
        self.program, self.version, self.flags = node.path, node.version, "node:wasi"

    def argv(self, case):
        return [self.program, "--no-warnings", GUESTS / "wasi.mjs", MODULES[case], self.answers.folder]


class _Run(Processes):
    def start(self):
        self.version, self.flags = version(), "limpet run"

    def argv(self, case):
        return [COMMAND, "run", self.answers.manifests[case], "--data", self.answers.folder / "data"]


class _Warm(WarmCalls):
    """Calls one after another."""

    def deployed(self):
        data = self.machine.command("add", str(self.answers.folder / "data"))["cid"]
        return {
            case: f"{self.machine.gateway.url}/on/{data}/-/{self.machine.deploy(manifest)['function']}"
            for case, manifest in self.answers.manifests.items()}


def contestants(bench):
    counted = _Counted(bench)
    return [
        _Warm(Machine(bench), counted, warm_seconds=20),  # Go has much that the JIT has to compile
        _Run(bench, counted, "limpet-run", "limpet run, a process", ours=True),
        _Native(bench, counted, "gcc", "gcc, native"),
        _Wasmtime(bench, counted, "wasmtime", "wasmtime, a process"),
        _WasmtimeMetered(bench, counted, "wasmtime-fuel", "wasmtime, metered, a process"),
        _Node(bench, counted, "node", "Node.js, a process"),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case in CASES:
        found = ratios(*(of_rounds(result, case.key, key, "cpu") for key in ("limpet-node", "wasmtime")))
        lines += row(f"{case.title}: CPU of a warm count by that of wasmtime, compiled ahead", GOAL_CPU, found, digits=3)
    return table(lines)
