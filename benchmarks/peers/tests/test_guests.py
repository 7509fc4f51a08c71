"""The guests in C and Rust, the words that pass between them and the comparisons, and the files that are made here."""
import base64
import hashlib
import json
import random
import shutil
import socket
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from peers import hello, interpreters, ipfs, job, kernels, kubo, many, processes, receiving, script, start, stream, unixfs, wasi
from peers.lines import LineServer
from peers.stream import Wire

PIECES = [bytes([number]) * unixfs.LEAF_BYTES for number in range(3)] + [b"end"]
ROOT = "bafybeihi3iqicn23nm3qsehb3b2i3m7oswwajxplm4k66ky6xki2coocq4"  # as Kubo 0.43.0 names that file under unixfs-v1-2025


class Guests(unittest.TestCase):
    def test_modules_are_built_from_the_sources_beside_them(self):
        for folder in (kernels.GUESTS, wasi.MODULES["rust"].parent):
            listed = {}
            for line in (folder / "SOURCES.sha256").read_text(encoding="ascii").splitlines():
                digest, name = line.split()
                listed[name] = digest
                self.assertEqual(hashlib.sha256((folder / name).read_bytes()).hexdigest(), digest, f"{name}: run build.sh")
            there = {path.name for path in folder.iterdir() if path.suffix in (".c", ".rs", ".wasm", ".sh")}
            self.assertEqual(set(listed), there)

    def test_every_kernel_of_the_comparison_is_in_the_source(self):
        source = (kernels.GUESTS / "kernels.c").read_text(encoding="ascii")
        for kernel in (kernels.NOOP, *kernels.REPEATS):
            self.assertIn(f'{{"{kernel}", ', source)


@unittest.skipUnless(shutil.which("node"), "needs Node.js")
class Scripts(unittest.TestCase):
    def said(self, source, runs):
        """What a script answers, run by Node.js; given as a text of base64, which needs no file of a module's kind."""
        asked = ("const m = await import('data:text/javascript;base64,' + process.argv[1]);"
                 "process.stdout.write(m.default({ query: { runs: process.argv[2] } }))")
        text = base64.b64encode(source).decode("ascii")
        return processes.run(["node", "--input-type=module", "-e", asked, text, str(runs)]).output

    def test_every_script_does_its_work_as_often_as_it_is_told(self):
        for name in interpreters.RUNS:
            source = (interpreters.SCRIPTS / f"{name}.js").read_bytes()
            once, nothing = self.said(source, 1), self.said(source, 0)
            self.assertNotEqual(once, nothing, name)
            self.assertEqual(once, self.said(source, 1), name)
        self.assertEqual(self.said((interpreters.SCRIPTS / "fib.js").read_bytes(), 2), b"392836\n")

    def test_the_script_of_hello_says_its_text(self):
        self.assertEqual(self.said(script.SCRIPT.encode("ascii"), 1), script.TEXT)
        self.assertIn(script.TEXT.decode("ascii").strip().replace("\n", "\\n"),
                      (interpreters.HERE / "guests" / "hello-js" / "component.mjs").read_text(encoding="ascii"))


