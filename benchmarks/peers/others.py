"""What else runs on the machine: the page says so, for then its numbers are for trying only. The load average cannot tell:
for minutes after a comparison it is that comparison's own."""
import os
import time
from pathlib import Path

SECONDS = 3
TICKS = os.sysconf("SC_CLK_TCK")
# of the first line of /proc/stat, in the order there: all but idle and iowait, and guests, who are in user and nice
BUSY = (0, 1, 2, 5, 6, 7)


def busy_seconds(stat):
    """Seconds of CPU that the whole machine has used since its start."""
    fields = stat.split("\n", 1)[0].split()[1:]
    return sum(int(fields[at]) for at in BUSY if at < len(fields)) / TICKS


def _all_of_it():
    return busy_seconds(Path("/proc/stat").read_text(encoding="ascii"))


def _our_own():
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system


def cores(seconds=SECONDS, clock=time.monotonic, wait=time.sleep, everybody=_all_of_it, own=_our_own):
    """How many cores others keep busy in this time, in which we do nothing."""
    began, all_before, own_before = clock(), everybody(), own()
    wait(seconds)
    others = everybody() - all_before - (own() - own_before)
    return max(0.0, others / (clock() - began))
