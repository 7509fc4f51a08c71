"""CPU kernels of one C source: native, and as one WASM module in engines with and without metering."""
from math import exp, log

from . import processes
from .bench import java
from .comparison import Case, Contestant, Metric
from .goals import row, table, told
from .install import HERE
from .limpet import version
from .lines import LineServer
from .rounds import of_rounds, ratios

NAME = "kernels"
TITLE = "CPU kernels, with and without metering"
GUESTS = HERE / "guests" / "c"
MODULE = GUESTS / "kernels.wasm"

# So often that native code takes about 150 ms, and the start of a process, which is taken off, little beside it.
REPEATS = {
    "sha256": 800, "histogram": 4000, "word-count": 1600, "json": 3200, "mandelbrot": 1000, "n-body": 1500, "quicksort": 1200,
    "fib": 7000, "indirect": 320, "switch-vm": 1500, "memcpy": 7000}
NOOP = "noop"
ABOUT = """\
CPU milliseconds of one C source ([kernels.c](../benchmarks/peers/guests/c/kernels.c)): compiled by gcc, and by zig's clang to
one WASI command that all engines run; all must print the same sums. No SIMD in the module, since Limpet's gate admits none; gcc
may use SSE2. Limpet runs it in the sandbox of a node, in a process with the JVM options of a node. What is called metered there is the
profile `pure-1`, the only one that there is: fuel and call depth are counted, and every NaN is made canonical. Fuel of wasmtime is `-W fuel`, and
its NaNs are the processor's; nothing is metered in V8. Limpet and V8 get a new process in each round, which runs every kernel five
times before it is measured, with a fresh instance for each run: one JVM compiles the same kernel to faster or slower code than another, so
a number of one JVM would be chance, and the median here is that of as many JVMs as there are rounds. The CPU is that of the
thread that runs the guest (Limpet) or of the process (V8). gcc and wasmtime (module compiled ahead) are processes, less what they take for a kernel
that does nothing. `geomean` is the geometric mean of the columns before it."""
CASES = (Case("cpu", "CPU of each kernel", (
    Metric("geomean", "geomean", "ms", "less", "the CPU of the kernels, in the geometric mean", chart=True),
    *(Metric(name, name, "ms", "less") for name in REPEATS))),)
SHORT = (("limpet", "gcc"), ("limpet", "wasmtime"), ("limpet", "wasmtime-fuel"), ("limpet", "v8"))
WARM_RUNS = 5
GOAL_CPU = 1.4


def geomean(numbers):
    return exp(sum(log(number) for number in numbers) / len(numbers))


class Sums:
    """What kernels printed: the same for all, or it was not the same work."""

    def __init__(self):
        self.known = {}

    def check(self, kernel, said, who):
        first = self.known.setdefault(kernel, (said, who))
        if said != first[0]:
            raise RuntimeError(f"{kernel}: {who} says {said}, {first[1]} says {first[0]}")


class _Runner(Contestant):
    """One round is each kernel once."""

    def __init__(self, bench, sums, key, title, ours=False):
        super().__init__(key, title, ours)
        self.bench, self.sums = bench, sums

    def one(self, kernel, repeats):
        """(what it printed, CPU milliseconds)."""
        raise NotImplementedError

    def warm(self, case, seconds):
        self.measure(case, seconds)

    def measure(self, case, seconds):
        # The least of three: one start of a process may be hit by anything.
        start = min(self.one(NOOP, 1)[1] for _ in range(3))
        numbers = {}
        for kernel, repeats in REPEATS.items():
            said, millis = self.one(kernel, repeats)
            self.sums.check(kernel, said, self.title)
            numbers[kernel] = max(0.001, millis - start)
        return {"geomean": geomean(numbers.values()), **numbers}


class _Process(_Runner):
    """A process for each run."""
    argv = ()

    def one(self, kernel, repeats):
        ended = processes.run([*self.argv, kernel, str(repeats)])
        return ended.output.decode("ascii").strip(), ended.cpu_seconds * 1000


class _Native(_Process):
    def start(self):
        gcc, program = self.bench.peers.gcc(), self.bench.fresh("gcc") / "kernels"
        options = ["-O3", "-ffp-contract=off"]
        processes.run([gcc.path, *options, "-o", program, GUESTS / "kernels.c", "-lm"])
        self.argv, self.version, self.flags = (program,), gcc.version, " ".join(options)


class _Wasmtime(_Process):
    def __init__(self, bench, sums, key, title, *options):
        super().__init__(bench, sums, key, title)
        self.options = options

    def start(self):
        wasmtime, artifact = self.bench.peers.wasmtime(), self.bench.fresh(self.key) / "kernels.cwasm"
        processes.run([wasmtime.path, "compile", *self.options, "-o", artifact, MODULE])
        self.argv = (wasmtime.path, "run", *self.options, "--allow-precompiled", artifact)
        self.version, self.flags = wasmtime.version, " ".join(["wasmtime run", *self.options, "--allow-precompiled"])


class _Lines(_Runner):
    """A process that answers line by line and tells its CPU microseconds itself: a new one in each round, since two of them do
    not compile alike. It is warm when it is measured."""
    server = None

    def launch(self):
        """A new process."""
        raise NotImplementedError

    def warm(self, case, seconds):
        """Each round does it."""

    def measure(self, case, seconds):
        self.server = self.launch()
        try:
            for _ in range(WARM_RUNS):
                super().measure(case, seconds)
            return super().measure(case, seconds)
        finally:
            self.stop()

    def one(self, kernel, repeats):
        said, micros = self.server.ask(f"{kernel} {repeats}").split()[:2]
        return said, int(micros) / 1000

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None


class _Node(_Lines):
    def start(self):
        self.program = self.bench.peers.node()
        self.version, self.flags = self.program.version, "node:wasi"

    def launch(self):
        folder = self.bench.fresh("node")
        script = [GUESTS / "kernels.mjs", MODULE, folder / "out"]
        return LineServer("node", [self.program.path, "--no-warnings", *script], folder)


class _Limpet(_Lines):
    def start(self):
        self.version, self.flags = version(), "the sandbox, profile pure-1, JVM options of a node"

    def launch(self):
        folder = self.bench.fresh("kernels")
        program, *rest = java("KernelRuns", MODULE, folder / "code")
        return LineServer("limpet", [program, "-XX:-DontCompileHugeMethods", *rest], folder)


def contestants(bench):
    sums = Sums()
    return [
        _Limpet(bench, sums, "limpet", "Limpet, metered", ours=True),
        _Native(bench, sums, "gcc", "gcc, native"),
        _Wasmtime(bench, sums, "wasmtime", "wasmtime"),
        _Wasmtime(bench, sums, "wasmtime-fuel", "wasmtime, metered", "-W", "fuel=1000000000000"),
        _Node(bench, sums, "v8", "V8 (Node.js)"),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for peer, words, told_only in (("gcc", "gcc -O3", False), ("wasmtime-fuel", "wasmtime with fuel", True)):
        found = ratios(*(of_rounds(result, "cpu", key, "geomean") for key in ("limpet", peer)))
        words = f"eleven kernels, geometric mean, metered and pure: CPU by that of {words}"
        lines += told(words, found) if told_only else row(words, GOAL_CPU, found, digits=3)
    return table(lines)
