"""What a comparison declares: cases, metrics, contestants.

A comparison is a module of this package, listed in catalogue.py, with

    NAME = "hello"                 # compare-hello.json, a section of docs/BENCHMARKS.md
    TITLE = "hello over HTTP"
    ABOUT = "What is asked of whom, how, and what is not the same."   # Markdown
    CASES = (Case(...), ...)
    RUN_BY = "benchmarks/many"     # optional: the program that measures it; benchmarks/compare does so with --quick alone
    SHORT = (("limpet", "peer"),)  # optional: keys of pairs for the table at the top of the page
    def contestants(bench):        # -> [Contestant, ...], those of Limpet first

and, where a table does not say it all,

    def remarks(result):           # -> [line of Markdown, ...] below the tables

`bench` is a Bench: the settings of this run, a
folder that is thrown away, and whatever has to be installed or built.
"""
from dataclasses import dataclass


class NotRun(Exception):
    """A contestant cannot be had or does not start; the text says why and stands on the page."""


@dataclass(frozen=True)
class Metric:
    """One number of a round. `better` is "more", "less", or "" where neither is; `says` is how a sentence
    names it ("requests a second"); only metrics with `says` get sentences, only those with `chart` bars."""
    key: str
    title: str
    unit: str
    better: str
    says: str = ""
    chart: bool = False


@dataclass(frozen=True)
class Case:
    """One table: the same work for all contestants. Every metric may be missing in a round (None)."""
    key: str
    title: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True)
class Settings:
    """How much is measured: rounds, seconds of one row, seconds before the first round, and whether what is
    missing gets installed."""
    rounds: int = 5
    seconds: float = 3.0
    warm_seconds: float = 4.0
    install: bool = True


class Contestant:
    """One row of each table. Subclasses start what they need in `start`, which may raise NotRun, and undo it in
    `stop`, which is called also when `start` failed halfway. Everyone stays up over all rounds, so that all
    pay the same for the presence of the others."""

    def __init__(self, key, title, ours=False):
        self.key, self.title, self.ours = key, title, ours
        self.version = ""  # as the program itself says it
        self.flags = ""  # the options that matter, without paths of this machine

    def start(self):
        pass

    def warm(self, case, seconds):
        """Work of the same kind that is not measured; by default one measurement."""
        self.measure(case, seconds)

    def measure(self, case, seconds):
        """The numbers of one round: {metric key: number}. None in place of the dictionary: takes no part in
        this case. Wrong answers raise: a comparison counts no errors."""
        raise NotImplementedError

    def stop(self):
        pass
