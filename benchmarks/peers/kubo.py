"""Content in and out of a node and of Kubo, the IPFS daemon that others use."""
import json
import os
import random

from . import load, processes, unixfs
from .comparison import Case, Metric
from .goals import row, table, told
from .ipfs import datastore, repository
from .limpet import COMMAND, server, version
from .processes import Server, free_port
from .receiving import BareStore, Receiver, by_floor, hashing, post
from .rounds import of_rounds, ratios, spread
from .stream import Wire

NAME = "kubo"
TITLE = "Content in and out, beside Kubo"
MIB = 1 << 20
FILE_MIB = 1024
FOLDERS, FILES_EACH, SMALL_BYTES = 20, 1000, 4096
CONNECTIONS = (16, 64)
NODE_OPTIONS = "-Xmx64m"
NODE_WORDS = ("--quota", "60GiB", "--set", "sync=always")
ABOUT = f"""\
A node against Kubo's daemon, offline, default datastore (flatfs), profile `unixfs-v1-2025`, so that equal bytes have equal
CIDs: all roots are compared, with those of the other and, for files, with those that the script computes itself. Each round has
new random bytes, so nothing is there already: a file of {FILE_MIB} MiB, {FOLDERS * FILES_EACH} files of 4 KiB in {FOLDERS} folders,
and a CAR of another file of {FILE_MIB} MiB. Adding over HTTP is one request to `/api/v0/add` of each, from the same client; then once more by the
command of each (`limpet add`, a JVM that starts and cuts and hashes, after which the node hashes what came; `ipfs add`, which sends the file),
and by `ipfs --api` for both; all else by one client over HTTP; small blocks are asked for by `?format=raw`. The node runs with
`sync=always`, its default: what it has acknowledged is on the disk. Kubo's flatfs has `sync: false`, its default: it syncs the pin, not
the blocks. `SHA-256 alone` is the CPU that hashing the file once takes here, the floor for adding; `by the floor` is the CPU of the
server (for a command: of both) divided by it. The bare store is the least that a store which keeps its promise can be
([bare_store.py](../benchmarks/peers/bare_store.py)): it hashes each MiB that comes over HTTP, writes it to one file and flushes that before it answers;
it knows no blocks, forms or CARs, and takes part in the adding and the import of the large file. The node runs with `{NODE_OPTIONS}`; it hashes every block that it reads from the disk."""
_SERVER = Metric("cpu", "CPU of the server", "s", "less", "the CPU of the server", chart=True)
_WALL = Metric("wall", "wall", "s", "less", "the time")
_RSS = Metric("rss", "memory after it", "MiB", "less")
_CLIENT = Metric("client", "CPU of the command", "s", "less", "the CPU of the command")
_BOTH = Metric("both", "CPU of both", "s", "less", "the CPU of server and command")
_FLOOR = Metric("floor", "SHA-256 alone", "s", "")
_BY_FLOOR = Metric("byFloor", "by the floor", "x", "less")
_LOAD = (
    Metric("rps", "requests/s", "/s", "more", "the requests a second", chart=True),
    Metric("p50", "p50", "ms", "less"), Metric("p99", "p99", "ms", "less", "the p99"),
    Metric("request", "CPU a request", "µs", "less", "the CPU of a request"), _RSS)
