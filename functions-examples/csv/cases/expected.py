#!/usr/bin/env python3
"""What csv has to answer, worked out a second time: Python's csv module, fractions, sorted lists.

    expected.py ARGUMENT... < input     prints the answer
    expected.py --write                 writes `expected` of every case that ends well

It shares no code and no method with ../src, is slow, and checks nothing: only what is right by
definition is in it. Sums are exact fractions, rounded once.
"""

import csv
import decimal
import gzip
import io
import json
import math
import re
import sys
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


def number(cell):
    if not NUMBER.fullmatch(cell) or math.isinf(float(cell)):
        return None
    return Fraction(decimal.Decimal(cell.strip()))


def percentile(values, percent):
    values = sorted(values)
    position = (len(values) - 1) * Fraction(percent) / 100
    low = values[math.floor(position)]
    return low + (values[math.ceil(position)] - low) * (position - math.floor(position))


def aggregate(name, rows, numbers):
    if name == "count":
        return Fraction(len(numbers))
    if name == "missing":
        return Fraction(rows - len(numbers))
    if not numbers:
        return None
    if name in ("min", "max", "sum"):
        return Fraction({"min": min, "max": max, "sum": sum}[name](numbers))
    if name == "mean":
        return sum(numbers) / len(numbers)
    return percentile(numbers, "50" if name == "median" else name[1:])


def show(value, digits, counted):
    """The shortest decimal without an exponent, or a fixed number of digits."""
    if value is None:
        return ""
    if digits is not None and not counted:
        text = f"{float(value):.{digits}f}"
        return text.lstrip("-") if not text.strip("-0.") else text
    text = f"{decimal.Decimal(repr(float(value))):f}"
    return text[:-2] if text.endswith(".0") else text


def read(text, separator):
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    return rows[0], rows[1:]


def answer(arguments, texts):
    options = {"format": "csv", "separator": ","}
    wishes = []
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name in ("by", "sort", "limit", "digits", "format", "separator", "file"):
            options[name] = value
        else:
            wishes.append((name, value))
    separator = "\t" if options["separator"] == "tab" else options["separator"]
    tables = [read(text, separator) for text in texts]
    header = tables[0][0]
    rows = [row for _, part in tables for row in part]

    def column(name):
        return header.index(name) if name in header else int(name) - 1

    by = column(options["by"]) if "by" in options else None
    groups = {}
    for row in rows:
        row = row + [""] * (len(header) - len(row))
        groups.setdefault(row[by] if by is not None else "", []).append(row)
    digits = int(options["digits"]) if "digits" in options else None
    wishes = wishes or [("count", "")]
    names = [f"{name}_{header[column(of)]}" if of else name for name, of in wishes]
    table = []
    for key, members in groups.items():
        values = []
        for name, of in wishes:
            if not of:
                values.append(Fraction(len(members)))
                continue
            cells = [number(row[column(of)]) for row in members]
            values.append(aggregate(name, len(members), [c for c in cells if c is not None]))
        table.append((key, values))
    return write(order(table, names, header, by, options), names, wishes, header, by, digits, options)


def order(table, names, header, by, options):
    sort = options.get("sort", "")
    descending = sort.startswith("-")
    name = sort.lstrip("-")
    by_key = not name or by is not None and name == header[by]
    table = sorted(table, key=lambda row: row[0].encode())
    sign = -1 if descending else 1
    if by_key and descending:
        table.reverse()

    def place(row):
        value = number(row[0]) if by_key else row[1][names.index(name)]
        return (1, 0) if value is None else (0, sign * value)

    return sorted(table, key=place)[: int(options.get("limit", len(table)))]


def write(table, names, wishes, header, by, digits, options):
    shown = []
    for key, values in table:
        cells = [
            show(value, digits, not of or name in ("count", "missing"))
            for (name, of), value in zip(wishes, values)
        ]
        shown.append(([key] if by is not None else []) + cells)
    names = ([header[by]] if by is not None else []) + names
    if options["format"] == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([names] + shown)
        return out.getvalue()
    lines = []
    for row in shown:
        pairs = []
        for index, (name, cell) in enumerate(zip(names, row)):
            text = by is not None and index == 0
            pairs.append(json.dumps(name, ensure_ascii=False) + ":")
            pairs[-1] += json.dumps(cell, ensure_ascii=False) if text else cell or "null"
        lines.append("{" + ",".join(pairs) + "}")
    return "[" + ",\n ".join(lines) + "]\n"


def texts_of(case, arguments):
    """The inputs of a case, by the rules of ../../README.md."""
    reference = case / "data-from"
    data = case / "data"
    if reference.exists():
        data = HERE.parent.parent / reference.read_text().strip()
    if data.is_dir():
        packed = "*.gz" if reference.exists() else "*"
        files = {path.name.removesuffix(".gz"): unpacked(path) for path in data.glob(packed)}
        return [text.decode("utf-8-sig") for _, text in chosen(files, arguments)]
    return [unpacked(data if data.exists() else case / "stdin").decode("utf-8-sig")]


def unpacked(path):
    return gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()


def chosen(files, arguments):
    names = [a.partition("=")[2] for a in arguments if a.startswith("file=")]
    return [(n, files[n]) for n in names or sorted(n for n in files if n.endswith(".csv"))]


def main():
    if sys.argv[1:] != ["--write"]:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
        sys.stdout.write(answer(sys.argv[1:], [text]))
        return
    for case in sorted(path for path in HERE.iterdir() if path.is_dir()):
        if not (case / "exit").exists():
            arguments = case / "arguments"
            arguments = arguments.read_text().splitlines() if arguments.exists() else []
            text = answer(arguments, texts_of(case, arguments))
            (case / "expected").write_bytes(text.encode())
            print("wrote", case.name)


if __name__ == "__main__":
    main()