class Goals(unittest.TestCase):
    def test_a_goal_that_is_missed_says_so(self):
        rows = {"limpet-node": [{"geomean": 30}, {"geomean": 24}], "wasmtime": [{"geomean": 10}, {"geomean": 10}]}
        text = "\n".join(interpreters.remarks({"cases": {"quickjs": rows}}))
        self.assertIn("| QuickJS, geometric mean, CPU by that of wasmtime | at most 2.5 | 2.7 | 2.40–3.00 | **missed** |", text)
        rows["wasmtime"] = [{"geomean": 20}, {"geomean": 20}]
        self.assertIn("| at most 2.5 | 1.35 | 1.20–1.50 | reached |", "\n".join(interpreters.remarks({"cases": {"quickjs": rows}})))
        self.assertEqual(interpreters.remarks({"cases": {"quickjs": {"limpet-node": rows["limpet-node"]}}}), [])

    def test_the_goals_of_a_script_are_a_ratio_and_two_times(self):
        cases = {"c16": {"limpet-node": [{"rps": 5000}], "wasmtime": [{"rps": 600}]}, "c1": {"limpet-node": [{"p50": 2.5}]},
                 "deploy": {"limpet-deploy": [{"wall": 1200}]}}
        text = "\n".join(script.remarks({"cases": cases}))
        self.assertIn("in the same round | at least 10 | 8.333 | 8.33 | **missed** |", text)
        self.assertIn("| at most 3 ms | 2.5 | 2.50 | reached |", text)
        self.assertIn("| at most 1000 ms | 1200 | 1\u2009200 | **missed** |", text)


    def test_goals_of_hello_are_ratios_of_the_same_round(self):
        rows = {"limpet-node": [{"rps": 200, "p99": 9}, {"rps": 300, "p99": 10}], "wasmtime-fresh": [{"rps": 100, "p99": 6}, {"rps": 100, "p99": 10}]}
        contestants = [{"key": "limpet-node", "title": "node"}, {"key": "wasmtime-fresh", "title": "wasmtime"}]
        text = "\n".join(hello.remarks({"contestants": contestants, "cases": {"c16": rows}}))
        self.assertIn("| 16 connections: requests a second, node, by wasmtime | at least 2.5 | 2.5 | 2.00–3.00 | reached |", text)
        self.assertIn("| 16 connections: p99, node, by wasmtime | at most 1 | 1.25 | 1.00–1.50 | **missed** |", text)
        self.assertNotIn("64 connections", text)

    def test_a_pipe_with_smaller_pieces_is_not_what_the_gateway_is_judged_by(self):
        rows = {"gateway": [{"cpu": 1.2, "growth": 0}], "pipe": [{"cpu": 1.2}]}
        self.assertNotIn("CPU", "\n".join(stream.remarks({"cases": {"down": rows}})))
        rows["pipe-alike"] = [{"cpu": 0.8}]
        self.assertIn("with its pieces | at most 1.3 | 1.5 | 1.50 | **missed** |", "\n".join(stream.remarks({"cases": {"down": rows}})))

    def test_memory_of_many_modules_is_flat_or_not(self):
        turn = {"minutes": 30, "modules": 1000, "calls": 9, "loaded": 5, "first": 200, "last": 236}
        text = "\n".join(many.remarks({"cases": {"many": {"limpet": [turn]}}}))
        self.assertIn("1000 modules, 30 minutes, no call failed: memory in the last tenth | at most 236 MiB | 236 | 236 | reached |", text)
        text = "\n".join(many.remarks({"cases": {"many": {"limpet": [{**turn, "last": 237}]}}}))
        self.assertIn("| **missed** |", text)

    def test_how_far_adding_is_from_the_floor_is_told(self):
        found = {"contestants": [{"key": "limpet", "title": "node"}, {"key": "kubo", "title": "Kubo"}],
                 "cases": {"post": {"limpet": [{"cpu": 3, "floor": 2}], "kubo": [{"cpu": 5, "floor": 2}]}}}
        text = "\n".join(kubo.remarks(found))
        self.assertIn("by that of SHA-256 alone: node | reported | 1.5 | 1.50 | |", text)
        self.assertIn("by that of SHA-256 alone: Kubo | reported | 2.5 | 2.50 | |", text)
        found["cases"]["post"]["bare"] = [{"cpu": 4, "floor": 2}]
        text = "\n".join(kubo.remarks(found))
        self.assertIn("CPU: the bare store, of Kubo's | reported | 0.8 | 0.800 | |", text)
        self.assertIn("CPU: the node, of the bare store's | reported | 0.75 | 0.750 | |", text)

    def test_memory_is_judged_by_eighty_million_bytes(self):
        rows = {"limpet-node": [{"cpu": 400, "rss": 76, "aged": 77}]}
        text = "\n".join(start.remarks({"cases": {"servers": rows, "commands": {}}}))
        self.assertIn("| a node: resident memory, idle | at most 76.3 MiB (80 MB) | 76 | 76.0 | reached |", text)
        self.assertIn("idle after 10000 requests | at most 76.3 MiB (80 MB) | 77 | 77.0 | **missed** |", text)


class Kubo(unittest.TestCase):
    def test_the_bare_store_keeps_what_it_is_sent_and_names_its_digest(self):
        with tempfile.TemporaryDirectory() as folder:
            sent, kept = Path(folder) / "sent", Path(folder) / "kept"
            sent.write_bytes(random.Random(5).randbytes(3 * unixfs.LEAF_BYTES + 7))
            server = processes.Server("bare", [sys.executable, "-B", Path(receiving.__file__).with_name("bare_store.py"), kept], folder)
            try:
                server.wait_url()
                for _ in range(2):
                    said = receiving.post(server.url, sent, "application/octet-stream").decode("ascii")
                    self.assertEqual(said, receiving.hashing(sent)[1])
                    self.assertEqual(kept.read_bytes(), sent.read_bytes())
            finally:
                server.stop()

    def test_the_options_say_whether_blocks_are_synced(self):
        with tempfile.TemporaryDirectory() as folder:
            blocks = {"type": "flatfs", "mountpoint": "/blocks", "sync": False}
            for spec in ([{"type": "levelds"}, blocks], [{"type": "measure", "child": blocks}]):
                (Path(folder) / "config").write_text(json.dumps({"Datastore": {"Spec": {"mounts": spec}}}), encoding="ascii")
                self.assertEqual(ipfs.datastore(Path(folder)), "flatfs with sync: false")


