"""A gateway that is asked for three times what it can do."""
from . import load
from .bench import java
from .comparison import Case, Metric
from .goals import row
from .kernels import MODULE
from .limpet import EXAMPLES, Machine, OfMachine, fetch
from .rounds import of_rounds, ratios, spread

NAME = "overload"
TITLE = "Three times what a gateway can do"
CALLERS, CONNECTIONS = 16, 500
ABOUT = f"""\
One gateway, one node, no answers kept. {CALLERS} callers that wait for their answers find the most calls that are answered in a second,
the peak. Then calls come at a fixed rate, whatever the answers take: at nine tenths of the peak, and at three times the peak.
Latencies of what was accepted count from when a call was meant to start, those of refusals (429) from when it was sent. Up to
{CONNECTIONS} calls are under way at once, each on a connection of its own; `unasked` are calls for which no connection was left.

Callers, gateway and node share the cores. A call that computes costs the node most of its time, so there is time to refuse the
others. `hello` costs no more than a refusal and its HTTP, of which callers and gateway have to do three times as much
as they can: what is answered then is what the cores have left."""
_METRICS = (
    Metric("peak", "calls/s at the peak", "", "more"),
    Metric("goodput", "answered of them at three times", "%", "more", chart=True),
    Metric("p99Calm", "p99 at nine tenths", "ms", "less"),
    Metric("p99Accepted", "p99 of accepted", "ms", "less"),
    Metric("p50RefusedSent", "429 after, p50", "ms", "less"),
    Metric("p99RefusedSent", "429 after, p99", "ms", "less"),
    Metric("refused", "refused", "", ""),
    Metric("failed", "unasked", "", ""))
COMPUTES, HELLO = Case("computes", "a call that computes", _METRICS), Case("hello", "`hello`", _METRICS)
CASES = (COMPUTES, HELLO)
KERNEL = "?arg=sha256&arg=20"
WARM_CONNECTIONS, WARM_LOADS = 2, 5  # so few that none is refused, which would end the comparison
GOAL_GOODPUT, GOAL_P99, GOAL_REFUSED_MS = 90, 2, 5


class _Limpet(OfMachine):
    targets = {}

    def start(self):
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
        for _ in range(WARM_LOADS):
            load.wrk(self.machine.bench, self.key, url, load.get(url), WARM_CONNECTIONS, seconds)

    def measure(self, case, seconds):
        arguments = (self.machine.gateway.url, self.targets[case.key], seconds, CONNECTIONS, CALLERS)
        said = load.result_of("the load", java("Overload", *arguments), 20 * seconds + 60)
        millis = {key: said[key] / 1e3 if said[key] >= 0 else None  # -1: there was none
                  for key in ("p99Calm", "p99Accepted", "p50RefusedSent", "p99RefusedSent")}
        return {
            "peak": said["peak"], "goodput": 100 * said["goodput"] / said["peak"], **millis, "refused": said["refused"],
            "failed": said["failed"]}


def contestants(bench):
    return [_Limpet("limpet", "Limpet, node through gateway", Machine(bench))]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case in CASES:
        goodput, calm, accepted, refused = (
            of_rounds(result, case.key, "limpet", key) for key in ("goodput", "p99Calm", "p99Accepted", "p99RefusedSent"))
        lines += row(f"{case.title}, answered at three times, % of the peak: at least", GOAL_GOODPUT, spread(goodput), least=True)
        lines += row(f"{case.title}, p99 of accepted calls by that at nine tenths: at most", GOAL_P99, ratios(accepted, calm))
        lines += row(f"{case.title}, p99 of refusals, ms: at most", GOAL_REFUSED_MS, spread(refused))
    return ["| goal | | median |", "| --- | ---: | ---: |", *lines]
