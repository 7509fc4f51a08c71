"""What a comparison measured, as benchmarks/results/compare-NAME.json: raw numbers of every round, and what is
needed to judge them. No name and no path of the machine gets in."""
import datetime
import json
import os
import re
import socket
from pathlib import Path

from .bench import ROOT

FOLDER = ROOT / "benchmarks" / "results"
DIGITS = 5
PATH = re.compile(r"(?:^|[\s='\"(:,])(?:file://)?/(?:[A-Za-z0-9._-]+/)+")


def _first(pattern, file, default):
    try:
        found = re.search(pattern, Path(file).read_text(encoding="utf-8", errors="replace"), re.M)
    except OSError:
        found = None
    return found[1].strip() if found else default


def machine():
    """What the numbers depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _first(r"^model name\s*:\s*(.*)$", "/proc/cpuinfo", os.uname().machine),
        "memoryMiB": int(_first(r"^MemTotal:\s*(\d+)", "/proc/meminfo", "0")) // 1024,
        "kernel": f"{os.uname().sysname} {re.match(r'[0-9]+(?:[.][0-9]+)*', os.uname().release)[0]}",
        "system": _first(r'^PRETTY_NAME="?([^"\n]*)', "/etc/os-release", "unknown"),
    }


def gathered(comparison, ran, missing, values, settings, others_cores):
    """The result of a run, ready to be written."""
    return {
        "comparison": comparison.NAME,
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": machine(),
        "othersCores": round(others_cores, 2),
        "rounds": settings.rounds,
        "secondsARow": settings.seconds,
        "contestants": [
            {"key": one.key, "title": one.title, "ours": one.ours, "version": one.version, "flags": one.flags}
            for one in ran],
        "notRun": [{**one, "reason": PATH.sub(" …/", one["reason"])} for one in missing],
        "cases": {
            case: {key: [_rounded(turn) for turn in turns] for key, turns in rows.items()} for case, rows in values.items()},
    }


def _rounded(turn):
    """Five digits that count: more are noise in a diff."""
    return {key: value if value is None else float(f"{value:.{DIGITS}g}") for key, value in turn.items()}


def check(result):
    """Raises ValueError when a string of the result tells where it was made."""
    host = socket.gethostname()
    for text in _strings(result):
        if PATH.search(text):
            raise ValueError(f"a path of this machine is in the result: {text!r}")
        if len(host) > 3 and re.search(rf"\b{re.escape(host)}\b", text):
            raise ValueError(f"the name of this machine is in the result: {text!r}")


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def write(result, folder=FOLDER):
    check(result)
    folder.mkdir(parents=True, exist_ok=True)
    text = re.sub(r"\{\n\s+([^{}\[\]]*?)\n\s+\}", lambda found: "{" + re.sub(r"\n\s+", " ", found[1]) + "}",
                  json.dumps(result, indent=1, ensure_ascii=False))
    json.loads(text)
    (folder / f"compare-{result['comparison']}.json").write_text(text + "\n", encoding="utf-8")


def read(comparison, folder=FOLDER):
    """The result that is committed, or None."""
    file = folder / f"compare-{comparison.NAME}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
