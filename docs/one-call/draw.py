#!/usr/bin/env python3
"""Draws one call from the spans that a gateway and a node sent to a collector.

    draw.py SPANS [--svg FILE]

SPANS has one request of OTLP/JSON a line. The call is the one that began last. A part that takes no
time is left out. Times are microseconds since the call began, by the clock of the machine.
"""
import json
import sys
from html import escape

WIDTH = 56  # characters of the bars
COLOURS = {"gateway": "#3b6ea5", "node": "#c96f2f"}


def spans(path):
    """Every span with the name of its service."""
    found = []
    with open(path, encoding="utf-8") as lines:
        for request in map(json.loads, lines):
            for resource in request["resourceSpans"]:
                service = resource["resource"]["attributes"][0]["value"]["stringValue"]
                for scope in resource["scopeSpans"]:
                    found += [{**span, "service": service} for span in scope["spans"]]
    return found


def rows(found):
    """(depth, name, service, begin, end) of the last call, parents before children, in microseconds."""
    calls = [span for span in found if span["name"] == "call"]
    if not calls:
        sys.exit("there is no call among the spans")
    root = max(calls, key=lambda span: int(span["startTimeUnixNano"]))
    zero = int(root["startTimeUnixNano"])
    drawn = []

    def visit(span, depth):
        begin, end = (int(span[key]) - zero for key in ("startTimeUnixNano", "endTimeUnixNano"))
        if end - begin >= 500:
            drawn.append((depth, span["name"], span["service"], begin / 1000, end / 1000))
        children = [child for child in found
                    if child["traceId"] == span["traceId"] and child.get("parentSpanId") == span["spanId"]]
        for child in sorted(children, key=lambda child: (int(child["startTimeUnixNano"]), int(child["endTimeUnixNano"]))):
            visit(child, depth + 1)

    visit(root, 0)
    return drawn


def text(drawn):
    """A line for each part: its name, who did it, its time, and when in the call that was."""
    whole = max(end for *_, end in drawn)
    lines = []
    for depth, name, service, begin, end in drawn:
        first = min(WIDTH - 1, int(begin / whole * WIDTH))
        last = max(first + 1, round(end / whole * WIDTH))
        bar = " " * first + "#" * (last - first)
        lines.append(f"{'  ' * depth + name:<16}{service:<16}{end - begin:>9.0f} us  |{bar:<{WIDTH}}|")
    return "\n".join(lines)


def svg(drawn):
    """The same as a picture."""
    whole, left, scale, step = max(end for *_, end in drawn), 150, 480, 24
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + scale + 110}" height="{step * len(drawn) + 16}" '
             'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>']
    for row, (depth, name, service, begin, end) in enumerate(drawn):
        y, x, wide = 8 + row * step, left + begin / whole * scale, max(1.0, (end - begin) / whole * scale)
        colour = COLOURS["gateway" if "gateway" in service else "node"]
        parts.append(f'<text x="{8 + depth * 14}" y="{y + 16}" fill="#222222">{escape(name)}</text>'
                     f'<rect x="{x:.1f}" y="{y + 3}" width="{wide:.1f}" height="{step - 6}" fill="{colour}"/>'
                     f'<text x="{x + wide + 5:.1f}" y="{y + 16}" fill="#222222">{end - begin:.0f} µs</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(arguments):
    drawn = rows(spans(arguments[0]))
    print(text(drawn))
    if arguments[1:2] == ["--svg"]:
        with open(arguments[2], "w", encoding="utf-8") as file:
            file.write(svg(drawn))


if __name__ == "__main__":
    main(sys.argv[1:])
