"""The least that a store which keeps what it is sent can be: hashes each MiB of a body, writes it to a file, flushes that, answers.

Run with the path of that file; says `ready URL` and serves one connection after the other until it is ended. Hashing, writing and flushing
go on beside each other, in a thread each: Python gives its lock away in all three. The answer is the SHA-256 of all digests, in hex.
"""
import hashlib
import os
import queue
import re
import socket
import sys
import threading
import traceback

PIECE = 1 << 20
BUFFERS = 4
FLUSH_BYTES = 32 << 20
MAX_HEAD = 1 << 16


class Kept:
    """The file; `write` gives its buffer back once it is written, and a flush begins whenever enough has come."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.free, self.full, self.flushes = queue.Queue(), queue.Queue(), queue.Queue()
        for _ in range(BUFFERS):
            self.free.put(bytearray(PIECE))
        self.threads = [threading.Thread(target=self._guarded, args=(work,)) for work in (self._write, self._flush)]
        for thread in self.threads:
            thread.start()

    def _guarded(self, work):
        try:
            work()
        except OSError:
            traceback.print_exc()
            os._exit(1)  # who waits for a buffer would wait for ever

    def _write(self):
        waiting = 0
        while (piece := self.full.get()) is not None:
            buffer, size = piece
            written = 0
            while written < size:
                written += os.write(self.file, memoryview(buffer)[written:size])
            self.free.put(buffer)
            waiting += size
            if waiting >= FLUSH_BYTES:
                self.flushes.put(True)
                waiting = 0
        self.flushes.put(None)

    def _flush(self):
        while self.flushes.get() is not None:
            os.fdatasync(self.file)

    def close(self):
        """Returns when all is on the disk."""
        self.full.put(None)
        for thread in self.threads:
            thread.join()
        os.fsync(self.file)
        os.close(self.file)


def head(connection):
    """(length of the body, what came of it with the head)."""
    held = b""
    while b"\r\n\r\n" not in held:
        more = connection.recv(PIECE)
        if not more or len(held) > MAX_HEAD:
            raise ConnectionError("no request came")
        held += more
    text, _, rest = held.partition(b"\r\n\r\n")
    return int(re.search(rb"^content-length:\s*(\d+)", text, re.I | re.M)[1]), rest


def serve(connection, path):
    left, rest = head(connection)
    kept, all_digests = Kept(path), hashlib.sha256()
    while left:
        buffer, size = kept.free.get(), min(left, PIECE)
        view, got = memoryview(buffer), min(len(rest), size)
        view[:got], rest = rest[:got], rest[got:]
        while got < size:
            more = connection.recv_into(view[got:size])
            if not more:
                raise ConnectionError(f"the body broke off, {left - got} bytes before its end")
            got += more
        all_digests.update(hashlib.sha256(view[:size]).digest())
        kept.full.put((buffer, size))
        left -= size
    kept.close()
    said = all_digests.hexdigest()
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n{said}".encode("ascii"))


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"ready http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            serve(connection, sys.argv[1])


if __name__ == "__main__":
    main()
