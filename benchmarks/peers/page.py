"""docs/BENCHMARKS.md and its charts, made wholly from benchmarks/results/compare-*.json."""
from charts import Bar, bars, number

from . import results
from .bench import ROOT
from .catalogue import COMPARISONS
from .rounds import ratios, spread

DOCS = ROOT / "docs"
README = ROOT / "README.md"
README_BEGIN = "<!-- benchmarks/compare writes from here -->\n"
README_END = "<!-- to here -->\n"
README_COMPARISONS = {"hello", "kernels", "kubo", "stream"}
MAX_OTHERS_SHARE = 0.1  # of the cores; what others use beyond it shows in our numbers
LEVEL = 1.03  # a ratio that is nearer to one than this is called level, however steady it is
HEAD = """\
<!-- Made by benchmarks/compare from benchmarks/results/compare-*.json; do not edit. -->
# Benchmarks: Limpet beside its peers

Each section is one comparison: the same work, on the same machine, in the same minutes. All contestants of a comparison are
up at the same time and measured in turn, each round in another order; a number is the median of the rounds, and in brackets
stand the least and the most. A ratio is made round by round, so that what slowed a whole round down cancels out.
*Better* and *worse* are said only where all rounds agree and the difference is more than 3 %. Else it is *level*, which says no
more than that: the rounds may disagree widely. In brackets behind it stand ours divided by theirs, the median of the rounds and their
least and most. A table of goals has one verdict only: it is reached when the median is, for a ratio the median of the rounds' ratios,
however they spread. Compare rows of one table with each other; other machines have other numbers.

`benchmarks/compare [NAME…]` installs the peers, measures, and writes this page; a section changes only when its comparison is
run again (benchmarks/README.md).
"""


def written(found=None):
    """(text of the page, {file name of a chart: SVG}) of {NAME: result}; what is committed by default."""
    found = found if found is not None else {one.NAME: results.read(one) for one in COMPARISONS}
    text, charts = [HEAD, *_short(found)], {}
    for comparison in COMPARISONS:
        text.append(_section(comparison, found.get(comparison.NAME), charts))
    return "\n".join(text), charts


