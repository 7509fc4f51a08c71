"""The same load for every server: wrk with one thread.

wrk takes each request from a script, for all servers alike, since the node wants another id in each.
"""
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .limpet import numbered

MARK = "result: "
# wrk's `done` has times in microseconds.
SCRIPT = """
local turn = 0
%s
function done(summary, latency)
  local e = summary.errors
  print(string.format('result: {"requests":%%d,"micros":%%d,"p50":%%d,"p99":%%d,"refused":%%d,"broken":%%d,"late":%%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write, e.timeout))
end
"""
SAME = """
local text = %s
function request() return text end
"""
# 32 768 groups of three characters, as base64: two of them count to a thousand million.
NUMBERED = """
local before, after, groups = %s, %s, {}
for group in (%s):gmatch('....') do groups[#groups + 1] = group end
local count = #groups
function request()
  turn = turn + 1
  return before .. groups[math.floor(turn / count) %% count + 1] .. groups[turn %% count + 1] .. after
end
"""


class NoAnswer(RuntimeError):
    """Not one answer came while the load ran."""


@dataclass(frozen=True)
class Load:
    """What came of a load: whole answers with 2xx, and no errors at all."""
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self):
        return self.requests / self.seconds


def quoted(text):
    """A string of Lua."""
    return '"' + "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else f"\\{ord(c):03d}" for c in text) + '"'


def get(url):
    """The script of a GET."""
    host, _, path = url.removeprefix("http://").partition("/")
    return SAME % quoted(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n")


def invocations(node, said):
    """The script of a command's invocations without a body at a node, each with an id of its own."""
    before, groups, after = numbered(said)
    head = (f"POST /v1/invocations HTTP/1.1\r\nHost: {node.removeprefix('http://')}\r\nContent-Length: 0\r\n"
            f"Limpet-Invocation: {before}")
    return NUMBERED % (quoted(head), quoted(f"{after}\r\n\r\n"), quoted(groups))


def result_of(name, command, patience):
    """The result that a load says at its end; one that says none, or is not done in so many seconds, ends the comparison."""
    ended = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=patience, check=False)
    found = re.search(rf"^{MARK}(.*)$", ended.stdout, re.M)
    if ended.returncode or not found:
        raise RuntimeError(f"{name} ended with {ended.returncode}: {ended.stdout[-400:]}{ended.stderr[-600:]}")
    return json.loads(found[1])


def wrk(bench, name, url, script, connections, seconds):
    """One closed loop; anything but 2xx and 3xx is an error, and an error ends the comparison."""
    file = Path(bench.folder) / f"{name}.lua"
    file.write_text(SCRIPT % script, encoding="ascii")
    result = result_of(
        f"{name}: wrk",
        [bench.peers.wrk().path, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", file, url],
        seconds + 60)
    if result["refused"] or result["broken"] or result["late"]:
        raise RuntimeError(f"{name}: of {result['requests']} requests {result['refused']} were refused, {result['broken']}"
                           f" connections broke, {result['late']} requests had no answer in time")
    if not result["requests"]:
        raise NoAnswer(f"{name}: no answer within {seconds} s")
    return Load(result["requests"], result["micros"] / 1e6, result["p50"] / 1e3, result["p99"] / 1e3)
