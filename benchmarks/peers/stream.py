"""One GiB through the gateway, and through the least that a proxy on Vert.x can be."""
import os
import re
import socket
import time

from . import unixfs
from .bench import java
from .comparison import Case, Contestant, Metric
from .install import HERE
from .goals import row, table
from .limpet import Machine, OfMachine, gateway_java_options, header
from .processes import Server
from .rounds import of_rounds, ratios, spread

NAME = "stream"
TITLE = "1 GiB through the gateway"
MIB = 1 << 20
STREAMED_BYTES = 1 << 30
PIECE = 1 << 20
ANSWER_SECONDS = 120
ABOUT = """\
One GiB over one connection: a file of a node's store read through the gateway (`GET /ipfs/…`), and a body sent to a
function that reads it to its end. Measured is the CPU of the process in the middle: the gateway, which checks, filters
and bounds what passes, or a bare pipe of Vert.x
([BarePipe](../benchmarks/src/main/java/dev/limpet/benchmarks/BarePipe.java)), which does nothing else: same transport, options of
sockets and of the JVM, same node behind it, same client before it. The pipe runs twice: in pieces as large as the gateway's (64 KiB on both
sides), by which the goal is judged, and in pieces as Vert.x has them by default (8 KiB). `growth` is how much resident memory the GiB added."""
_METRICS = (
    Metric("cpu", "CPU a GiB", "s", "less", "the CPU of a GiB", chart=True),
    Metric("rate", "rate", "MiB/s", "more"),
    Metric("rss", "memory after it", "MiB", "less", "the memory"),
    Metric("growth", "growth", "MiB", ""))
CASES = (Case("down", "down: an answer of 1 GiB", _METRICS), Case("up", "up: a body of 1 GiB", _METRICS))
SHORT = (("gateway", "pipe-alike"), ("gateway", "pipe"))
GOAL_CPU = 1.3
MOST_GROWTH_MIB = 16
SINK = HERE / "guests" / "c" / "sink.json"


