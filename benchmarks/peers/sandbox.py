"""Calls in the sandbox alone, without HTTP: fresh instances, restored ones, and code that comes from the disk."""
from . import processes
from .bench import java
from .comparison import Case, Contestant, Metric, NotRun
from .goals import row, table, told
from .install import HERE
from .limpet import EXAMPLES, version
from .lines import LineServer
from .rounds import of_rounds, spread

NAME = "sandbox"
TITLE = "Calls in the sandbox alone"
GUESTS = HERE / "guests" / "hello"
ABOUT = """\
What a call costs between `Sandbox.run` and its result, in one process with the JVM options of a node, metered as there: CPU
microseconds of all Java threads (JIT and collector do not count) and bytes allocated, for one
call. `hello` in C is the example function; in Rust and Go it is
[hello.rs](../benchmarks/peers/guests/hello/hello.rs) and [hello.go](../benchmarks/peers/guests/hello/hello.go), built with the
defaults of their compilers: 17 and 39 pages of memory. A raw function is restored after each call, so its instance is fresh, too:
one page of memory, and a `handle` that answers its input, six bytes. Calls may run on the thread that asks for them, as in a
node, where their input is in memory, too. All are called 40 times as often before the first round as in a round.

From the disk: code of 33 KB of wasm (`tar`), compiled before, to the end of the first call, in a sandbox that was just opened,
the least of 20; the process is warm."""
HELLO = Case("hello", "`hello`, a fresh instance for each call", (
    Metric("c", "C", "µs", "less", "the CPU of `hello` in C", chart=True),
    Metric("c_bytes", "C, allocated", "bytes", "less"),
    Metric("rust", "Rust", "µs", "less"),
    Metric("rust_bytes", "Rust, allocated", "bytes", "less"),
    Metric("go", "Go", "µs", "less"),
    Metric("go_bytes", "Go, allocated", "bytes", "less")))
RAW = Case("raw", "a raw function of one page, restored for each call", (
    Metric("one", "one caller", "µs", "less", "the CPU of a raw call", chart=True),
    Metric("bytes", "one caller, allocated", "bytes", "less"),
    Metric("many", "16 callers", "µs", "less")))
FIRST = Case("first", "from code on the disk to the end of the first call", (
    Metric("wall", "wall", "ms", "less", "the time to a first answer", chart=True),
    Metric("cpu", "CPU", "ms", "less")))
CASES = (HELLO, RAW, FIRST)

# For the remarks: case, metric, the most that is wanted, its unit, words.
GOALS = (
    ("hello", "c", 25, "µs", "`hello` in C: CPU of a call"), ("hello", "c_bytes", 8192, "bytes", "`hello` in C: allocated for a call"),
    ("hello", "rust", 70, "µs", "`hello` in Rust: CPU of a call"), ("raw", "one", 2, "µs", "a raw call: CPU"),
    ("first", "wall", 5, "ms", "code on the disk to the end of the first answer"))


def _section(number, *items):
    content = bytes([len(items)]) + b"".join(items)
    return bytes([number, len(content)]) + content


def _export(name, kind, index):
    return bytes([len(name)]) + name + bytes([kind, index])


def _body(code):
    return bytes([len(code) + 2, 0]) + code + b"\x0b"


def raw_echo():
    """A raw function: `alloc(len)` is 1024, `handle(ptr, len)` is ptr << 32 | len."""
    i32, i64 = b"\x7f", b"\x7e"
    return b"\0asm\1\0\0\0" + b"".join((
        _section(1, b"\x60\1" + i32 + b"\1" + i32, b"\x60\2" + i32 + i32 + b"\1" + i64),
        _section(3, b"\0", b"\1"),
        _section(5, b"\0\1"),
        _section(7, _export(b"memory", 2, 0), _export(b"alloc", 0, 0), _export(b"handle", 0, 1)),
        _section(10, _body(b"\x41\x80\x08"), _body(b"\x20\0\xad\x42\x20\x86\x20\1\xad\x84"))))


CALLS = {"c": 4000, "rust": 2000, "go": 30}
RAW_CALLS = 20000
FIRSTS = 20
# 160 000 calls of `hello` in C: until the JIT's second compiler is done with them, each allocates up to 1 KiB more.
WARM_RUNS = 40


class _Limpet(Contestant):
    def __init__(self, bench):
        super().__init__("limpet", "Limpet, metered", ours=True)
        self.bench, self.server = bench, None
        self.modules, self.raw = {"c": EXAMPLES / "hello" / "hello.wasm"}, None

    def start(self):
        folder = self.bench.fresh("sandbox")
        self.raw = folder / "raw.wasm"
        self.raw.write_bytes(raw_echo())
        for language, build in (("rust", self._rust), ("go", self._go)):
            try:
                self.modules[language] = build(folder)
            except (NotRun, RuntimeError, OSError):
                pass  # without that compiler its columns stay empty
        program, *rest = java("SandboxRuns", folder / "code")
        self.server = LineServer("limpet", [program, "-XX:-DontCompileHugeMethods", *rest], folder)
        self.version, self.flags = version(), "the sandbox, JVM options of a node"

    @staticmethod
    def _rust(folder):
        module = folder / "hello-rust.wasm"
        processes.run([
            "rustc", "--target", "wasm32-wasip1", "-C", "opt-level=s", "-C", "strip=symbols", "-o", module, GUESTS / "hello.rs"])
        return module

    @staticmethod
    def _go(folder):
        module = folder / "hello-go.wasm"
        processes.run([
            "env", "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "go", "build", "-trimpath",
            "-ldflags=-s -w", "-o", module, GUESTS / "hello.go"])
        return module

    def _ask(self, *words):
        return [float(number) for number in self.server.ask(" ".join(map(str, words))).split()]

    def warm(self, case, seconds):
        for _ in range(WARM_RUNS):
            self.measure(case, seconds)

    def measure(self, case, seconds):
        numbers = {}
        if case is HELLO:
            for language, module in self.modules.items():
                micros, allocated = self._ask("command", module, CALLS[language])
                numbers |= {language: micros, f"{language}_bytes": allocated}
        elif case is RAW:
            numbers["one"], numbers["bytes"] = self._ask("raw", self.raw, RAW_CALLS, 1)
            numbers["many"], _ = self._ask("raw", self.raw, RAW_CALLS, 16)
        else:
            wall, cpu = self._ask("first", EXAMPLES / "tar" / "tar.wasm", FIRSTS)
            numbers = {"wall": wall / 1000, "cpu": cpu / 1000}
        return numbers

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None


def contestants(bench):
    return [_Limpet(bench)]


def remarks(result):
    """What was wanted, and whether it is there."""
    lines = []
    for case, metric, most, unit, words in GOALS:
        lines += row(words, most, spread(of_rounds(result, case, "limpet", metric)), unit=unit)
    lines += told("`hello` in Go: CPU of a call", spread(of_rounds(result, "hello", "limpet", "go")), "µs")
    return table(lines)
