"""Horizontal bars with the spread of their rounds, as SVG. The same input gives the same bytes.

    bars("Requests a second", "1/s", [Bar("Limpet", 21000, 20000, 22000, ours=True), Bar("peer", 9000)])
"""
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH = 760
LABELS = 250  # room for the names, at the left
VALUES = 120  # room for the numbers, at the right
ROW = 26
BAR = 16
TOP = 44
FONT = "font-family='ui-sans-serif,Helvetica,Arial,sans-serif'"
OURS, OTHERS, SPREAD, TEXT, QUIET = "#0f766e", "#94a3b8", "#1e293b", "#0f172a", "#475569"


@dataclass(frozen=True)
class Bar:
    """One row: the length of the bar, and from where to where its rounds went, if there were several."""
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    ours: bool = False


def number(value):
    """Three digits that count, thousands with a thin space: 21 400, 1.85, 0.023."""
    if value == 0:
        return "0"
    rounded = round(value, 2 - floor(log10(abs(value))))
    decimals = max(0, 2 - floor(log10(abs(rounded))))
    if rounded >= 1000:
        return f"{rounded:,.0f}".replace(",", "\u2009")
    return f"{rounded:.{decimals}f}"


def bars(title, unit, rows, note=""):
    """An SVG image; `note` is a line below the bars, such as which way is better."""
    if not rows:
        raise ValueError("a chart needs a row")
    longest = max([row.value for row in rows] + [row.high for row in rows if row.high is not None]) or 1
    scale = (WIDTH - LABELS - VALUES) / longest
    height = TOP + ROW * len(rows) + (26 if note else 10)
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}'"
        f" viewBox='0 0 {WIDTH} {height}' role='img' {FONT} font-size='13'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{WIDTH}' height='{height}' rx='6' fill='#ffffff'/>",
        f"<text x='16' y='26' font-size='15' font-weight='600' fill='{TEXT}'>{escape(title)}</text>",
    ]
    for index, row in enumerate(rows):
        lines += _row(row, TOP + ROW * index, scale, unit)
    if note:
        lines.append(f"<text x='16' y='{height - 10}' font-size='11' fill='{QUIET}'>{escape(note)}</text>")
    return "\n".join(lines + ["</svg>"]) + "\n"


def _row(row, top, scale, unit):
    """The name, the bar, the whisker, and the number behind whatever reaches further."""
    middle = top + ROW / 2
    weight = " font-weight='600'" if row.ours else ""
    end = LABELS + row.value * scale
    lines = [
        f"<text x='{LABELS - 8}' y='{middle + 4.5:.1f}' text-anchor='end' fill='{TEXT}'{weight}>{escape(row.label)}</text>",
        f"<rect x='{LABELS}' y='{middle - BAR / 2:.1f}' width='{max(1.0, row.value * scale):.1f}' height='{BAR}'"
        f" fill='{OURS if row.ours else OTHERS}'/>",
    ]
    if row.low is not None and row.high is not None and row.high > row.low:
        left, right = LABELS + row.low * scale, LABELS + row.high * scale
        lines.append(
            f"<path d='M{left:.1f} {middle:.1f}H{right:.1f}M{left:.1f} {middle - 4:.1f}v8M{right:.1f} {middle - 4:.1f}v8'"
            f" stroke='{SPREAD}' fill='none'/>")
        end = max(end, right)
    lines.append(
        f"<text x='{end + 8:.1f}' y='{middle + 4.5:.1f}' fill='{TEXT}'{weight}>{escape(number(row.value))} {escape(unit)}</text>")
    return lines
