"""Runs of guests and of native programs whose numbers come from themselves: a process that answers line by line."""
import os
import select
import subprocess
from pathlib import Path

from .comparison import NotRun


class LineServer:
    """A process that answers each line on its standard input with one on its standard output. An end of it, or
    `seconds` without an answer, raise RuntimeError with the end of its errors."""

    def __init__(self, name, argv, folder, seconds=300):
        self.name, self.seconds, self.log = name, seconds, Path(folder) / f"{name}.log"
        self.held = b""
        with open(self.log, "wb") as errors:
            try:
                self.process = subprocess.Popen(
                    [str(word) for word in argv], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=errors, start_new_session=True)
            except OSError as failure:
                raise NotRun(f"{name} does not start: {failure}") from failure

    def ask(self, line):
        try:
            self.process.stdin.write(line.encode("utf-8") + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # shows as the end of its answers
        while b"\n" not in self.held:
            if not select.select([self.process.stdout], [], [], self.seconds)[0]:
                raise RuntimeError(f"{self.name} did not answer within {self.seconds} s")
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                raise RuntimeError(f"{self.name} ended: {self._errors()}")
            self.held += more
        answer, _, self.held = self.held.partition(b"\n")
        return answer.decode("utf-8")

    def _errors(self):
        return self.log.read_text(encoding="utf-8", errors="replace").strip()[-400:]

    def stop(self):
        """The end of its input ends it."""
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
