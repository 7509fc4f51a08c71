"""What is kept of a run of JMH, and the verdict of the soak."""
import importlib.machinery
import importlib.util
import unittest

import jmh_results
from peers.bench import ROOT


def raw(name, function, score, error="NaN"):
    return {
        "benchmark": f"dev.limpet.benchmarks.{name}", "params": {"function": function}, "threads": 1,
        "primaryMetric": {"score": score, "scoreError": error, "scoreUnit": "us/op", "rawData": [[score, score]]},
        "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 1234.56}}}


def soak():
    """The script as a module."""
    loader = importlib.machinery.SourceFileLoader("soak", str(ROOT / ".ci" / "soak"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("soak", loader))
    loader.exec_module(module)
    return module


class KeptOfARun(unittest.TestCase):
    def test_a_row_has_five_digits_and_no_number_that_json_has_not(self):
        row = jmh_results.row(raw("EndToEndBench.oneCaller", "hello", 123.456789))
        self.assertEqual((row["benchmark"], row["score"], row["error"], row["bytes"]), ("EndToEndBench.oneCaller", 123.46, 0, 1234.6))

    def test_a_chart_has_the_wanted_rows_and_is_the_same_each_time(self):
        kept = {"machine": {"cores": 2}, "othersCores": 0.1, "results": [jmh_results.row(raw("SandboxBench.run", "hello", 5.0, 0.5)),
            jmh_results.row(raw("EndToEndBench.oneCaller", "csv", 7.0, 0.5))]}
        chart = jmh_results.CHARTS["jmh-time-sandbox"]
        image = jmh_results.chart(kept, *chart)
        self.assertEqual(image, jmh_results.chart(kept, *chart))
        self.assertIn("hello", image)
        self.assertNotIn("csv", image)
        self.assertNotIn("Other work", image)

    def test_a_chart_says_that_other_work_ran(self):
        kept = jmh_results.gathered(
            [{**raw("SandboxBench.run", "hello", 5.0), "vmName": "a", "vmVersion": "1", "jmhVersion": "1"}], 1.234)
        self.assertEqual(kept["othersCores"], 1.23)
        kept["machine"]["cores"] = 2
        image = jmh_results.chart(kept, *jmh_results.CHARTS["jmh-time-sandbox"])
        self.assertIn("Other work ran (1.2 cores, before or after).", image)


class VerdictOfTheSoak(unittest.TestCase):
    def setUp(self):
        self.soak = soak()

    def flat(self, resource, values):
        return self.soak.verdict("node-1", resource, values)[1]

    def test_what_stays_or_swings_is_flat_and_what_rises_is_not(self):
        self.assertTrue(self.flat("threads", [40, 44] * 50))
        self.assertTrue(self.flat("memory", [100] * 10 + [500] * 90))
        self.assertFalse(self.flat("memory", [200 + 2 * i for i in range(100)]))
        self.assertFalse(self.flat("descriptors", [100 + i for i in range(100)]))

    def test_disk_may_grow_within_its_bound_only(self):
        bound = self.soak.BOUNDS["node-1"][0]
        self.assertTrue(self.flat("disk", [bound * i / 100 for i in range(100)]))
        self.assertFalse(self.flat("disk", [2 * bound * i / 100 for i in range(100)]))

    def test_a_run_too_short_is_not_flat(self):
        self.assertFalse(self.flat("threads", [40] * 9))

    def test_the_small_formats_are_those_of_ipfs(self):
        cid, car = self.soak.block_car(b"")
        self.assertEqual(cid, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
        self.assertEqual(car[0] + 1 + 1 + 36, len(car))


if __name__ == "__main__":
    unittest.main()
