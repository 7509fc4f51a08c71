"""Medians, the order of turns, the words of the page, what may be written down, and the small formats made here."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import charts
from peers import hello, install, limpet, load, others, page, processes, results, rounds
from peers.catalogue import COMPARISONS
from peers.comparison import Case, Contestant, Metric, NotRun, Settings

RATE = Metric("rps", "requests/s", "/s", "more", "the requests a second", chart=True)
TIME = Metric("p99", "p99", "ms", "less", "the p99")


class Fake:
    """A comparison of two rows, one of which may be missing."""
    NAME, TITLE, ABOUT = "fake", "`fake` work", "What it is."
    CASES = (Case("one", "One case", (RATE, TIME)),)


class Row(Contestant):
    def __init__(self, key, seen, ours=False, numbers=(), missing=""):
        super().__init__(key, key, ours)
        self.seen, self.numbers, self.missing = seen, list(numbers), missing

    def start(self):
        if self.missing:
            raise NotRun(self.missing)
        self.version, self.flags = "1.0", f"{self.key} serve"

    def warm(self, case, seconds):
        self.seen.append(f"warm {self.key}")

    def measure(self, case, seconds):
        self.seen.append(self.key)
        if not self.numbers:
            raise RuntimeError(f"{self.key} has no numbers left")
        return self.numbers.pop(0)

    def stop(self):
        self.seen.append(f"stop {self.key}")


def turns(*pairs):
    return [{"rps": rps, "p99": p99} for rps, p99 in pairs]


def result(ours, theirs):
    """A result of the fake comparison, as it is committed."""
    return {
        "comparison": "fake", "date": "2026-01-02", "rounds": len(ours), "secondsARow": 3, "othersCores": 0.1,
        "machine": {"cores": 2, "cpu": "A CPU", "memoryMiB": 4096, "kernel": "Linux 6.1", "system": "A Linux"},
        "contestants": [
            {"key": "limpet", "title": "Limpet", "ours": True, "version": "0.1", "flags": "limpet node"},
            {"key": "peer", "title": "peer", "ours": False, "version": "48", "flags": "peer serve"}],
        "notRun": [{"title": "other", "reason": "other-1 needs cargo, which is not installed"}],
        "cases": {"one": {"limpet": ours, "peer": theirs}},
    }


class Rounds(unittest.TestCase):
    def test_every_contestant_has_each_place_of_a_round_equally_often(self):
        names = ["a", "b", "c"]
        places = [rounds.order(names, turn).index("b") for turn in range(6)]
        self.assertEqual(sorted(places), [0, 0, 1, 1, 2, 2])

    def test_a_spread_is_the_median_with_the_least_and_the_most(self):
        self.assertEqual(rounds.spread([5, 1, None, 3]), (3, 1, 5))
        self.assertIsNone(rounds.spread([None]))

    def test_a_ratio_is_made_round_by_round(self):
        # The second round was slow for both: the ratio does not see it.
        self.assertEqual(rounds.ratios([20, 10, 22], [10, 5, 11]), (2, 2, 2))
        self.assertEqual(rounds.differences([3, 9], [1, 6]), (2.5, 2, 3))

    def test_contestants_take_turns_and_a_missing_one_is_told_with_its_reason(self):
        seen = []
        rows = [Row("limpet", seen, ours=True, numbers=turns((1, 1), (2, 2))),
                Row("gone", seen, missing="gone-1 is not there"),
                Row("peer", seen, numbers=turns((3, 3), (4, 4)))]
        ran, missing, values = rounds.run(Fake, rows, Settings(rounds=2))
        self.assertEqual([one.key for one in ran], ["limpet", "peer"])
        self.assertEqual(missing, [{"title": "gone", "reason": "gone-1 is not there"}])
        self.assertEqual([name for name in seen if name in ("limpet", "peer")], ["limpet", "peer", "peer", "limpet"])
        self.assertEqual(values["one"]["peer"], turns((3, 3), (4, 4)))
        self.assertIn("stop limpet", seen)
        self.assertIn("stop gone", seen)

    def test_a_peer_that_breaks_off_leaves_with_its_reason_and_the_others_go_on(self):
        rows = [Row("limpet", [], ours=True, numbers=turns((1, 1), (2, 2))), Row("peer", [], numbers=turns((3, 3)))]
        ran, missing, values = rounds.run(Fake, rows, Settings(rounds=2))
        self.assertEqual([one.key for one in ran], ["limpet"])
        self.assertEqual(missing, [{"title": "peer", "reason": "broke off: peer has no numbers left"}])
        self.assertEqual(values, {"one": {"limpet": turns((1, 1), (2, 2))}})

    def test_limpet_that_breaks_off_ends_the_comparison_and_all_stop(self):
        seen = []
        rows = [Row("limpet", seen, ours=True), Row("peer", seen, numbers=turns((3, 3)))]
        with self.assertRaisesRegex(RuntimeError, "limpet has no numbers left"):
            rounds.run(Fake, rows, Settings(rounds=1))
        self.assertEqual(seen[-2:], ["stop peer", "stop limpet"])


class Page(unittest.TestCase):
    def section(self, ours, theirs):
        return page.section(Fake, result(ours, theirs))

    def test_wins_losses_and_draws_are_said_alike(self):
        text = self.section(turns((200, 9), (220, 11)), turns((100, 3), (100, 4)))
        self.assertIn("- peer: better by 2.10x in the requests a second (2.00–2.20); "
                      "worse by 2.88x in the p99 (2.75–3.00).", text)
        text = self.section(turns((90, 5), (120, 5)), turns((100, 5), (100, 5)))
        self.assertIn("level in the requests a second (1.05, of 0.900–1.20), in the p99 (1.00).", text)

    def test_a_table_has_medians_with_their_spread_and_names_what_did_not_run(self):
        text = self.section(turns((200, 9), (220, 11), (210, 10)), turns((100, 3), (100, 3), (100, 3)))
        self.assertIn("| **Limpet** | 210 (200–220) | 10.0 (9.00–11.0) |", text)
        self.assertIn("| peer | 100 | 3.00 |", text)
        self.assertIn("| other | not run | other-1 needs cargo, which is not installed |", text)
        self.assertIn("2026-01-02, 3 rounds; 2 cores of A CPU, 4 GiB", text)
        self.assertNotIn("Other work ran", text)

    def test_a_busy_machine_is_told(self):
        busy = result(turns((1, 1)), turns((1, 1)))
        busy["othersCores"] = 1.26
        self.assertIn("**Other work ran on the machine** (1.3 cores, before or after)", page.section(Fake, busy))
        busy["othersCores"] = 0.1
        self.assertNotIn("Other work", page.section(Fake, busy))

    def test_an_older_result_tells_by_its_load(self):
        busy = result(turns((1, 1)), turns((1, 1)))
        del busy["othersCores"]
        busy["loadBefore"] = 7.5
        self.assertIn("**Other work ran on the machine** (load 7.5", page.section(Fake, busy))

    def test_what_we_do_ourselves_is_nobody_elses(self):
        machine, own, clock = iter([100.0, 108.0]), iter([10.0, 13.0]), iter([0.0, 4.0])
        self.assertEqual(1.25, others.cores(
            4, clock=lambda: next(clock), wait=lambda _: None, everybody=lambda: next(machine), own=lambda: next(own)))

    def test_waiting_for_the_disk_and_guests_are_no_work_of_a_core(self):
        ticks = others.TICKS
        stat = "cpu  " + " ".join(str(n * ticks) for n in (1, 2, 4, 1000, 2000, 8, 16, 32, 5000, 6000)) + "\ncpu0 1\n"
        self.assertEqual(63, others.busy_seconds(stat))

    def test_a_process_that_works_beside_is_seen(self):
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as beside:
            try:
                self.assertGreater(others.cores(0.5), 0.2)
            finally:
                beside.kill()

    def test_a_comparison_that_was_not_run_says_how(self):
        self.assertIn("Not measured yet: `benchmarks/compare fake`.", page.section(Fake, None))

    def test_the_table_at_the_top_has_the_declared_pairs(self):
        rows = {"limpet-node": turns((200, 9)), "wasmtime-fresh": turns((100, 9)), "workerd-page": turns((400, 9))}
        one = dict(result([1], [1]), comparison="hello", notRun=[], cases={"c16": rows}, contestants=[
            {"key": key, "title": key, "ours": key == "limpet-node", "version": "", "flags": ""} for key in rows])
        text = page.written({"hello": one})[0]
        self.assertIn(f"| {hello.TITLE}: 16 connections | limpet-node | wasmtime-fresh | "
                      "better by 2.00x in the requests a second |", text)
        self.assertIn("| limpet-node | workerd-page | worse by 2.00x in the requests a second |", text)

    def test_the_committed_page_and_charts_are_what_the_results_make(self):
        text, images = page.written()
        self.assertEqual((page.DOCS / "BENCHMARKS.md").read_text(encoding="utf-8"), text,
                         "run benchmarks/compare --page")
        committed = {file.name: file.read_text(encoding="utf-8") for file in (page.DOCS / "charts").glob("compare-*.svg")}
        self.assertEqual(committed, images, "run benchmarks/compare --page")

    def test_committed_results_tell_nothing_of_the_machine_but_what_matters(self):
        for file in results.FOLDER.glob("compare-*.json"):
            results.check(json.loads(file.read_text(encoding="utf-8")))

    def test_the_numbers_of_the_readme_are_those_of_the_page(self):
        text = page.README.read_text(encoding="utf-8")
        self.assertEqual(text, page.readme(text))
        table = text.split(page.README_BEGIN)[1].split(page.README_END)[0]
        for line in table.strip().splitlines():
            self.assertIn(line, (page.DOCS / "BENCHMARKS.md").read_text(encoding="utf-8"))

    def test_other_numbers_change_the_readme(self):
        text = f"before\n{page.README_BEGIN}| old |\n{page.README_END}after\n"
        self.assertEqual(f"before\n{page.README_BEGIN}{page.README_END}after\n", page.readme(text, {}))

    def test_every_comparison_declares_what_the_page_needs(self):
        names = [comparison.NAME for comparison in COMPARISONS]
        self.assertEqual(len(names), len(set(names)))
        for comparison in COMPARISONS:
            self.assertTrue(comparison.TITLE and comparison.ABOUT and comparison.CASES, comparison.NAME)
            keys = [case.key for case in comparison.CASES]
            self.assertEqual(len(keys), len(set(keys)), comparison.NAME)
            for pair in getattr(comparison, "SHORT", ()):
                self.assertEqual(len(pair), 2, comparison.NAME)
            for metric in (metric for case in comparison.CASES for metric in case.metrics):
                self.assertIn(metric.better, ("more", "less", ""), comparison.NAME)


class Workerd(unittest.TestCase):
    def test_a_module_is_named_only_where_there_is_one(self):
        alone, around = (hello.workerd_config(8640, module) for module in (False, True))
        self.assertIn('address = "127.0.0.1:8640"', alone)
        self.assertIn('modules = [(name = "main.mjs", esModule = embed "main.mjs")],', alone)
        self.assertIn('esModule = embed "main.mjs"), (name = "hello.wasm", wasm = embed "hello.wasm")],', around)


class Load(unittest.TestCase):
    def test_a_load_gives_the_result_that_it_says(self):
        self.assertEqual({"peak": 7}, self._of("print('warm'); print('result: {\"peak\": 7}')"))

    def test_a_load_that_fails_or_says_no_result_is_told_with_its_last_words(self):
        with self.assertRaisesRegex(RuntimeError, r"^it ended with 3: result: \{\}\n$"):
            self._of("print('result: {}'); raise SystemExit(3)")
        with self.assertRaisesRegex(RuntimeError, "^it ended with 0: no result\n$"):
            self._of("print('no result')")

    @staticmethod
    def _of(code):
        return load.result_of("it", [sys.executable, "-c", code], 60)


class Results(unittest.TestCase):
    def test_a_path_of_the_machine_is_not_written(self):
        bad = result(turns((1, 1)), turns((1, 1)))
        bad["contestants"][0]["flags"] = "serve --dir=" + "/ho" + "me/someone/data"
        with self.assertRaises(ValueError):
            results.check(bad)

    def test_urls_and_rates_are_no_paths(self):
        good = result(turns((1, 1)), turns((1, 1)))
        good["notRun"][0]["reason"] = "GET http://127.0.0.1:8640/v1/nodes answered 503; 3 MB/s, 1/s"
        results.check(good)

    def test_a_path_in_a_reason_is_left_out(self):
        reason = "broke off: cannot open " + "/ho" + "me/someone/data: no such file"
        gathered = results.gathered(Fake, [], [{"title": "peer", "reason": reason}], {}, Settings(), 0)
        self.assertEqual(gathered["notRun"][0]["reason"], "broke off: cannot open …/data: no such file")
        results.check(gathered)

    def test_what_is_written_is_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            written = result(turns((1.5, 2)), turns((3, 4)))
            results.write(written, Path(folder))
            self.assertEqual(results.read(Fake, Path(folder)), written)


class Installing(unittest.TestCase):
    def test_a_peer_that_cannot_be_had_is_not_run_with_a_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(NotRun, "kubo-.* is not installed, and this run installs nothing"):
                install.Peers(install=False, folder=folder).kubo()
            peers = install.Peers(folder=folder)
            with self.assertRaisesRegex(NotRun, "thing-1 needs no-such-tool, which is not installed"):
                peers._made("thing-1", "thing", "no-such-tool", lambda into: [], "")

    def test_a_failed_installation_is_tried_once_and_a_good_one_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            peers = install.Peers(folder=folder)
            for _ in range(2):
                with self.assertRaisesRegex(NotRun, "could not be installed: sh -c ended with 3"):
                    peers._made("bad-1", "bad", "sh", lambda into: [["sh", "-c", "echo x >> ../tries; exit 3"]], "")
            self.assertEqual((Path(folder) / "tries").read_text(encoding="ascii"), "x\n")
            for _ in range(2):
                made = peers._made("good-1", "good", "sh", lambda into: [["sh", "-c", "echo x >> good"]], "")
            self.assertEqual(made.read_text(encoding="ascii"), "x\n")


@unittest.skipUnless(Path("/proc/self/stat").exists(), "reads /proc")
class Processes(unittest.TestCase):
    def test_cpu_and_memory_are_of_the_whole_tree(self):
        with tempfile.TemporaryDirectory() as folder:
            burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; echo burnt; sleep 30"
            server = processes.Server("burner", ["sh", "-c", f"sh -c '{burn}' & wait"], folder)
            try:
                server.wait_ready(lambda it: "burnt" in it.text())
                self.assertGreater(len(processes.tree(server.pid)), 1)
                self.assertGreater(server.cpu_seconds(), 0)
                self.assertGreater(server.resident_mib(), 0.1)
            finally:
                members = processes.tree(server.pid)
                server.stop()
            deadline = time.monotonic() + 10
            while any(processes._stat(pid) for pid in members) and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertEqual([pid for pid in members if processes._stat(pid)], [])

    def test_what_is_started_on_some_cores_stays_there_and_we_do_not(self):
        ours = os.sched_getaffinity(0)
        one = {min(ours)}
        with processes.on_cores(one):
            there = processes.run([sys.executable, "-c", "import os; print(os.sched_getaffinity(0))"]).output
        self.assertEqual(str(one), there.decode().strip())
        self.assertEqual(ours, os.sched_getaffinity(0))
        with processes.on_cores(None):
            self.assertEqual(ours, os.sched_getaffinity(0))

    @unittest.skipUnless(hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1, "has one core")
    def test_servers_and_callers_have_no_core_together(self):
        servers, callers = processes.split_cores()
        self.assertEqual(os.sched_getaffinity(0), servers | callers)
        self.assertEqual(set(), servers & callers)
        self.assertEqual(1, len(callers))

    def test_a_server_says_its_url_on_a_line_of_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            said = "echo not ready http://127.0.0.1:1; echo ready http://127.0.0.1:2; sleep 60"
            server = processes.Server("said", ["sh", "-c", said], folder)
            try:
                server.wait_url()
                self.assertEqual("http://127.0.0.1:2", server.url)
            finally:
                server.stop()

    def test_a_server_that_ends_instead_of_serving_is_not_run_with_its_last_words(self):
        with tempfile.TemporaryDirectory() as folder:
            server = processes.Server("broken", ["sh", "-c", "echo no such option; exit 2"], folder)
            with self.assertRaisesRegex(NotRun, "broken ended with 2: no such option"):
                server.wait_ready(lambda _: False)
            server.stop()

    def test_the_most_memory_of_a_command_is_its_own(self):
        most = processes.peak_mib([sys.executable, "-I", "-S", "-c", "bytearray(64 << 20)"])
        self.assertGreater(most, 64)
        self.assertLess(most, 96)
        self.assertIsNone(processes.peak_mib(["/bin/sh", "-c", "exit 0"]))
        with self.assertRaisesRegex(RuntimeError, "sh ended with 3"):
            processes.peak_mib(["/bin/sh", "-c", "exit 3"])

    def test_a_command_has_its_output_and_a_failed_one_raises(self):
        self.assertEqual(processes.run(["sh", "-c", "echo hi"]).output, b"hi\n")
        with self.assertRaisesRegex(RuntimeError, "sh ended with 4: sorry"):
            processes.run(["sh", "-c", "echo sorry >&2; exit 4"])


class Formats(unittest.TestCase):
    def test_the_options_of_a_gateway_are_those_of_the_command(self):
        options = limpet.gateway_java_options()
        for beginning in ("-Xmx", "-Xmn", "--enable-native-access"):
            self.assertEqual(1, sum(option.startswith(beginning) for option in options), options)
        self.assertFalse([option for option in options if "$" in option or "#" in option], options)

    def test_a_numbered_invocation_is_the_header_of_each_id(self):
        said = {"execution": "x-" + "a" * 26, "function": "f", "timeoutMs": 1}
        before, groups, after = limpet.numbered(said)
        self.assertEqual(before + groups[4:8] + groups[-4:] + after,
                         limpet.header({**said, "execution": "x-" + "a" * 20 + "aab" + "777"}))

    @unittest.skipUnless(shutil.which("node"), "needs Node.js")
    def test_the_module_of_one_page_says_where_its_text_stands(self):
        script = ("const b=require('fs').readFileSync(0);const i=new WebAssembly.Instance(new WebAssembly.Module(b)).exports;"
                  "const p=i.hello();process.stdout.write(Buffer.from(i.memory.buffer,p>>>16,p&65535))")
        with tempfile.TemporaryFile() as module:
            module.write(hello.page_module(hello.TEXT))
            module.seek(0)
            self.assertEqual(processes.run(["node", "-e", script], stdin=module).output, hello.TEXT)

    def test_numbers_have_three_digits_that_count(self):
        said = [charts.number(value) for value in (0, 0.02344, 1.849, 9.999, 99.96, 999.9, 21437)]
        self.assertEqual(said, ["0", "0.0234", "1.85", "10.0", "100", "1\u2009000", "21\u2009400"])

    def test_a_chart_is_the_same_bytes_for_the_same_rows(self):
        rows = [charts.Bar("Limpet <1>", 10, 8, 12, ours=True), charts.Bar("peer", 5)]
        image = charts.bars("title & more", "/s", rows, "note")
        self.assertEqual(image, charts.bars("title & more", "/s", rows, "note"))
        self.assertIn("Limpet &lt;1&gt;", image)
        self.assertIn("title &amp; more", image)


if __name__ == "__main__":
    unittest.main()
