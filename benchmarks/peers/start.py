"""Start and memory of servers, and what one command costs."""
import time
import urllib.request
from statistics import median

from .bench import ROOT
from .comparison import Case, Contestant, Metric
from .hello import TEXT, page_module, workerd_config
from .install import HERE
from .ipfs import repository
from .limpet import answers, version
from .processes import Server, free_port, run

NAME = "start"
TITLE = "Start and memory"
ABOUT = """\
A server counts from the start of its process to the first answer, with the CPU time of all its processes until then; its memory
is what is resident some seconds later, with no request in between. Limpet's processes start as a user starts them, each with
an empty folder: `limpet` is a script that finds a JDK and becomes the JVM. `wasmtime serve` and workerd load `hello`, and their
first answer runs it; Limpet's node and gateway, and Kubo (offline, an empty repository), say that they are ready.

A command is a whole process from its start to its end."""
IDLE_SECONDS = 3
COMMAND_RUNS = 5
CASES = (
    Case("servers", "Servers", (
        Metric("wall", "start to first answer", "ms", "less", "the time to the first answer", chart=True),
        Metric("cpu", "CPU to first answer", "ms", "less", "the CPU to the first answer", chart=True),
        Metric("rss", "idle memory", "MiB", "less", "idle memory", chart=True),
    )),
    Case("commands", "Commands", (
        Metric("wall", "start to end", "ms", "less", "time"),
        Metric("cpu", "CPU", "ms", "less", "CPU", chart=True),
    )),
)
SHORT = (
    ("limpet-node", "wasmtime"), ("limpet-node", "workerd"), ("limpet-node", "kubo"), ("limpet-version", "wasmtime-version"))


class _Served(Contestant):
    """One server, started anew in every round."""

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
            if seconds:
                time.sleep(IDLE_SECONDS)
            return {"wall": wall * 1e3, "cpu": cpu * 1e3, "rss": server.resident_mib()}
        finally:
            server.stop()


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


class Kubo(_Served):
    """The daemon without a network; the repository is made before."""

    def start(self):
        self.program = self.bench.peers.kubo()
        self.version, self.flags = self.program.version, "ipfs daemon --offline"

    def launch(self, folder, port):
        environment = repository(self.program, folder / "repository", port)
        return [self.program.path, "daemon", "--offline"], f"http://127.0.0.1:{port}/api/v0/version", environment

    def answers(self, url):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5) as answer:
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
                "cpu": median(one.cpu_seconds for one in runs) * 1e3}


def contestants(bench):
    def of(peer):
        def program():
            found = peer()
            return [found.path, "--version"], found.version
        return program

    peers = bench.peers
    return [
        Limpet(bench, "node"), Limpet(bench, "gateway"), Wasmtime(bench, False), Wasmtime(bench, True),
        Workerd(bench, "workerd", "workerd"), Kubo(bench, "kubo", "Kubo"),
        Command("limpet-version", "limpet --version", lambda: ([ROOT / "limpet", "--version"], version()), ours=True),
        Command("wasmtime-version", "wasmtime --version", of(peers.wasmtime)),
        Command("node-version", "node --version", of(peers.node)),
        Command("ipfs-version", "ipfs --version", of(peers.kubo)),
    ]
