"""A call whose answer the gateway keeps, against the least that a server can do."""
from . import load
from .bench import java
from .goals import row, table
from .hello import CASES as HELLO_CASES
from .hello import Limpet, Served, Workerd
from .limpet import Machine, fetch
from .processes import Server
from .rounds import of_rounds, ratios

NAME = "memo"
TITLE = "`hello` from the memo of the gateway"
ABOUT = """\
The same answer of 86 bytes again and again. Limpet's gateway has it in memory after the first call, so that no function runs and no
node is asked; who may call, which version a name has, and what may be told is looked at each time. Against it stand a server on
the same Vert.x that gives the same head and body to every request and does nothing else
([BareAnswer](../benchmarks/src/main/java/dev/limpet/benchmarks/BareAnswer.java)), and workerd with plain JavaScript that makes
a new `Response` for each request, whose head is shorter. The load is that of `hello`."""
CASES = HELLO_CASES
SHORT = (("limpet-memo", "workerd"),)
GOAL_CPU, GOAL_RATE = 1.5, 4


class _Kept(Limpet):
    def start(self):
        super().start()
        self.servers, self.flags = [self.machine.gateway], "limpet gateway"


class _Bare(Served):
    """Gives what the gateway of `machine` gives, so it starts after it."""

    def __init__(self, bench, kept):
        super().__init__(bench, "vertx", "Vert.x, bare, the same answer")
        self.kept = kept

    def start(self):
        self.servers = [Server(self.key, java("BareAnswer", self.kept.url), self.bench.fresh(self.key))]
        self.servers[0].wait_url()
        self.url, self.flags = self.servers[0].url, "BareAnswer"
        self.check(fetch(self.url))
        self.script = load.get(self.url)


def contestants(bench):
    kept = _Kept(bench, Machine(bench, memo=True), "limpet-memo", "Limpet, gateway, kept answer", direct=False)
    return [kept, _Bare(bench, kept), Workerd(bench, "workerd", "workerd, plain JavaScript", "plain.mjs", None)]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case in CASES:
        cpu = ratios(*(of_rounds(result, case.key, key, "cpu") for key in ("limpet-memo", "vertx")))
        rate = ratios(*(of_rounds(result, case.key, key, "rps") for key in ("limpet-memo", "workerd")))
        lines += row(f"CPU of a request, {case.title}, by that of bare Vert.x", GOAL_CPU, cpu)
        lines += row(f"requests a second, {case.title}, by those of workerd", GOAL_RATE, rate, least=True)
    return table(lines)
