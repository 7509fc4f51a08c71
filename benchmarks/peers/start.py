"""Start and memory of servers, and what one command costs."""
import http.client
import time
import urllib.request
from statistics import median

from .bench import ROOT, jdk
from .comparison import Case, Contestant, Metric
from .goals import row, table
from .hello import TEXT, page_module, workerd_config
from .install import HERE
from .ipfs import repository
from .limpet import answers, version
from .processes import Server, free_port, peak_mib, run
from .rounds import of_rounds, spread

NAME = "start"
TITLE = "Start and memory"
ABOUT = """\
A server counts from the start of its process to the first answer, with the CPU time of all its processes until then; its memory
is what is resident some seconds later, with no request in between. What has been up for hours has more: a JVM touches all of its young
generation in the end, which takes an idle server half a day of being asked whether it is well. So each server is asked 10 000 times, one
after another, for what its first answer was, then left alone again; `memory after 10 000` is what is resident then. Limpet's are asked another
10 000 times until their young generation was collected twice, so that all of it was touched. Limpet's processes start as a user starts them, each with
an empty folder: `limpet` is a script that finds a JDK and becomes the JVM. `wasmtime serve` and workerd load `hello`, and their
first answer runs it; Node.js serves a text from JavaScript ([server.mjs](../benchmarks/peers/guests/node/server.mjs)); Limpet's node
and gateway, and Kubo (offline, an empty repository), say that they are ready.

A command is a whole process from its start to its end; its memory is the most that it ever had resident."""
IDLE_SECONDS = 3
REQUESTS = 10_000
MIN_COLLECTIONS, MAX_TURNS = 2, 10
# 80 MB of 1 000 000 bytes.
GOAL_CPU_MS, GOAL_MIB, GOAL_COMMAND_CPU_MS = 500, 80e6 / (1 << 20), 200
COMMAND_RUNS = 5
CASES = (
    Case("servers", "Servers", (
        Metric("wall", "start to first answer", "ms", "less", "the time to the first answer", chart=True),
        Metric("cpu", "CPU to first answer", "ms", "less", "the CPU to the first answer", chart=True),
        Metric("rss", "idle memory", "MiB", "less", "idle memory", chart=True),
        Metric("aged", "memory after 10 000", "MiB", "less", "memory after 10 000 requests"),
    )),
    Case("commands", "Commands", (
        Metric("wall", "start to end", "ms", "less", "time"),
        Metric("cpu", "CPU", "ms", "less", "CPU", chart=True),
        Metric("peak", "most memory", "MiB", "less", "the most memory"),
    )),
)
SHORT = (
    ("limpet-node", "wasmtime"), ("limpet-node", "workerd"), ("limpet-node", "node"), ("limpet-node", "kubo"), ("limpet-version", "wasmtime-version"))


def collections(pid):
    """How often a JVM has collected its young generation."""
    said = run([jdk() / "bin" / "jstat", "-gc", pid]).output.decode("ascii").splitlines()
    return int(dict(zip(said[0].split(), said[1].split()))["YGC"])


class _Served(Contestant):
    """One server, started anew in every round."""
    method = "GET"  # of what it is asked

    def __init__(self, bench, key, title, ours=False):
        super().__init__(key, title, ours)
        self.bench = bench

    def launch(self, folder, port):
        """(the command line, the URL that answers when it serves, its environment)."""
        raise NotImplementedError

    def answers(self, url):
        return answers(url)

    def warm(self, case, seconds):
        """Once, so that its files are in the page cache."""
        self.measure(case, 0)

    def measure(self, case, seconds):
        if case.key != "servers":
            return None
        folder, port = self.bench.fresh(self.key), free_port()
        argv, url, environment = self.launch(folder, port)
        server = Server(self.key, argv, folder, environment)
        try:
            wall = server.wait_ready(lambda _: self.answers(url))
            cpu = server.cpu_seconds()
            found = {"wall": wall * 1e3, "cpu": cpu * 1e3}
            if seconds:
                time.sleep(IDLE_SECONDS)
                found["rss"] = server.resident_mib()
                self.age(server, url)
                time.sleep(IDLE_SECONDS)
                found["aged"] = server.resident_mib()
            return found
        finally:
            server.stop()

    def age(self, server, url):
        """Asks it so often that it is as large as it gets of being asked whether it is well."""
        host, _, path = url.removeprefix("http://").partition("/")
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            for _ in range(REQUESTS):
                connection.request(self.method, f"/{path}")
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{self.title} answers {answer.status} after a while")
        finally:
            connection.close()


class Limpet(_Served):
    """`limpet node` or `limpet gateway`."""

    def __init__(self, bench, what):
        super().__init__(bench, f"limpet-{what}", f"Limpet, {what}", ours=True)
        self.what = what

    def start(self):
        self.version, self.flags = version(), f"limpet {self.what}"

    def launch(self, folder, port):
        return ([ROOT / "limpet", self.what, "--listen", f"127.0.0.1:{port}", "--dir", folder / "data"],
                f"http://127.0.0.1:{port}/health/ready", None)

    def age(self, server, url):
        for _ in range(MAX_TURNS):
            super().age(server, url)
            if collections(server.pid) >= MIN_COLLECTIONS:
                return
        raise RuntimeError(f"{self.title} has not collected its young generation {MIN_COLLECTIONS} times")