def write():
    """Writes the page and its charts; charts that no section has go."""
    text, charts = written()
    folder = DOCS / "charts"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("compare-*.svg"):
        if old.name not in charts:
            old.unlink()
    for name, image in charts.items():
        (folder / name).write_text(image, encoding="utf-8")
    (DOCS / "BENCHMARKS.md").write_text(text, encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")


def readme(text, found=None):
    """The same README with the numbers of the comparisons that want to stand in it."""
    found = found if found is not None else {one.NAME: results.read(one) for one in COMPARISONS}
    table = _short({name: result for name, result in found.items() if name in README_COMPARISONS})
    before, rest = text.split(README_BEGIN)
    return before + README_BEGIN + "".join(table) + README_END + rest.split(README_END)[1]


def _short(found):
    """The table at the top: the pairs that a comparison declares, by the metrics that have bars."""
    lines = []
    for comparison in COMPARISONS:
        result = found.get(comparison.NAME)
        for case in comparison.CASES if result else ():
            titles, rows = {one["key"]: one["title"] for one in result["contestants"]}, result["cases"].get(case.key, {})
            named = [metric for metric in case.metrics if metric.chart and metric.says and metric.better]
            for ours, peer in getattr(comparison, "SHORT", ()):
                words = verdicts(named, rows[ours], rows[peer]) if rows.get(ours) and rows.get(peer) else ""
                if words:
                    lines.append(f"| {comparison.TITLE}: {case.title} | {titles[ours]} | {titles[peer]} | {words} |")
    return ["| work | Limpet | against | Limpet is |\n| --- | --- | --- | --- |\n" + "\n".join(lines) + "\n"] if lines else []


def section(comparison, result):
    """One section, without its charts."""
    return _section(comparison, result, {})


def _section(comparison, result, charts):
    lines = [f"## {comparison.TITLE}", "", comparison.ABOUT.strip(), ""]
    if result is None:
        program = getattr(comparison, "RUN_BY", f"benchmarks/compare {comparison.NAME}")
        return "\n".join([*lines, f"Not measured yet: `{program}`.", ""])
    lines += [_circumstances(result), ""]
    for case in comparison.CASES:
        rows = result["cases"].get(case.key)
        if rows and any(rows.values()):
            lines += _case(comparison, case, result, rows, charts)
    if hasattr(comparison, "remarks"):
        lines += [*comparison.remarks(result), ""]
    lines += ["| contestant | version | options |", "| --- | --- | --- |"]
    lines += [f"| {one['title']} | {one['version']} | {_code(one['flags'])} |" for one in result["contestants"]]
    lines += [f"| {one['title']} | not run | {one['reason']} |" for one in result["notRun"]]
    return "\n".join([*lines, ""])


def _circumstances(result):
    it = result["machine"]
    text = (f"{result['date']}, {_rounds(result['rounds'])}; {it['cores']} cores of {it['cpu']}, {it['memoryMiB'] / 1024:.0f} GiB,"
            f" {it['system']}, {it['kernel']}.")
    others = busy_with_others(result)
    if others:
        text += f" **Other work ran on the machine** ({others}): these numbers are for trying only."
    return text


def busy_with_others(result):
    """What else ran, in words; None when it was next to nothing. Older results know the load average alone."""
    cores = result["machine"]["cores"]
    if "othersCores" in result:
        busy = result["othersCores"]
        return f"{busy:.1f} cores, before or after" if busy > MAX_OTHERS_SHARE * cores else None
    load = result["loadBefore"]
    return f"load {load:.1f} before it began" if load > cores / 2 else None


def _case(comparison, case, result, rows, charts):
    there = [one for one in result["contestants"] if rows.get(one["key"])]
    metrics = [metric for metric in case.metrics if any(_values(rows, one, metric) for one in there)]
    lines = [f"### {case.title}", ""]
    for metric in metrics:
        if metric.chart:
            name = f"compare-{comparison.NAME}-{case.key}-{metric.key}.svg"
            title = f"{_plain(comparison.TITLE)}, {case.title}: {metric.title}"
            charts[name] = _chart(title, metric, there, rows, result["rounds"])
            lines += [f"![{title}](charts/{name})", ""]
    lines += ["| | " + " | ".join(_column(metric) for metric in metrics) + " |", "| --- |" + " ---: |" * len(metrics)]
    for one in there:
        title = f"**{one['title']}**" if one["ours"] else one["title"]
        lines.append(f"| {title} | " + " | ".join(_cell(_values(rows, one, metric)) for metric in metrics) + " |")
    return [*lines, "", *_sentences(metrics, there, rows)]


def _values(rows, one, metric):
    return [turn[metric.key] for turn in rows[one["key"]] if turn.get(metric.key) is not None]


def _column(metric):
    return f"{metric.title}, {metric.unit}" if metric.unit and not metric.title.endswith(metric.unit) else metric.title


def _cell(values):
    found = spread(values)
    if found is None:
        return ""
    middle, low, high = (number(value) for value in found)
    return middle if low == high else f"{middle} ({low}–{high})"


def _chart(title, metric, there, rows, rounds):
    found = [(one, spread(_values(rows, one, metric))) for one in there]
    way = {"more": "longer is better", "less": "shorter is better", "": ""}[metric.better]
    return bars(
        title, metric.unit, [Bar(one["title"], *values, ours=one["ours"]) for one, values in found if values],
        "; ".join(part for part in (way, f"median of {_rounds(rounds)}, from the least to the most") if part))


def _rounds(count):
    return "1 round" if count == 1 else f"{count} rounds"


def _sentences(metrics, there, rows):
    """What the numbers say, for each row of Limpet against each peer."""
    lines = []
    named = [metric for metric in metrics if metric.says and metric.better]
    for ours in (one for one in there if one["ours"]):
        against = []
        for peer in (one for one in there if not one["ours"]):
            words = verdicts(named, rows[ours["key"]], rows[peer["key"]])
            if words:
                against.append(f"- {peer['title']}: {words}.")
        if against:
            lines += [f"{ours['title']}, against", "", *against, ""]
    return lines


def verdicts(metrics, ours, theirs):
    """"better by 2.4x in … (2.2–2.6); level in … (1.02, of 0.9–1.3); worse by 1.3x in … (1.2–1.4)"."""
    said = {"better": [], "level": [], "worse": []}
    for metric in metrics:
        found = ratios([turn.get(metric.key) for turn in ours], [turn.get(metric.key) for turn in theirs])
        if found is None or found[1] <= 0:
            continue
        gain = found if metric.better == "more" else (1 / found[0], 1 / found[2], 1 / found[1])
        if gain[1] > 1 and gain[0] >= LEVEL:
            said["better"].append(f"by {number(gain[0])}x in {metric.says}{_span(gain[1], gain[2])}")
        elif gain[2] < 1 and gain[0] <= 1 / LEVEL:
            said["worse"].append(f"by {number(1 / gain[0])}x in {metric.says}{_span(1 / gain[2], 1 / gain[1])}")
        else:
            said["level"].append(f"in {metric.says}{_level(*found)}")
    return "; ".join(f"{word} " + ", ".join(parts) for word, parts in said.items() if parts)


def _span(low, high):
    low, high = number(low), number(high)
    return "" if low == high else f" ({low}–{high})"


def _level(middle, low, high):
    middle, low, high = number(middle), number(low), number(high)
    return f" ({middle})" if low == high else f" ({middle}, of {low}–{high})"


def _code(text):
    return f"`{text}`" if text else ""


def _plain(text):
    return text.replace("`", "")
