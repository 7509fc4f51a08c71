"""Tables of what was wanted, beside what it is."""
from charts import number

HEAD = ("| goal | wanted | median | rounds | |", "| --- | --- | ---: | --- | --- |")


def row(words, bound, found, least=False, unit="", digits=4):
    """The lines for one goal: one, or none when no round has the number. `found` is a spread or ratios, whose median shall be at
    most the bound, or at least."""
    if not found:
        return []
    median, low, high = found
    met = median >= bound if least else median <= bound
    wanted = f"at {'least' if least else 'most'} {_said(bound, digits)}{' ' * bool(unit)}{unit}"
    return [f"| {words} | {wanted} | {_said(median, digits)} | {_span(low, high)} | {'reached' if met else '**missed**'} |"]


def told(words, found, unit=""):
    """The lines for what is reported without a bound."""
    if not found:
        return []
    median, low, high = found
    return [f"| {words} | reported{', ' * bool(unit)}{unit} | {_said(median)} | {_span(low, high)} | |"]


def _said(value, digits=4):
    """So many digits that count, and all before the point."""
    return f"{value:.0f}" if abs(value) >= 10 ** digits else f"{value:.{digits}g}"


def _span(low, high):
    """The least and the most of the rounds."""
    low, high = number(low), number(high)
    return low if low == high else f"{low}–{high}"


def table(lines):
    """The table of these rows; nothing where there are none."""
    return [*HEAD, *lines] if lines else []
