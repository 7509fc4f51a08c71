"""A thousand modules in one sandbox with a small heap, fifty of them called again and again."""
from . import processes
from .bench import java
from .comparison import Case, Contestant, Metric
from .goals import row, table, told
from .limpet import EXAMPLES, version
from .rounds import of_rounds, spread

NAME = "many"
TITLE = "A thousand modules, fifty of them hot"
RUN_BY = "benchmarks/many"
MODULES, HOT, HEAP = 1000, 50, "-Xmx256m"
QUICK_MODULES = 100
MINUTES = 30
COMPILING_SECONDS = 900
# From the first tenth of the time to the last; what the JIT still makes then is some MiB.
GROWTH, ROOM_MIB = 1.1, 16
ABOUT = f"""\
{MODULES} modules (`hello`, each with a custom section of its own) are compiled by one sandbox with the bounds of a node whose JVM has
`{HEAP}`; then {HOT} of them are called one after another for {MINUTES} minutes, and every 200th call is of any of the {MODULES}, whose code then
comes from the disk. What is driven is the `Sandbox`, the part of a node that compiles, keeps and runs modules, without HTTP and
without a gateway. Memory is what is resident after the first and after the last tenth of the time; it is flat when the last is at most
{GROWTH} times the first and {ROOM_MIB} MiB more. `{RUN_BY}` does it, every night too, and is red when a call fails or memory grows."""
CASES = (Case("many", "calls and memory", (
    Metric("minutes", "time of calls", "min", ""),
    Metric("modules", "modules", "", ""),
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
    return {
        "minutes": seconds / 60, "modules": modules, "calls": int(calls) / seconds, "loaded": int(loaded), "first": float(done[1]),
        "last": float(done[2])}


def most(numbers):
    """MiB that memory in the end may have and be flat."""
    return numbers["first"] * GROWTH + ROOM_MIB


class Long(Contestant):
    """One run of so many modules and minutes."""

    def __init__(self, bench, modules, minutes):
        super().__init__("limpet", "Limpet", ours=True)
        self.bench, self.modules, self.minutes = bench, modules, minutes

    def start(self):
        self.version, self.flags = version(), f"the sandbox, {HEAP}"

    def warm(self, case, seconds):
        """All that a run does counts."""

    def measure(self, case, seconds):
        return run(self.bench, self.modules, self.minutes * 60)


def contestants(bench):
    quick = not bench.settings.install
    return [Long(bench, QUICK_MODULES if quick else MODULES, 0.05 if quick else MINUTES)]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for turn in result["cases"]["many"].get("limpet", []):
        words = f"{turn['modules']:.0f} modules, {turn['minutes']:g} minutes, no call failed: memory in the last tenth"
        lines += row(words, most(turn), spread([turn["last"]]), unit="MiB")
    lines += told("code that came from the disk", spread(of_rounds(result, "many", "limpet", "loaded")), "times")
    return table(lines)