class Wire:
    """Requests over a connection of their own, with as little work for the client as can be."""

    def __init__(self, url, head):
        self.host = url.removeprefix("http://")
        name, _, port = self.host.partition(":")
        self.socket = socket.create_connection((name, int(port)), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask(head)

    def ask(self, head):
        """Sends a request; the answer before was read to its end."""
        self.socket.sendall(f"{head[0]} HTTP/1.1\r\nHost: {self.host}\r\n".encode("ascii") + b"".join(
            line.encode("ascii") + b"\r\n" for line in head[1:]) + b"\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, size):
        """A body of zeros."""
        piece, left = bytes(PIECE), size
        while left:
            self.socket.sendall(memoryview(piece)[:min(left, PIECE)])
            left -= min(left, PIECE)

    def head(self):
        """(status line and header lines, what came of the body with them)."""
        held = b""
        while b"\r\n\r\n" not in held:
            more = self.socket.recv(1 << 16)
            if not more:
                raise RuntimeError(f"the answer broke off after {held[:200]!r}")
            held += more
        head, _, rest = held.partition(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"answered {head[:300]!r} {rest[:300]!r}")
        return head.decode("latin-1"), rest

    def skip(self):
        """Reads an answer of known length, and says how long it was."""
        head, rest = self.head()
        length = int(re.search(r"^content-length:\s*(\d+)", head, re.I | re.M)[1])
        got, piece = len(rest), bytearray(PIECE)
        while got < length:
            more = self.socket.recv_into(piece)
            if not more:
                raise RuntimeError(f"the answer broke off after {got} of {length} bytes")
            got += more
        return got

    def skip_chunks(self):
        """Reads an answer that ends with the connection or with its last chunk, and says how long it was, with the
        lines that frame the chunks."""
        _, rest = self.head()
        got, piece, tail = len(rest), bytearray(PIECE), rest[-7:]
        while not tail.endswith(b"\r\n0\r\n\r\n"):
            more = self.socket.recv_into(piece)
            if not more:
                raise RuntimeError(f"the answer broke off after {got} bytes")
            got, tail = got + more, (tail + piece[max(0, more - 7):more])[-7:]
        return got

    def text(self):
        """A short answer of known length."""
        head, rest = self.head()
        length = int(re.search(r"^content-length:\s*(\d+)", head, re.I | re.M)[1])
        while len(rest) < length:
            rest += self.socket.recv(1 << 16) or b"\0" * length
        return rest.decode("latin-1").strip()


class _Streamed:
    """What both have in common: `middle()` is the process that pays."""
    machine = None

    def middle(self):
        raise NotImplementedError

    def upload(self):
        """The head of the request that reaches the function."""
        raise NotImplementedError

    def warm(self, case, seconds):
        for _ in range(2):
            self.measure(case, seconds)

    def measure(self, case, seconds):
        middle = self.middle()
        cpu, rss, began = middle.cpu_seconds(), middle.resident_mib(), time.monotonic()
        if case.key == "down":
            self._down(middle)
        else:
            self._up(middle)
        wall, after = time.monotonic() - began, middle.resident_mib()
        return {
            "cpu": middle.cpu_seconds() - cpu, "rate": STREAMED_BYTES / MIB / wall, "rss": after, "growth": after - rss}

    def _down(self, middle):
        with Wire(middle.url, [f"GET /ipfs/{self.machine.gigabyte}"]) as wire:
            got = wire.skip()
        if got != STREAMED_BYTES:
            raise RuntimeError(f"{got} bytes instead of a GiB")

    def _up(self, middle):
        with Wire(middle.url, [*self.upload(), f"Content-Length: {STREAMED_BYTES}"]) as wire:
            wire.send(STREAMED_BYTES)
            said = wire.text()
        if said != str(STREAMED_BYTES):
            raise RuntimeError(f"the function read {said} bytes")


class _Machine(Machine):
    """With the file and the function on it."""
    gigabyte = sink = None
    turn = 0

    def start(self):
        super().start()
        if self.gigabyte is None:
            file = self.bench.fresh("stream") / "gigabyte"
            expected = unixfs.write_file(file, _pieces())
            self.gigabyte = self.command("add", str(file))["cid"]
            file.unlink()
            if self.gigabyte != expected:
                raise RuntimeError(f"limpet add says {self.gigabyte}, not {expected}")
            self.sink = self.deploy(SINK)

    def next_id(self):
        """The node takes each id once."""
        self.turn += 1
        return "x-" + "a" * 20 + "".join("abcdefghijklmnop"[self.turn >> shift & 15] for shift in (20, 16, 12, 8, 4, 0))


def _pieces():
    """Leaves that differ from each other and do not compress."""
    state = bytearray(unixfs.LEAF_BYTES)
    noise = bytes((n * 2654435761 >> 13) & 255 for n in range(unixfs.LEAF_BYTES))
    for number in range(STREAMED_BYTES // unixfs.LEAF_BYTES):
        state[:] = noise
        state[:8] = number.to_bytes(8, "big")
        yield bytes(state)


class _Gateway(_Streamed, OfMachine):
    def __init__(self, machine):
        super().__init__("gateway", "Limpet, gateway", machine)
        self.flags = "limpet gateway"

    def middle(self):
        return self.machine.gateway

    def upload(self):
        return [f"POST /fn/{self.machine.sink['function']}"]


class _Pipe(_Streamed, OfMachine):
    """Before the same node; it starts no later than the gateway. `pieces` is what more BarePipe is told."""
    server = None

    def __init__(self, bench, machine, key, title, *pieces):
        super().__init__(key, title, machine)
        self.ours, self.bench, self.pieces = False, bench, pieces
        self.flags = " ".join(["BarePipe", *pieces])

    def start(self):
        super().start()
        self.version = "Vert.x of the gateway"
        program, *rest = java("BarePipe", self.machine.node.url, *self.pieces)
        rest = [option for option in rest if not str(option).startswith("-Xmx")]
        self.server = Server(
            self.key, [program, *gateway_java_options(), *rest], self.bench.fresh(self.key), {**os.environ, "MALLOC_ARENA_MAX": "2"})
        self.server.wait_url()

    def middle(self):
        return self.server

    def upload(self):
        said = self.machine.invocation(
            self.machine.sink, execution=self.machine.next_id(), method="POST", timeoutMs=60_000,
            bodyLength=STREAMED_BYTES)
        return ["POST /v1/invocations", f"Limpet-Invocation: {header(said)}"]

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None
        super().stop()


def contestants(bench):
    machine = _Machine(bench)
    return [
        _Gateway(machine), _Pipe(bench, machine, "pipe-alike", "bare Vert.x pipe, pieces as the gateway's"),
        _Pipe(bench, machine, "pipe", "bare Vert.x pipe, pieces of Vert.x's default", "default")]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case in CASES:
        cpu = ratios(*(of_rounds(result, case.key, key, "cpu") for key in ("gateway", "pipe-alike")))
        lines += row(f"{case.title}: CPU of the gateway by that of the pipe with its pieces", GOAL_CPU, cpu, digits=3)
    for case in CASES:
        growth = spread(of_rounds(result, case.key, "gateway", "growth"))
        lines += row(f"{case.title}: memory of the gateway that the GiB adds", MOST_GROWTH_MIB, growth, unit="MiB", digits=3)
    return table(lines)
