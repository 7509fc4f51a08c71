"""Large bodies sent to a server, what it pays for them, and the least that it could."""
import hashlib
import http.client
import os
import platform
import sys
import time
from pathlib import Path

from . import unixfs
from .comparison import Contestant
from .processes import Server

MIB = 1 << 20
ANSWER_SECONDS = 300


def post(url, path, content_type, before=b"", after=b""):
    """Sends a file, with something around it, and returns the answer's body."""
    host, _, target = url.removeprefix("http://").partition("/")
    size = len(before) + path.stat().st_size + len(after)
    connection = http.client.HTTPConnection(host, timeout=ANSWER_SECONDS, blocksize=MIB)
    try:
        connection.putrequest("POST", f"/{target}")
        connection.putheader("Content-Type", content_type)
        connection.putheader("Content-Length", str(size))
        connection.endheaders(before)
        with open(path, "rb") as file:
            connection.sock.sendfile(file)
        connection.send(after)
        answer = connection.getresponse()
        body = answer.read()
    except http.client.HTTPException as reason:
        raise RuntimeError(f"{url} breaks off: {reason!r}") from reason
    finally:
        connection.close()
    if answer.status // 100 != 2:
        raise RuntimeError(f"{url} answers {answer.status}: {body[:300]!r}")
    return body


def hashing(path):
    """(CPU seconds that hashing the file in pieces of a leaf takes, the SHA-256 of all their digests in hex)."""
    seconds, all_digests = 0, hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(unixfs.LEAF_BYTES):
            began = time.process_time()
            digest = hashlib.sha256(piece).digest()
            seconds += time.process_time() - began
            all_digests.update(digest)
    return seconds, all_digests.hexdigest()


def by_floor(numbers, cpu, floor):
    """With the CPU that hashing the file takes, and how many times that `cpu` is."""
    return {**numbers, "floor": floor, "byFloor": cpu / floor}


class Receiver(Contestant):
    """A server that is sent something new in each turn of a case; turn 0 is the one that warms."""
    process = None

    def __init__(self, key, title, ours=False):
        super().__init__(key, title, ours)
        self.turns = {}

    def turn(self, case):
        """The next one of this case."""
        self.turns[case.key] = self.turns.get(case.key, -1) + 1
        return self.turns[case.key]

    def paid(self, work):
        """Runs it with nothing left to be written to the disk before, and says what the server paid, and the result."""
        os.sync()
        cpu, began = self.process.cpu_seconds(), time.monotonic()
        result = work()
        wall = time.monotonic() - began
        return {"wall": wall, "cpu": self.process.cpu_seconds() - cpu, "rss": self.process.resident_mib()}, result

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None


class BareStore(Receiver):
    """bare_store.py with the files that the others get."""
    folder = None

    def __init__(self, bench, inputs):
        super().__init__("bare", "bare store")
        self.bench, self.inputs = bench, inputs

    def start(self):
        self.version, self.flags = f"Python {platform.python_version()}", "bare_store.py"
        self.folder = self.bench.fresh("bare")
        self.process = Server("bare", [sys.executable, "-B", Path(__file__).with_name("bare_store.py"), self.folder / "kept"], self.folder)
        self.process.wait_url()

    def measure(self, case, seconds):
        turn = self.turn(case)
        if case.key == "post":
            path, _ = self.inputs.file(turn, "posted")
        elif case.key == "car-in":
            path, _ = self.inputs.car(turn)
        else:
            return None
        spent, said = self.paid(lambda: post(self.process.url, path, "application/octet-stream"))
        floor, digest = hashing(path)
        if said.decode("ascii") != digest:
            raise RuntimeError(f"the bare store read {said[:100]!r}, not {digest}")
        (self.folder / "kept").unlink()
        return by_floor(spent, spent["cpu"], floor) if case.key == "post" else spent
