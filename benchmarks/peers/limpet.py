"""A gateway and a node as a user starts them, and what to send to a node without its gateway."""
import base64
import json
import re
import subprocess
import time
import urllib.request
from statistics import median

from .bench import ROOT
from .comparison import Contestant
from .processes import Server

COMMAND = ROOT / "limpet"
EXAMPLES = ROOT / "functions-examples"
SERVER_OPTIONS = re.compile(r"^server=\((.*?)\)$", re.M | re.S)
GATEWAY_OPTIONS = re.compile(r"^  gateway\) role=gateway options=\((.*?) \"", re.M)
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def version():
    """What `limpet --version` says, with the commit that was built."""
    said = subprocess.run([str(COMMAND), "--version"], check=True, capture_output=True, text=True).stdout.strip()
    commit = subprocess.run(
        ["git", "rev-parse", "--short=9", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return f"{said} ({commit})" if commit else said


def gateway_java_options():
    """Options of the JVM of a gateway, as the command has them; its AOT cache is not among them."""
    script = COMMAND.read_text(encoding="utf-8")
    return [*GATEWAY_OPTIONS.search(script)[1].split(), *SERVER_OPTIONS.search(script)[1].split()]


def fetch(url, body=None, headers=None, seconds=30):
    """The body of an answer; anything but 2xx raises."""
    request = urllib.request.Request(url, data=body, headers=headers or {})
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        return answer.read()


def answers(url):
    """Whether a GET is answered with 2xx."""
    try:
        fetch(url, seconds=5)
        return True
    except OSError:
        return False


def server(name, arguments, folder, environment=None):
    """A `limpet gateway` or `limpet node` on a free port, once it says that it is ready; its URL as `url`."""
    process = Server(name, [COMMAND, *arguments, "--listen", "127.0.0.1:0", "--dir", folder / f"{name}-data"], folder,
                     environment)
    try:
        process.wait_url()
    except Exception:
        process.stop()
        raise
    return process


class Machine:
    """One gateway and one node with it, each a process of its own, shared by those who `start` it.
    Functions are measured, so every call runs, unless answers are to be kept. `options` are more words for `limpet node`."""

    def __init__(self, bench, memo=False, options=()):
        self.bench, self.users, self.gateway, self.node, self.memo = bench, 0, None, None, memo
        self.options = list(options)

    def start(self):
        self.users += 1
        if self.users > 1:
            return
        folder = self.bench.fresh("limpet")
        self.gateway = server("gateway", ["gateway", *([] if self.memo else ["--set", "memo-memory=0"])], folder)
        self.node = server(
            "node",
            ["node", "--gateway", self.gateway.url, "--name", "bench", *([] if self.memo else ["--set", "memo-quota=0"]),
             *self.options], folder)
        self.gateway.wait_ready(lambda _: self._nodes() == ["ready"])

    def _nodes(self):
        return [node["state"] for node in json.loads(fetch(f"{self.gateway.url}/v1/nodes"))["items"]]

    def stop(self):
        self.users = max(0, self.users - 1)
        if self.users:
            return
        for process in (self.node, self.gateway):
            if process:
                process.stop()
        self.node = self.gateway = None

    def command(self, *arguments):
        """The JSON that a command prints."""
        ended = subprocess.run(
            [str(COMMAND), *arguments, "--json", "--gateway", self.gateway.url], capture_output=True, text=True,
            timeout=120, check=False)
        if ended.returncode:
            raise RuntimeError(f"limpet {arguments[0]}: {ended.stderr.strip()}")
        return json.loads(ended.stdout)

    def deploy(self, module):
        """Function and module CID of a module or manifest."""
        return self.command("deploy", str(module))

    def manifest(self, function):
        """The manifest's block, from the gateway's CAR: header, then sections of length, CID and block."""
        car = fetch(f"{self.gateway.url}/v1/functions/{function}", headers={"Accept": "application/vnd.ipld.car"})
        header, at = varint(car, 0)
        length, at = varint(car, at + header)
        return car[at + 36:at + length]  # a CIDv1 of SHA-256 has 36 bytes

    def invocation(self, deployed, **changed):
        """What `Limpet-Invocation` says, as the gateway would write it for a GET without data."""
        return {
            "execution": "x-" + "a" * 26, "function": deployed["function"], "module": deployed["module"],
            "manifest": unpadded(self.manifest(deployed["function"])), "method": "GET", "head": False, "path": "",
            "query": "", "headers": {}, "timeoutMs": 10_000, "maxFetchBytes": 0,
            "bodyLength": 0, "logAllowed": True, **changed}


class OfMachine(Contestant):
    """A contestant that uses the gateway and the node of a Machine."""

    def __init__(self, key, title, machine):
        Contestant.__init__(self, key, title, ours=True)
        self.machine, self.held = machine, False

    def start(self):
        self.held = True
        self.machine.start()
        self.version = version()

    def stop(self):
        if self.held:
            self.held = False
            self.machine.stop()


class WarmCalls(OfMachine):
    """The same call one after another, through the gateway, with all that it says checked."""

    def __init__(self, machine, answers, warm_seconds, key="limpet-node", title="Limpet, warm node over HTTP"):
        super().__init__(key, title, machine)
        self.answers, self.warm_seconds, self.urls = answers, warm_seconds, {}

    def start(self):
        super().start()
        self.urls = self.deployed()
        self.flags = "limpet gateway; limpet node"

    def deployed(self):
        """What the calls need is brought there; gives the address of each case."""
        raise NotImplementedError

    def warm(self, case, seconds):
        self.measure(case, max(seconds, self.warm_seconds))

    def servers(self):
        """Those whose CPU counts."""
        return (self.machine.gateway, self.machine.node)

    def measure(self, case, seconds):
        servers, walls = self.servers(), []
        before, began = sum(server.cpu_seconds() for server in servers), time.monotonic()
        while not walls or time.monotonic() - began < seconds:
            asked = time.monotonic()
            said = fetch(self.urls[case.key], headers={"Cache-Control": "no-cache"}, seconds=120)
            walls.append(time.monotonic() - asked)
            self.answers.check(case.key, said, self.title)
        cpu = sum(server.cpu_seconds() for server in servers) - before
        return {"wall": median(walls) * 1000, "cpu": cpu / len(walls) * 1000}


def varint(data, at):
    """(number, where it ended)."""
    value = shift = 0
    while True:
        octet = data[at]
        at, value, shift = at + 1, value | (octet & 127) << shift, shift + 7
        if octet < 128:
            return value, at


def unpadded(data):
    """Base64url as Limpet writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def header(invocation):
    """The value of Limpet-Invocation."""
    return unpadded(json.dumps(invocation, separators=(",", ":")).encode("utf-8"))


def numbered(invocation):
    """The header in parts: before the last six characters of the execution's id, the base64 of every three
    characters that an id may have there, and after. Each request wants an id of its own."""
    whole = json.dumps(invocation, separators=(",", ":"))
    end = whole.index('"execution":"x-') + len('"execution":"x-') + 26
    if (end - 6) % 3:
        raise ValueError("the id does not end where base64 does")
    groups = "".join(
        unpadded((a + b + c).encode("ascii")) for a in BASE32 for b in BASE32 for c in BASE32)
    return unpadded(whole[:end - 6].encode("utf-8")), groups, unpadded(whole[end:].encode("utf-8"))
