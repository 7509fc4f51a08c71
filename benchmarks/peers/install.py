"""Peers from the package registries, each once, outside the repository, versions pinned.

They stand in ${LIMPET_PEERS:-${XDG_CACHE_HOME:-~/.cache}/limpet/peers}/NAME-VERSION, made under a lock, so that two
runs do not build the same. What cannot be had is NotRun with a reason; it is never an error of the comparison.
"""
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .comparison import NotRun
from .rounds import say

WASMTIME, WORKERD, KUBO, ZIGLANG = "48.0.8", "1.20261117.1", "0.43.0", "0.17.1"
COMPONENTIZE_JS, JCO, KUBO_RPC_CLIENT = "0.23.0", "1.35.0", "7.1.0"
VERIFIED_FETCH, NODE_FOR_IT = "8.0.4", "22.23.3"
WASMTIME_FEATURES = (
    "run,compile,serve,wasi-http,wat,parallel-compilation,pooling-allocator,cranelift,component-model,"
    "component-model-async,logging,backtrace,gc,gc-drc,gc-null,threads,clap/default")
BUILD_SECONDS = 3600
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Peer:
    """A program, and the version that it says itself."""
    path: Path
    version: str


def home():
    """Where peers are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("LIMPET_PEERS") or Path(cache) / "limpet" / "peers")


class Peers:
    """Each peer by a method: there, or installed now, or NotRun. `install=False` takes only what is there."""

    def __init__(self, install=True, folder=None):
        self.install, self.folder, self.failed = install, Path(folder or home()), {}

    def wasmtime(self):
        program = self._made(f"wasmtime-{WASMTIME}", "bin/wasmtime", "cargo", lambda into: [
            ["cargo", "install", "wasmtime-cli", "--version", WASMTIME, "--locked", "--no-default-features",
             "--features", WASMTIME_FEATURES, "--root", into]], "about 20 minutes")
        return Peer(program, said(program, "--version"))

    def workerd(self):
        program = self._made(
            f"workerd-{WORKERD}", "node_modules/@cloudflare/workerd-linux-64/bin/workerd", "npm", lambda into: [
                ["npm", "install", "--prefix", into, "--ignore-scripts", "--no-audit", "--no-fund",
                 f"workerd@{WORKERD}"]], "about a minute")
        return Peer(program, said(program, "--version"))

    def kubo(self):
        """By a module that only names it: `go install` wants the list of its versions, which not every proxy has."""
        program = self._made(f"kubo-{KUBO}", "ipfs", "go", lambda into: [
            ["go", "mod", "init", "kubo"],
            ["go", "get", f"github.com/ipfs/kubo/cmd/ipfs@v{KUBO}"],
            ["go", "build", "-o", "ipfs", "github.com/ipfs/kubo/cmd/ipfs"]], "some minutes")
        return Peer(program, said(program, "--version"))

    def kubo_rpc_client(self):
        """Kubo's client for JavaScript: the folder whose `node_modules` have it."""
        self._made(
            f"kubo-rpc-client-{KUBO_RPC_CLIENT}", "node_modules/kubo-rpc-client/package.json", "npm", lambda into: [
                ["npm", "install", "--prefix", into, "--ignore-scripts", "--no-audit", "--no-fund",
                 f"kubo-rpc-client@{KUBO_RPC_CLIENT}"]], "about a minute")
        return Peer(self.folder / f"kubo-rpc-client-{KUBO_RPC_CLIENT}", f"kubo-rpc-client {KUBO_RPC_CLIENT}")

    def verified_fetch(self):
        """The folder whose `node_modules` have @helia/verified-fetch, and in `.bin` a Node.js that is new enough for it."""
        name = f"verified-fetch-{VERIFIED_FETCH}"
        arch = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
        self._made(name, "node_modules/.bin/node", "npm", lambda into: [
            ["npm", "install", "--prefix", into, "--ignore-scripts", "--no-audit", "--no-fund",
             f"@helia/verified-fetch@{VERIFIED_FETCH}", f"node-linux-{arch}@{NODE_FOR_IT}"],
            ["ln", "-sf", f"../node-linux-{arch}/bin/node", f"{into}/node_modules/.bin/node"]], "about a minute")
        return Peer(self.folder / name, f"@helia/verified-fetch {VERIFIED_FETCH}")

    def zig(self):
        """The Python of an environment with zig's C compiler: `PYTHON -m ziglang cc -target wasm32-wasi`."""
        program = self._made(f"ziglang-{ZIGLANG}", "bin/python", "python3", lambda into: [
            ["python3", "-m", "venv", into],
            [f"{into}/bin/pip", "install", "--quiet", f"ziglang=={ZIGLANG}"]], "about a minute")
        return Peer(program, f"zig cc {said(program, '-m', 'ziglang', 'version')}")

    def node(self):
        program = found("node", "--version", "Node.js is not installed")
        return Peer(program.path, f"Node.js {program.version}")

    def gcc(self):
        return found("gcc", "--version", "gcc is not installed")

    def sqlite3(self):
        return found("sqlite3", "--version", "sqlite3 is not installed")

    def wrk(self):
        """From Debian's packages, when this user may install them."""
        if not shutil.which("wrk") and self.install and shutil.which("apt-get") and os.geteuid() == 0:
            say("installing wrk")
            subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], capture_output=True, check=False)
        return found("wrk", "-v", "wrk is not installed")

    def hello_component(self):
        """A component for `wasmtime serve` that says what functions-examples/hello says, of guests/hello-http."""
        source = HERE / "guests" / "hello-http"
        return self._made(
            f"hello-http-{digest(source)}", "wasm32-wasip2/release/hello_http.wasm", "cargo", lambda into: [
                *([["rustup", "target", "add", "wasm32-wasip2"]] if shutil.which("rustup") else []),
                ["cargo", "build", "--release", "--locked", "--target", "wasm32-wasip2", "--manifest-path",
                 source / "Cargo.toml", "--target-dir", into]], "some seconds")

    def javascript_component(self):
        """A component for `wasmtime serve` made of a script in JavaScript, of guests/hello-js, and what made it."""
        source = HERE / "guests" / "hello-js"
        component = self._made(f"hello-js-{COMPONENTIZE_JS}-{digest(source)}", "hello.wasm", "npm", lambda into: [
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
             f"@bytecodealliance/componentize-js@{COMPONENTIZE_JS}", f"@bytecodealliance/jco@{JCO}"],
            ["node", source / "build.mjs", "hello.wasm"]], "about a minute")
        return Peer(component, f"componentize-js {COMPONENTIZE_JS}")

    def sqlite_script(self):
        """A command that runs a script in SQL, of guests/sqlite."""
        source, zig = HERE / "guests" / "sqlite", self.zig()
        return self._made(f"sqlite-script-{digest(source)}", "script.wasm", "cargo", lambda into: [
            ["sh", source / "build.sh", zig.path]], "some minutes")

    def _made(self, name, program, tool, commands, takes):
        """The program of a folder, which `commands` fill when it is not there."""
        wanted = self.folder / name / program
        if name in self.failed:
            raise NotRun(self.failed[name])
        if wanted.exists():
            return wanted
        if not self.install:
            raise NotRun(f"{name} is not installed, and this run installs nothing")
        if not shutil.which(tool):
            raise NotRun(f"{name} needs {tool}, which is not installed")
        with self._lock(name):
            if not wanted.exists():
                self._make(name, commands(self.folder / name), takes)
        if not wanted.exists():
            raise self._failure(name, f"{name} was installed, but has no {Path(program).name}")
        return wanted

    def _make(self, name, commands, takes):
        log = self.folder / f"{name}.log"
        say(f"installing {name} ({takes}; what happens stands in {log})")
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ, CGO_ENABLED="0", CARGO_TERM_COLOR="never")
        with open(log, "wb") as out:
            for command in commands:
                words = [str(word) for word in command]
                try:
                    code = subprocess.run(
                        words, cwd=self.folder / name, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                        stderr=subprocess.STDOUT, timeout=BUILD_SECONDS, check=False).returncode
                except subprocess.TimeoutExpired:
                    code = f"nothing after {BUILD_SECONDS} s"
                if code:
                    raise self._failure(name, f"{name} could not be installed: {' '.join(words[:2])} ended with {code}")

    def _failure(self, name, reason):
        self.failed[name] = reason
        return NotRun(reason)

    @contextmanager
    def _lock(self, name):
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f".{name}.lock", "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def digest(source):
    """What the files of a folder are, in a few letters."""
    hashed = hashlib.sha256()
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        hashed.update(file.name.encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()[:12]


def found(name, option, missing):
    """A program of this machine."""
    path = shutil.which(name)
    if not path:
        raise NotRun(missing)
    return Peer(Path(path), said(path, option))


def said(program, *arguments):
    """The first line that a program says of its version, with its name, without what only builders want."""
    ended = subprocess.run(
        [str(program), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=60, check=False)
    line = ended.stdout.decode("utf-8", "replace").strip().partition("\n")[0]
    return re.sub(r"\s+(\([^)]*\)|\[[^\]]*\]|[0-9a-f]{40}\w*|Copyright.*)", "", line).strip()