class Wasmtime(_Served):
    """`wasmtime serve` of the hello component, as it is or compiled ahead."""

    def __init__(self, bench, ahead):
        super().__init__(bench, "wasmtime-cwasm" if ahead else "wasmtime",
                         "wasmtime serve, compiled ahead" if ahead else "wasmtime serve")
        self.ahead = ahead

    def start(self):
        self.program, self.component = self.bench.peers.wasmtime(), self.bench.peers.hello_component()
        self.options = ["-S", "cli"]
        if self.ahead:
            compiled = self.bench.fresh(self.key) / "hello.cwasm"
            run([self.program.path, "compile", "-o", compiled, self.component])
            self.component, self.options = compiled, [*self.options, "--allow-precompiled"]
        self.version, self.flags = self.program.version, " ".join(["wasmtime serve", *self.options])

    def launch(self, folder, port):
        return ([self.program.path, "serve", *self.options, "--addr", f"127.0.0.1:{port}", self.component],
                f"http://127.0.0.1:{port}/", None)


class Workerd(_Served):
    """workerd with a fresh module of one page for each request."""

    def start(self):
        self.program = self.bench.peers.workerd()
        self.version, self.flags = self.program.version, "workerd serve"

    def launch(self, folder, port):
        (folder / "main.mjs").write_bytes((HERE / "guests" / "workerd" / "page.mjs").read_bytes())
        (folder / "hello.wasm").write_bytes(page_module(TEXT))
        (folder / "config.capnp").write_text(workerd_config(port, True), encoding="ascii")
        return [self.program.path, "serve", "config.capnp"], f"http://127.0.0.1:{port}/", None


class NodeJs(_Served):
    """A text from JavaScript."""

    def start(self):
        self.program = self.bench.peers.node()
        self.version, self.flags = self.program.version, "node server.mjs"

    def launch(self, folder, port):
        return [self.program.path, HERE / "guests" / "node" / "server.mjs", port], f"http://127.0.0.1:{port}/", None


class Kubo(_Served):
    """The daemon without a network; the repository is made before."""
    method = "POST"

    def start(self):
        self.program = self.bench.peers.kubo()
        self.version, self.flags = self.program.version, "ipfs daemon --offline"

    def launch(self, folder, port):
        environment = repository(self.program, folder / "repository", port)
        return [self.program.path, "daemon", "--offline"], f"http://127.0.0.1:{port}/api/v0/version", environment

    def answers(self, url):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=self.method), timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class Command(Contestant):
    """A program that says its version."""

    def __init__(self, key, title, program, ours=False):
        super().__init__(key, title, ours)
        self.program = program

    def start(self):
        self.argv, self.version = self.program()
        self.flags = "--version"

    def warm(self, case, seconds):
        self.measure(case, 0)

    def measure(self, case, seconds):
        if case.key != "commands":
            return None
        runs = [run(self.argv) for _ in range(COMMAND_RUNS)]
        return {"wall": median(one.wall_seconds for one in runs) * 1e3,
                "cpu": median(one.cpu_seconds for one in runs) * 1e3, "peak": peak_mib(self.argv)}


def contestants(bench):
    def of(peer):
        def program():
            found = peer()
            return [found.path, "--version"], found.version
        return program

    peers = bench.peers
    return [
        Limpet(bench, "node"), Limpet(bench, "gateway"), Wasmtime(bench, False), Wasmtime(bench, True),
        Workerd(bench, "workerd", "workerd"), NodeJs(bench, "node", "Node.js"), Kubo(bench, "kubo", "Kubo"),
        Command("limpet-version", "limpet --version", lambda: ([ROOT / "limpet", "--version"], version()), ours=True),
        Command("wasmtime-version", "wasmtime --version", of(peers.wasmtime)),
        Command("node-version", "node --version", of(peers.node)),
        Command("ipfs-version", "ipfs --version", of(peers.kubo)),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for key, title in (("limpet-node", "a node"), ("limpet-gateway", "a gateway")):
        lines += row(f"{title}: CPU until it is ready", GOAL_CPU_MS, spread(of_rounds(result, "servers", key, "cpu")), unit="ms", digits=3)
        for metric, words in (("rss", "idle"), ("aged", f"idle after {REQUESTS} requests")):
            found = spread(of_rounds(result, "servers", key, metric))
            lines += row(f"{title}: resident memory, {words}", GOAL_MIB, found, unit="MiB (80 MB)", digits=3)
    version_cpu = spread(of_rounds(result, "commands", "limpet-version", "cpu"))
    lines += row("`limpet --version`: CPU", GOAL_COMMAND_CPU_MS, version_cpu, unit="ms", digits=3)
    return table(lines)
