"""Runs a comparison: all contestants up, warmed, and measured in alternation; and what the rounds say together."""
import sys
import time
from contextlib import ExitStack
from statistics import median

from .comparison import NotRun


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def order(contestants, turn):
    """Everyone is first, second, … equally often, so that what the one before leaves behind hits all alike."""
    shift = turn % len(contestants)
    return contestants[shift:] + contestants[:shift]


def run(comparison, contestants, settings):
    """The contestants that ran, the reasons of those that did not, and {case: {contestant: [numbers of a
    round, …]}}."""
    ran, missing = [], []
    with ExitStack() as stack:
        for contestant in contestants:
            say(f"{comparison.NAME}: starting {contestant.title}")
            stack.callback(contestant.stop)
            try:
                contestant.start()
                ran.append(contestant)
            except NotRun as reason:
                missing.append({"title": contestant.title, "reason": str(reason)})
                say(f"{comparison.NAME}: not run: {contestant.title}: {reason}")
                contestant.stop()
        if not ran:
            raise NotRun(f"none of the contestants of {comparison.NAME} ran")
        for case in comparison.CASES:
            for contestant in list(ran):
                say(f"{comparison.NAME}, {case.title}: warming {contestant.title}")
                _or_leave(contestant, ran, missing, contestant.warm, case, settings.warm_seconds)
        values = _rounds(comparison, ran, missing, settings)
        return ran, missing, {
            case: {one.key: rows[one.key] for one in ran} for case, rows in values.items()}


def _or_leave(contestant, ran, missing, work, case, seconds):
    """A peer that breaks off leaves the comparison, with the reason; Limpet that breaks off ends it."""
    try:
        return work(case, seconds)
    except RuntimeError as reason:
        if contestant.ours:
            raise
        say(f"leaves the comparison: {contestant.title}: {reason}")
        ran.remove(contestant)
        missing.append({"title": contestant.title, "reason": f"broke off: {reason}"})
        return None


def _rounds(comparison, ran, missing, settings):
    values = {case.key: {one.key: [] for one in ran} for case in comparison.CASES}
    for turn in range(settings.rounds):
        began = time.monotonic()
        for number, case in enumerate(comparison.CASES):
            for contestant in order(list(ran), turn + number):
                measured = _or_leave(contestant, ran, missing, contestant.measure, case, settings.seconds)
                if measured is not None:
                    values[case.key][contestant.key].append(measured)
        say(f"{comparison.NAME}: round {turn + 1} of {settings.rounds}, {time.monotonic() - began:.0f} s")
    return values


def of_rounds(result, case, contestant, metric):
    """What a contestant has in each round of a case, by their keys; None where a round lacks it."""
    return [turn.get(metric) for turn in result["cases"].get(case, {}).get(contestant, [])]


def spread(numbers):
    """(median, least, most) of the rounds that have the number; None when none has."""
    known = [number for number in numbers if number is not None]
    return (median(known), min(known), max(known)) if known else None


def ratios(ours, theirs):
    """(median, least, most) of ours divided by theirs, round by round: what shook both in a round cancels out."""
    return spread([a / b for a, b in zip(ours, theirs) if a is not None and b])


def differences(ours, theirs):
    """(median, least, most) of ours less theirs, round by round."""
    return spread([a - b for a, b in zip(ours, theirs) if a is not None and b is not None])
