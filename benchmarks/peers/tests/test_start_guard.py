"""The verdict of benchmarks/start-guard."""
import importlib.machinery
import importlib.util
import unittest

from peers.bench import ROOT


def guard():
    """The script as a module."""
    loader = importlib.machinery.SourceFileLoader("start_guard", str(ROOT / "benchmarks" / "start-guard"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("start_guard", loader))
    loader.exec_module(module)
    return module


class VerdictOfAStart(unittest.TestCase):
    def setUp(self):
        self.guard = guard()
        self.guard.BASELINES = {"node": (2.0, 80)}

    def test_what_is_as_it_was_is_green(self):
        self.assertEqual(self.guard.verdict("node", 2.5, 88), [])

    def test_more_cpu_and_more_memory_are_named(self):
        self.assertEqual(
            self.guard.verdict("node", 2.51, 88.6),
            ["a start of a node costs 2.51 times its yardstick, more than 2.50", "an idle node has 89 MiB resident, more than 88"])


if __name__ == "__main__":
    unittest.main()