SHORT = (("limpet", "kubo"),)
CASES = (
    Case("post", f"add a file of {FILE_MIB} MiB over HTTP (`POST /api/v0/add`)", (_WALL, _SERVER, _FLOOR, _BY_FLOOR, _RSS)),
    Case("post-small", f"add {FOLDERS * FILES_EACH} files of 4 KiB in one request", (_WALL, _SERVER, _RSS)),
    Case("add", f"add a file of {FILE_MIB} MiB by command", (_WALL, _SERVER, _CLIENT, _BOTH, _FLOOR, _BY_FLOOR, _RSS)),
    Case("small", f"add {FOLDERS * FILES_EACH} files of 4 KiB by command", (_WALL, _SERVER, _CLIENT, _BOTH, _RSS)),
    Case("read", "read that file (`GET /ipfs/…`)", (_WALL, _SERVER, _RSS)),
    Case("again", "read it once more", (_WALL, _SERVER, _RSS)),
    Case("warm", f"read a file of 1 MiB {FILE_MIB} times over one connection", (_WALL, _SERVER, _RSS)),
    Case("car-out", "read it as a CAR (`?format=car`)", (_WALL, _SERVER, _RSS)),
    Case("car-in", f"import a CAR of {FILE_MIB} MiB", (_WALL, _SERVER, _RSS)),
    Case("api-add", f"add a file of {FILE_MIB} MiB with `ipfs --api`", (_WALL, _SERVER, _CLIENT, _BOTH, _RSS)),
    Case("api-cat", "read that file with `ipfs --api`", (_WALL, _SERVER, _CLIENT, _RSS)),
    *(Case(f"get-{connections}", f"small blocks, {connections} connections", _LOAD) for connections in CONNECTIONS))
# Case, metric, what it is at most (or at least, where more is better) of Kubo's, in words.
GOALS = (
    ("post", "wall", 0.5, "add a large file over HTTP, time"),
    ("post", "cpu", 0.5, "add a large file over HTTP, CPU"),
    ("post-small", "wall", 0.2, "add many small files in one request, time"),
    ("post-small", "cpu", 0.2, "add many small files in one request, CPU"),
    ("read", "cpu", 1, "read a large file, CPU"),
    ("again", "cpu", 0.5, "read it once more, CPU"),
    ("warm", "cpu", 0.5, "read what a cache of 4 MiB holds, CPU"),
    ("car-out", "cpu", 1 / 3, "read a CAR, CPU"),
    ("car-in", "cpu", 1 / 3, "import a CAR, CPU"),
    ("api-add", "wall", 0.7, "add a large file with `ipfs --api`, time"),
    ("api-cat", "wall", 0.7, "read it with `ipfs --api`, time"),
    *((f"get-{connections}", metric, bound, f"small blocks, {connections} connections, {words}")
      for connections in CONNECTIONS for metric, bound, words in (("rps", 4, "requests a second"), ("p99", 1 / 3, "p99"))))
BARE_CASES = (("post", "add a large file over HTTP"), ("car-in", "import a CAR"))
MOST_MIB = 150
BOUNDARY = "a-form-of-the-comparison"
END = f"\r\n--{BOUNDARY}--\r\n".encode("ascii")
ADD = f"/api/v0/add?cid-version=1&chunker=size-{unixfs.LEAF_BYTES}&max-file-links=1024&progress=false"
RANDOM = """
local requests = {}
for cid in (%s):gmatch('%%S+') do requests[#requests + 1] = 'GET /ipfs/' .. cid .. '?format=raw HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n' end
function request()
  turn = turn + 1
  return requests[turn * 7919 %% #requests + 1]
end
"""


class Inputs:
    """What is added and imported in each turn, made when the first contestant comes to it, the same for the
    other; what neither needs any more is deleted."""

    def __init__(self, folder):
        self.folder, self.made = folder, {}

    def file(self, turn, kind="file"):
        """(path, CID) of a file; each kind is another one."""
        return self._one(kind, turn, lambda path: unixfs.write_file(path, self._leaves(f"{kind} {turn}")))

    def leaf(self, turn):
        """(path, CID) of a file of one leaf."""
        return self._one("leaf", turn, lambda path: _write_leaf(path, random.Random(f"leaf {turn}")))

    def form(self, turn):
        """(path of the body of a request, None): a form with a folder of folders of files."""
        return self._one("form", turn, lambda path: _write_form(path, random.Random(f"form {turn}")))

    def car(self, turn):
        """(path, root) of a CAR."""
        return self._one("car", turn, lambda path: unixfs.write_car(path, self._leaves(f"car {turn}")))

    def tree(self, turn):
        """(path, CIDs of the files) of a folder with folders."""
        return self._one("tree", turn, lambda path: _write_tree(path, random.Random(f"tree {turn}")))

    def _leaves(self, seed):
        dice = random.Random(seed)
        return (dice.randbytes(unixfs.LEAF_BYTES) for _ in range(FILE_MIB))

    def _one(self, kind, turn, make):
        if (kind, turn) not in self.made:
            path = self.folder / f"{kind}-{turn}"
            self.made[kind, turn] = (path, make(path))
            old = self.made.get((kind, turn - 1))
            if old and old[0].is_file():
                old[0].unlink()
        return self.made[kind, turn]


