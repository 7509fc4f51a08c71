"""Keeps what a whole run of the JMH suite measured, with the machine, and draws it.

    python3 benchmarks/jmh_results.py --others          says how many cores other work keeps busy now
    python3 benchmarks/jmh_results.py RAW.json CORES    writes benchmarks/results/jmh.json and the charts; so many were busy before
    python3 benchmarks/jmh_results.py                   only draws again what is there
"""
import datetime
import json
import subprocess
import sys

from charts import Bar, bars
from peers import others
from peers.bench import ROOT
from peers.page import busy_with_others
from peers.results import machine

FOLDER = ROOT / "benchmarks" / "results"
FILE = FOLDER / "jmh.json"
# file: (title, unit, which: the beginnings of class, method and parameter, what: the score or the bytes, note)
SLOWER = "Shorter is better. JMH, average of five seconds or more; the line is the error of 99.9 %."
CHARTS = {
    "jmh-time-small": ("Time of an operation", "µs", (
        "ContentBench.run cid-parse", "ContentBench.run block-get", "FormatsBench.run dag-pb", "ProtocolBench", "PlacementBench", "ProxyBench"), "score", SLOWER),
    "jmh-time-content": ("Time of 131 reads of 4 KiB over 8 MiB, and of 256 KiB: their import, SHA-256 of them, and a CAR of 16 blocks", "µs", (
        "ContentBench.run range-reads", "ContentBench.run import", "FormatsBench.run sha-256", "FormatsBench.run car"), "score", SLOWER),
    "jmh-time-sandbox": ("Time of a warm call inside a node", "µs", ("SandboxBench",), "score", SLOWER),
    "jmh-time-http": ("Time of a call over HTTP, caller to gateway to node, all in one JVM", "µs", ("EndToEndBench.oneCaller",), "score", SLOWER),
    "jmh-calls-http": ("Calls a second of sixteen callers over HTTP, all in one JVM", "1/s", ("EndToEndBench.sixteenCallers",), "score",
                       "Longer is better. The callers use the same processors."),
    "jmh-bytes": ("Bytes allocated by a call", "KB", ("SandboxBench", "EndToEndBench.oneCaller"), "kilobytes",
                  "Shorter is better. Over HTTP: of the caller, the gateway and the node together."),
}


def row(result):
    """What is kept of one benchmark."""
    primary, bytes_each = result["primaryMetric"], result["secondaryMetrics"].get("gc.alloc.rate.norm", {})
    return {
        "benchmark": ".".join(result["benchmark"].split(".")[-2:]),
        "parameters": result.get("params", {}),
        "threads": result["threads"],
        "score": significant(primary["score"]),
        "error": significant(primary["scoreError"]),
        "unit": primary["scoreUnit"],
        "bytes": round(bytes_each.get("score", 0), 1),
        "rounds": [significant(value) for fork in primary["rawData"] for value in fork],
    }


def significant(value):
    """Five digits; JMH says NaN where a run is too short for an error."""
    return 0 if value == "NaN" or value != value else float(f"{float(value):.5g}")


def said(*command):
    """The first line that a command prints."""
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return (ended.stdout.strip().splitlines() or [""])[0]


def gathered(raw, busy_cores):
    """The file's content; the cores are those that other work kept busy before or after."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": machine(),
        "othersCores": round(busy_cores, 2),
        "jdk": f"{raw[0]['vmName']} {raw[0]['vmVersion']}",
        "jmh": raw[0]["jmhVersion"],
        "limpet": f"{said('git', 'rev-parse', '--short=9', 'HEAD')}",
        "results": [row(result) for result in raw],
    }


def chart(kept, title, unit, wanted, what, note):
    """One picture of the benchmarks that are wanted."""
    rows = []
    for result in kept["results"]:
        name = " ".join(result["parameters"].values())
        if not any(f"{result['benchmark']} {name}".startswith(prefix) for prefix in wanted):
            continue
        if what == "kilobytes":
            over_http = ", over HTTP" if result["benchmark"].startswith("EndToEnd") else ", in a node"
            rows.append(Bar(name + (over_http if len(wanted) > 1 else ""), result["bytes"] / 1000, ours=True))
        else:
            low, high = result["score"] - result["error"], result["score"] + result["error"]
            rows.append(Bar(name, result["score"], max(0, low), high, ours=True))
    busy = busy_with_others(kept)
    return bars(title, unit, rows, f"{note} Other work ran ({busy})." if busy else note) if rows else None


def draw(kept):
    """Writes every chart."""
    for name, (title, unit, wanted, what, note) in CHARTS.items():
        image = chart(kept, title, unit, wanted, what, note)
        if image:
            (FOLDER / f"{name}.svg").write_text(image, encoding="utf-8")


def main(arguments):
    if arguments == ["--others"]:
        print(others.cores())
        return
    FOLDER.mkdir(exist_ok=True)
    if arguments:
        with open(arguments[0], encoding="utf-8") as file:
            kept = gathered(json.load(file), max(float(arguments[1]), others.cores()))
        FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draw(json.loads(FILE.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(sys.argv[1:])
