"""A gateway that is asked for three times what it can do."""
from . import load
from .bench import java
from .comparison import Case, Metric
from .goals import row, table
from .kernels import MODULE
from .limpet import EXAMPLES, Machine, OfMachine, fetch
from .processes import on_cores, split_cores
from .rounds import of_rounds, ratios, spread

NAME = "overload"
TITLE = "Three times what a gateway can do"
CALLERS, CONNECTIONS = (2, 4, 8, 16), 500
ABOUT = f"""\
One gateway, one node, no answers kept. Callers that wait for their answers, {", ".join(map(str, CALLERS[:-1]))} and then {CALLERS[-1]}, find
the most calls that are answered in a second: the peak is that of the fewest callers who get 97 % of what the best number of
them gets. Then calls come at a fixed rate, whatever the answers take: at nine tenths of the peak, and at three times the peak;
the first second of each is a burst and not counted. Latencies of what was accepted count from when a call was meant to start, those
of refusals (429) from when it was sent. Up to {CONNECTIONS} calls are under way at once, each on a connection of its own; `unasked` are
calls for which no connection was left.

Gateway and node have all cores but one, callers have that one, so that neither takes the other's time; one thread of theirs, which
never sleeps, makes all calls, and `late` is how late it sent them. Gateway and node share their cores. A call that computes costs the
node most of its time, so there is time to refuse the others. A call of `hello` costs gateway and node together only some times what
it costs to read a request and refuse it: where a call costs c and a refusal r of their CPU, at most (1 - 3 r/c) / (1 - r/c) of the
peak is left."""
_METRICS = (
    Metric("peak", "calls/s at the peak", "", "more"),
    Metric("callers", "callers there", "", ""),
    Metric("goodput", "answered of them at three times", "%", "more", chart=True),
    Metric("p99Peak", "p99 at the peak", "ms", "less"),
    Metric("p99Calm", "p99 at nine tenths", "ms", "less"),
    Metric("p99Accepted", "p99 of accepted", "ms", "less"),
    Metric("p50RefusedSent", "429 after, p50", "ms", "less"),
    Metric("p99RefusedSent", "429 after, p99", "ms", "less"),
    Metric("refused", "refused", "", ""),
    Metric("failed", "unasked", "", ""),
    Metric("p99Late", "late, p99", "ms", ""))
COMPUTES, HELLO = Case("computes", "a call that computes", _METRICS), Case("hello", "`hello`", _METRICS)
CASES = (COMPUTES, HELLO)
KERNEL = "?arg=sha256&arg=20"
WARM_CONNECTIONS, WARM_LOADS = 2, 5  # so few that none is refused, which would end the comparison
GOAL_GOODPUT, GOAL_P99, GOAL_REFUSED_MS = 90, 2, 5


class _Limpet(OfMachine):
    targets, cores = {}, split_cores()

    def start(self):
        with on_cores(self.cores[0]):
            super().start()
        self.machine.bench.peers.wrk()
        computes, hello = (
            f"/fn/{self.machine.deploy(file)['function']}" for file in (MODULE, EXAMPLES / "hello" / "hello.wasm"))
        self.targets = {COMPUTES.key: computes + KERNEL, HELLO.key: hello}
        self.flags = "limpet gateway; limpet node"
        for target in self.targets.values():
            fetch(self.machine.gateway.url + target)

    def warm(self, case, seconds):
        url = self.machine.gateway.url + self.targets[case.key]
        with on_cores(self.cores[1]):
            for _ in range(WARM_LOADS):
                load.wrk(self.machine.bench, self.key, url, load.get(url), WARM_CONNECTIONS, seconds)

    def measure(self, case, seconds):
        callers = ",".join(map(str, CALLERS))
        arguments = (self.machine.gateway.url, self.targets[case.key], seconds, CONNECTIONS, callers)
        with on_cores(self.cores[1]):
            said = load.result_of("the load", java("Overload", *arguments), 20 * seconds + 60)
        millis = {key: said[key] / 1e3 if said[key] >= 0 else None  # -1: there was none
                  for key in ("p99Peak", "p99Calm", "p99Accepted", "p50RefusedSent", "p99RefusedSent", "p99Late")}
        counts = {key: said[key] for key in ("peak", "callers", "refused", "failed")}
        return {**counts, "goodput": 100 * said["goodput"] / said["peak"], **millis}


def contestants(bench):
    return [_Limpet("limpet", "Limpet, node through gateway", Machine(bench))]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case in CASES:
        goodput, usual, accepted, refused = (
            of_rounds(result, case.key, "limpet", key) for key in ("goodput", "p99Peak", "p99Accepted", "p99RefusedSent"))
        lines += row(f"{case.title}, answered at three times, by the peak", GOAL_GOODPUT, spread(goodput), least=True, unit="%")
        lines += row(f"{case.title}, p99 of accepted calls by that at the peak", GOAL_P99, ratios(accepted, usual))
        lines += row(f"{case.title}, p99 of refusals", GOAL_REFUSED_MS, spread(refused), unit="ms")
    return table(lines)