def _write_leaf(path, dice):
    """Its CID is that of its one raw block."""
    block = dice.randbytes(unixfs.LEAF_BYTES)
    path.write_bytes(block)
    return unixfs.text(unixfs.cid(unixfs.RAW, block))


def _write_tree(path, dice):
    """The CIDs of the files, in order: each is one raw block."""
    names = []
    for folder in range(FOLDERS):
        (path / f"folder-{folder}").mkdir(parents=True)
        for number in range(FILES_EACH):
            block = dice.randbytes(SMALL_BYTES)
            (path / f"folder-{folder}" / f"file-{number}.bin").write_bytes(block)
            names.append(unixfs.text(unixfs.cid(unixfs.RAW, block)))
    return names


def _part(name, content_type):
    """The head of a part of a form, as `ipfs add` writes it; slashes in names are escaped."""
    said = name.replace("/", "%2F")
    return (f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{said}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n").encode("ascii")


def _write_form(path, dice):
    with open(path, "wb") as out:
        out.write(_part("tree", "application/x-directory"))
        for folder in range(FOLDERS):
            out.write(_part(f"tree/folder-{folder}", "application/x-directory"))
            for number in range(FILES_EACH):
                out.write(_part(f"tree/folder-{folder}/file-{number}.bin", "application/octet-stream"))
                out.write(dice.randbytes(SMALL_BYTES))
        out.write(END)


class _Store(Receiver):
    """What both do the same way."""
    read_url = ""  # of the server that has /ipfs
    rpc_url = ""  # of the server that has /api/v0

    def __init__(self, bench, inputs, roots, key, title, ours=False):
        super().__init__(key, title, ours)
        self.bench, self.inputs, self.roots = bench, inputs, roots

    def add(self, path):
        """(root as text, what the command used)."""
        raise NotImplementedError

    def import_car(self, path):
        """The root that the server names."""
        raise NotImplementedError

    def measure(self, case, seconds):
        turn = self.turn(case)
        kind, _, connections = case.key.partition("-")
        if kind == "get":
            return self._get(turn, int(connections), seconds)
        return getattr(self, "_" + case.key.replace("-", "_"))(turn, seconds)

    def _same(self, what, turn, root):
        if self.roots.setdefault((what, turn), root) != root:
            raise RuntimeError(f"{self.title}: {what} is {root}, not {self.roots[what, turn]}")

    def _is_sent(self, said, root):
        if said != root:
            raise RuntimeError(f"{self.title}: the file that was sent is {said}, not {root}")

    def _post(self, turn, _):
        path, root = self.inputs.file(turn, "posted")
        paid, said = self.paid(lambda: self._form(path, _part("file", "application/octet-stream"), END))
        self._is_sent(said, root)
        return by_floor(paid, paid["cpu"], hashing(path)[0])

    def _post_small(self, turn, _):
        path, _ = self.inputs.form(turn)
        paid, said = self.paid(lambda: self._form(path))
        self._same("form", turn, said)
        return paid

    def _form(self, path, before=b"", after=b""):
        """Sends a form to `add`, and gives the last CID that it names."""
        said = post(self.rpc_url + ADD, path, f"multipart/form-data; boundary={BOUNDARY}", before, after)
        return json.loads(said.splitlines()[-1])["Hash"]

    def _add(self, turn, _):
        path, root = self.inputs.file(turn)
        self.roots["file", turn] = root
        paid, (said, ended) = self.paid(lambda: self.add(path))
        self._same("file", turn, said)
        added = _added(paid, ended)
        return by_floor(added, added["both"], hashing(path)[0])

    def _small(self, turn, _):
        path, _ = self.inputs.tree(turn)
        paid, (said, ended) = self.paid(lambda: self.add(path))
        self._same("tree", turn, said)
        return _added(paid, ended)

    def _read(self, turn, _):
        def read():
            with Wire(self.read_url, [f"GET /ipfs/{self.roots['file', turn]}"]) as wire:
                return wire.skip()
        paid, got = self.paid(read)
        if got != FILE_MIB * MIB:
            raise RuntimeError(f"{self.title}: {got} bytes of the file")
        return paid

    _again = _read

    def _warm(self, turn, _):
        path, root = self.inputs.leaf(turn)
        self._is_sent(self._form(path, _part("file", "application/octet-stream"), END), root)
        request = [f"GET /ipfs/{root}"]

        def read():
            with Wire(self.read_url, request) as wire:
                got = wire.skip()
                for _ in range(FILE_MIB - 1):
                    wire.ask(request)
                    got += wire.skip()
                return got
        paid, got = self.paid(read)
        if got != FILE_MIB * MIB:
            raise RuntimeError(f"{self.title}: {got} bytes of the file")
        return paid

    def _car_out(self, turn, _):
        def read():
            with Wire(self.read_url, [f"GET /ipfs/{self.roots['file', turn]}?format=car"]) as wire:
                return wire.skip_chunks()
        paid, got = self.paid(read)
        if not FILE_MIB * MIB < got < FILE_MIB * (MIB + 4096):
            raise RuntimeError(f"{self.title}: {got} bytes of the CAR")
        return paid

    def _car_in(self, turn, _):
        path, root = self.inputs.car(turn)
        paid, said = self.paid(lambda: self.import_car(path))
        if said != root:
            raise RuntimeError(f"{self.title}: the CAR has the root {said}, not {root}")
        return paid

    def _ipfs_api(self, *arguments):
        """Runs Kubo's command against this server, with the CIDs of `unixfs-v1-2025`."""
        api = "/ip4/127.0.0.1/tcp/" + self.rpc_url.rpartition(":")[2]
        empty = {**os.environ, "IPFS_PATH": str(self.bench.fresh("no-repository")), "IPFS_TELEMETRY": "off"}
        line = '"$@" > "$OUT"'
        ended = self.bench.fresh("said") / "out"
        words = ["sh", "-c", line, "sh", self.bench.peers.kubo().path, "--api", api, *arguments]
        target = "/dev/null" if arguments[0] == "cat" else str(ended)
        spent = processes.run(words, environment={**empty, "OUT": target})
        return (ended.read_text(encoding="ascii").strip() if target != "/dev/null" else ""), spent

    def _api_add(self, turn, _):
        path, root = self.inputs.file(turn, "sent")
        options = ("--cid-version=1", f"--chunker=size-{unixfs.LEAF_BYTES}", "--max-file-links=1024")
        paid, (said, ended) = self.paid(lambda: self._ipfs_api("add", "-Q", *options, path))
        self._is_sent(said, root)
        self.roots["sent", turn] = root
        return _added(paid, ended)

    def _api_cat(self, turn, _):
        paid, (_, ended) = self.paid(lambda: self._ipfs_api("cat", self.roots["sent", turn]))
        return {**paid, "wall": ended.wall_seconds, "client": ended.cpu_seconds}

    def _get(self, turn, connections, seconds):
        """Of the files of this turn, in an order that jumps."""
        names = self.inputs.tree(turn)[1]
        script = RANDOM % (load.quoted(" ".join(names)), self.read_url.removeprefix("http://"))
        cpu = self.process.cpu_seconds()
        done = load.wrk(self.bench, f"small-{self.key}", self.read_url, script, connections, seconds)
        return {
            "rps": done.per_second, "p50": done.p50_ms, "p99": done.p99_ms,
            "request": (self.process.cpu_seconds() - cpu) / done.requests * 1e6, "rss": self.process.resident_mib()}


def _added(paid, command):
    both = paid["cpu"] + command.cpu_seconds
    return {**paid, "wall": command.wall_seconds, "client": command.cpu_seconds, "both": both}


class _Limpet(_Store):
    def start(self):
        environment = {**os.environ, "LIMPET_JAVA_OPTS": NODE_OPTIONS}
        self.process = server("node", ["node", *NODE_WORDS], self.bench.fresh(self.key), environment)
        self.read_url = self.rpc_url = self.url = self.process.url
        self.version, self.flags = version(), f"limpet node {' '.join(NODE_WORDS)}, {NODE_OPTIONS}"

    def add(self, path):
        ended = processes.run([COMMAND, "add", path, "--json", "--node", self.url])
        return json.loads(ended.output)["cid"], ended

    def import_car(self, path):
        return json.loads(post(f"{self.url}/v1/dags", path, "application/vnd.ipld.car"))["root"]


class Daemon:
    """Kubo's, alone in a repository of its own; `read_url` has /ipfs, `rpc_url` has /api/v0."""
    def __init__(self, kubo, folder):
        api, gateway = free_port(), free_port()
        self.environment = repository(kubo, folder / "repository", api, gateway, ("--profile", "unixfs-v1-2025"))
        self.flags = f"ipfs daemon --offline, {datastore(folder / 'repository')}, unixfs-v1-2025"
        self.read_url, self.rpc_url = f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{api}"
        self.process = Server("kubo", [kubo.path, "daemon", "--offline"], folder, self.environment)
        try:
            self.process.wait_ready(lambda it: "Daemon is ready" in it.text())
        except Exception:
            self.process.stop()
            raise


class _Kubo(_Store):
    def start(self):
        self.bench.peers.wrk()
        kubo = self.bench.peers.kubo()
        self.program, self.version = kubo.path, kubo.version
        daemon = Daemon(kubo, self.bench.fresh("kubo"))
        self.process, self.environment, self.flags = daemon.process, daemon.environment, daemon.flags
        self.read_url, self.rpc_url = daemon.read_url, daemon.rpc_url

    def _ipfs(self, *arguments):
        return processes.run([self.program, *arguments], environment=self.environment)

    def add(self, path):
        ended = self._ipfs("add", "-Q", *(["-r"] if path.is_dir() else []), path)
        return ended.output.decode("ascii").strip(), ended

    def import_car(self, path):
        before = b'--car\r\nContent-Disposition: form-data; name="file"; filename="car"\r\nContent-Type: application/octet-stream\r\n\r\n'
        said = post(
            f"{self.rpc_url}/api/v0/dag/import", path, "multipart/form-data; boundary=car", before, b"\r\n--car--\r\n")
        return json.loads(said.partition(b"\n")[0])["Root"]["Cid"]["/"]


def contestants(bench):
    inputs, roots = Inputs(bench.fresh("inputs")), {}
    return [
        _Limpet(bench, inputs, roots, "limpet", "Limpet, node", ours=True),
        _Kubo(bench, inputs, roots, "kubo", "Kubo"),
        BareStore(bench, inputs),
    ]


def remarks(result):
    """What was wanted, beside what it is."""
    lines = []
    for case, metric, bound, words in GOALS:
        least = metric == "rps"
        found = ratios(*(of_rounds(result, case, key, metric) for key in ("limpet", "kubo")))
        lines += row(f"{words}, of Kubo's", bound, found, least, digits=3)
    for case, cpu, words in (("post", "cpu", "over HTTP, CPU of the server"), ("add", "both", "by command, CPU of both")):
        for one in result["contestants"]:
            found = ratios(*(of_rounds(result, case, one["key"], metric) for metric in (cpu, "floor")))
            lines += told(f"add a large file {words}, by that of SHA-256 alone: {one['title']}", found)
    for case, words in BARE_CASES:
        for metric, said in (("wall", "time"), ("cpu", "CPU")):
            for one, other, pair in (("bare", "kubo", "the bare store, of Kubo's"), ("limpet", "bare", "the node, of the bare store's")):
                found = ratios(*(of_rounds(result, case, key, metric) for key in (one, other)))
                lines += told(f"{words}, {said}: {pair}", found)
    memory = spread(of_rounds(result, f"get-{CONNECTIONS[-1]}", "limpet", "rss"))
    lines += row("memory after all of it", MOST_MIB, memory, unit="MiB", digits=3)
    return table(lines)
