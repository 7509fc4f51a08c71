"""Processes from outside: started, found ready by asking, measured as a whole tree, ended by their id."""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .comparison import Contestant, NotRun

TICKS = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 15
POLL_SECONDS = 0.002
MAX_RUNS = 8
READY = re.compile(r"^ready (\S+)$", re.M)


def free_port():
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def split_cores():
    """(those for servers, those for callers): the last core is for callers, so that neither takes the other's time. Both are
    None where the system does not say which there are, or has one."""
    try:
        cores = sorted(os.sched_getaffinity(0))
    except AttributeError:
        return None, None
    return (set(cores[:-1]), {cores[-1]}) if len(cores) > 1 else (None, None)


@contextmanager
def on_cores(cores):
    """What is started within it runs on these cores alone; None: on all."""
    if cores is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _stat(pid):
    """The fields of /proc/PID/stat behind the name, which may hold anything; None when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(pid):
    """The process and all that it started, directly or not."""
    children = {}
    for entry in os.listdir("/proc"):
        fields = _stat(entry) if entry.isdigit() else None
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry))
    found, open_ends = [], [pid]
    while open_ends:
        found.append(open_ends.pop())
        open_ends += children.get(found[-1], [])
    return found


def cpu_seconds(pid):
    """User and system time of the whole tree, with that of its ended processes that were waited for. What
    /proc/PID/stat has comes in whole ticks; living threads know theirs in nanoseconds."""
    seconds = 0.0
    for member in tree(pid):
        fields = _stat(member)
        if fields:
            own, waited = (sum(int(field) for field in part) / TICKS for part in (fields[11:13], fields[13:15]))
            seconds += max(own, _threads_seconds(member)) + waited
    return seconds


def _threads_seconds(pid):
    nanos = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            nanos += int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text(encoding="ascii").split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it ends just now, or this kernel does not say
    return nanos / 1e9


def resident_mib(pid):
    """Resident memory of the whole tree; what processes share counts in each."""
    return sum(own_resident_mib(member) for member in tree(pid))


def own_resident_mib(pid):
    """Resident memory of that process alone; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


class Server:
    """A process that serves until it is stopped. `ready(server)` is asked until it is true; while that takes,
    an end of the process or `seconds` without it are NotRun with the end of what it wrote."""

    def __init__(self, name, argv, folder, environment=None):
        self.name, self.log, self.url = name, Path(folder) / f"{name}.log", None
        self.began = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [str(word) for word in argv], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True)
        self.pid = self.process.pid

    def wait_ready(self, ready, seconds=60):
        """Seconds from its start to the first time that `ready` is true."""
        while not ready(self):
            if self.process.poll() is not None:
                raise NotRun(f"{self.name} ended with {self.process.returncode}: {self.last_line()}")
            if time.monotonic() - self.began > seconds:
                raise NotRun(f"{self.name} was not ready within {seconds} s: {self.last_line()}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - self.began

    def wait_url(self):
        """Until it says `ready URL`, which is its `url` then."""
        self.wait_ready(lambda it: READY.search(it.text()))
        self.url = READY.search(self.text())[1]

    def text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def last_line(self):
        lines = self.text().strip().splitlines()
        return lines[-1] if lines else "it wrote nothing"

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def resident_mib(self):
        return resident_mib(self.pid)

    def stop(self):
        """SIGTERM to it; what is left of its tree after a while is killed."""
        members = tree(self.pid)
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for member in members[1:]:
            fields = _stat(member)
            if fields and int(fields[3]) == self.pid:  # still of the session that was begun for it
                os.kill(member, signal.SIGKILL)


# What a process has at most is never less than what its parent had when it made it: so a parent that has little.
_PEAK = """\
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, n, "/dev/null", os.O_RDWR, 0) for n in (0, 1, 2)])
_, status, usage = os.wait4(pid, 0)
own = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")][0]
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, own)
"""


def peak_mib(argv):
    """The most that one process of a command has resident, from its start to its end; None when that is no more than what
    this Linux counts for the process that starts it."""
    code, most, own = map(int, run([sys.executable, "-I", "-S", "-c", _PEAK, *argv]).output.split())
    if code:
        raise RuntimeError(f"{Path(str(argv[0])).name} ended with {code}")
    return most / 1024 if most > own else None


@dataclass(frozen=True)
class Ended:
    """A command that ran to its end with 0. CPU is that of the process and of all that it waited for."""
    wall_seconds: float
    cpu_seconds: float
    output: bytes


def run(argv, folder=None, environment=None, stdin=subprocess.DEVNULL, timeout=300):
    """Runs a command to its end. Another exit code than 0 raises RuntimeError with the end of its errors."""
    name = Path(str(argv[0])).name
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in argv], cwd=folder, env=environment, stdin=stdin, stdout=out, stderr=errors,
            start_new_session=True)
        overdue = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        overdue.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        overdue.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            text = errors.read().decode("utf-8", "replace").strip()
            raise RuntimeError(f"{name} ended with {process.returncode}: {text[-400:]}")
        out.seek(0)
        return Ended(wall, usage.ru_utime + usage.ru_stime, out.read())


class Processes(Contestant):
    """A process for each answer, several in a round, with all that they say checked."""

    def __init__(self, bench, answers, key, title, ours=False):
        super().__init__(key, title, ours)
        self.bench, self.answers = bench, answers

    def argv(self, case):
        """The command line; None: takes no part."""
        raise NotImplementedError

    def warm(self, case, seconds):
        self.measure(case, 0)

    def measure(self, case, seconds):
        argv, runs, began = self.argv(case.key), [], time.monotonic()
        if argv is None:
            return None
        while not runs or (time.monotonic() - began < seconds and len(runs) < MAX_RUNS):
            runs.append(run(argv))
            self.answers.check(case.key, runs[-1].output, self.title)
        return {
            "wall": median(one.wall_seconds for one in runs) * 1000, "cpu": median(one.cpu_seconds for one in runs) * 1000}
