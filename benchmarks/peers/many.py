"""A thousand modules in one sandbox with a small heap, fifty of them called again and again."""
from . import processes
from .bench import java
from .comparison import Case, Contestant, Metric
from .limpet import EXAMPLES, version

NAME = "many"
TITLE = "A thousand modules, fifty of them hot"
MODULES, HOT, HEAP = 1000, 50, "-Xmx256m"
QUICK_MODULES = 100
LONGEST_SHORT = 60
COMPILING_SECONDS = 900
ABOUT = f"""\
{MODULES} modules (`hello`, each with a custom section of its own) are compiled by one sandbox with the bounds of a node whose JVM has
`{HEAP}`; then {HOT} of them are called one after another, and every 200th call is of any of the {MODULES}, whose code then comes from
the disk. Memory is what is resident after the first and after the last tenth of the time. `benchmarks/many` does it for half an
hour, every night, and is red when memory grows."""
CASES = (Case("many", "calls and memory", (
    Metric("calls", "calls a second", "", "more"),
    Metric("loaded", "code from the disk", "times", ""),
    Metric("first", "memory, first tenth", "MiB", "less"),
    Metric("last", "memory, last tenth", "MiB", "less", "memory in the end", chart=True))),)


def run(bench, modules, seconds):
    """The numbers of one run; RuntimeError when a call fails."""
    program, *rest = java(
        "ManyModules", EXAMPLES / "hello" / "hello.wasm", bench.fresh("many") / "code", modules, min(HOT, modules), seconds)
    rest = [HEAP if word.startswith("-Xmx") else word for word in map(str, rest)]
    ended = processes.run([program, "-XX:-DontCompileHugeMethods", *rest], timeout=seconds + COMPILING_SECONDS)
    lines = ended.output.decode("ascii").split("\n")
    done = next(line.split() for line in lines if line.startswith("done "))
    _, _, calls, loaded = [line.split() for line in lines if line and line[0].isdigit()][-1]
    return {"calls": int(calls) / seconds, "loaded": int(loaded), "first": float(done[1]), "last": float(done[2])}


class _Limpet(Contestant):
    def __init__(self, bench):
        super().__init__("limpet", "Limpet", ours=True)
        self.bench = bench

    def start(self):
        self.version, self.flags = version(), f"the sandbox, {HEAP}"

    def warm(self, case, seconds):
        pass

    def measure(self, case, seconds):
        quick = not self.bench.settings.install
        return run(self.bench, QUICK_MODULES if quick else MODULES, min(LONGEST_SHORT, max(3.0, seconds)))


def contestants(bench):
    return [_Limpet(bench)]