class Numbers(unittest.TestCase):
    def test_the_mean_of_ratios_is_geometric(self):
        self.assertAlmostEqual(kernels.geomean([1, 4, 16]), 4)

    def test_another_sum_is_another_work(self):
        sums = kernels.Sums()
        sums.check("fib", "00000001", "gcc")
        sums.check("fib", "00000001", "wasmtime")
        with self.assertRaisesRegex(RuntimeError, "fib: V8 says 00000002, gcc says 00000001"):
            sums.check("fib", "00000002", "V8")

    def test_the_hash_of_a_job_is_fnv(self):
        self.assertEqual(job.fnv(b"a", 0), b"af63dc4c8601ec8c\n")  # a vector of FNV-1a
        self.assertNotEqual(job.fnv(b"a", 1), job.fnv(b"a", 0))

    def test_the_text_has_the_asked_size_and_many_words_and_lines(self):
        text = wasi.text(1 << 16)
        self.assertEqual(len(text), 1 << 16)
        self.assertEqual(text, wasi.text(1 << 16))
        self.assertGreater(len(text.split()), 5000)
        self.assertGreater(text.count(b"\n"), 500)


class UnixFs(unittest.TestCase):
    def test_a_file_has_the_root_that_kubo_gives_it(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file"
            self.assertEqual(unixfs.write_file(file, PIECES), ROOT)
            self.assertEqual(file.read_bytes(), b"".join(PIECES))

    def test_a_car_begins_with_its_root_and_has_every_block(self):
        with tempfile.TemporaryDirectory() as folder:
            car = Path(folder) / "car"
            self.assertEqual(unixfs.write_car(car, PIECES), ROOT)
            data = car.read_bytes()
        self.assertTrue(data.startswith(b"\x3a\xa2\x65roots\x81\xd8\x2a\x58\x25\x00\x01\x70\x12\x20"))
        for piece in PIECES:
            self.assertIn(unixfs.cid(unixfs.RAW, piece) + piece[:64], data)

    def test_what_no_round_needs_any_more_is_deleted(self):
        with tempfile.TemporaryDirectory() as folder:
            inputs = kubo.Inputs(Path(folder))
            inputs._leaves = lambda seed: iter([seed.encode("ascii"), b"end"])
            first, root = inputs.file(0)
            self.assertEqual(inputs.file(0), (first, root))
            second, other = inputs.file(1)
            self.assertNotEqual(root, other)
            self.assertEqual([path.exists() for path in (first, second)], [False, True])


class Talk(unittest.TestCase):
    def test_a_line_is_answered_with_a_line(self):
        with tempfile.TemporaryDirectory() as folder:
            server = LineServer("upper", [sys.executable, "-uc", "import sys\nfor line in sys.stdin: print(line.strip().upper())"], folder)
            try:
                self.assertEqual(server.ask("fib 3"), "FIB 3")
                self.assertEqual(server.ask("noop 1"), "NOOP 1")
            finally:
                server.stop()

    def test_a_process_that_ends_says_why(self):
        with tempfile.TemporaryDirectory() as folder:
            server = LineServer("broken", ["sh", "-c", "read line; echo no kernel $line >&2"], folder)
            try:
                with self.assertRaisesRegex(RuntimeError, "broken ended: no kernel fib"):
                    server.ask("fib")
            finally:
                server.stop()

    def answered(self, answer):
        """A wire to a server that says this in pieces, and then no more."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                for at in range(0, len(answer), 50):
                    connection.sendall(answer[at:at + 50])
        server = threading.Thread(target=serve)
        server.start()
        self.addCleanup(server.join)
        return Wire(f"http://127.0.0.1:{listener.getsockname()[1]}", ["GET /"])

    def test_an_answer_of_known_length_is_read_whole_or_raises(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
        with self.answered(head + bytes(500)) as wire:
            self.assertEqual(wire.skip(), 500)
        with self.answered(head + bytes(499)) as wire, self.assertRaisesRegex(RuntimeError, "after 499 of 500"):
            wire.skip()

    def test_chunks_are_read_to_the_last_one(self):
        chunks = b"5\r\nhello\r\n0\r\n\r\n"
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        with self.answered(head + chunks) as wire:
            self.assertEqual(wire.skip_chunks(), len(chunks))
        with self.answered(head + chunks[:-5]) as wire, self.assertRaisesRegex(RuntimeError, "broke off"):
            wire.skip_chunks()

    def test_an_error_raises_with_what_was_said(self):
        with self.answered(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope") as wire:
            with self.assertRaisesRegex(RuntimeError, "404 Not Found.*nope"):
                wire.skip()
