"""What a script in Python finds besides the language: its request, its data, and who writes its answer.

Runs once, in front of the script, as the program of the interpreter: it reads the script and exits,
and the host keeps what the interpreter is then. Each call begins with that, in _limpet_call.
"""
import gc
import io
import json
import os
import stat
import sys
from os import _exit
from os import write as _os_write
from urllib.parse import parse_qsl

_PIECE = 64 * 1024
_ENTRY = "handler.py"
_MAX_INPUTS = 16
_TEXT = "text/plain; charset=utf-8"
_BINARY = "application/octet-stream"
_JSON = "application/json"
_JSON_LINES = "application/x-ndjson"
_VALUE = frozenset("\t" + "".join(map(chr, range(ord(" "), 0x7F))))
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _write(fd, data):
    view = memoryview(data).cast("B")
    while view:
        view = view[_os_write(fd, view) :]


def _fail(text):
    _write(2, (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace"))
    _exit(1)


class _Log(io.TextIOBase):
    """Standard output and standard error of a script: the log."""

    encoding = "utf-8"

    def writable(self):
        return True

    def write(self, text):
        _write(2, text.encode("utf-8", "backslashreplace"))
        return len(text)


class _Input(io.RawIOBase):
    """The body of the request, read as it comes."""

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = os.read(0, min(len(buffer), _PIECE))
        buffer[: len(piece)] = piece
        return len(piece)


def _lines(stream):
    for line in stream:
        line = line[:-1] if line.endswith(b"\n") else line
        yield (line[:-1] if line.endswith(b"\r") else line).decode()


class Request:
    """What the caller sent. headers: those that the manifest lists, in lower case."""

    def __init__(self, environment):
        self.method = environment.get("REQUEST_METHOD", "GET")
        self.path = environment.get("PATH_INFO", "")
        self.raw_query = environment.get("QUERY_STRING", "")
        self.query_all = parse_qsl(self.raw_query, keep_blank_values=True)
        self.query = {}
        for name, value in self.query_all:
            self.query.setdefault(name, value)
        self.headers = {
            name[5:].lower().replace("_", "-"): value
            for name, value in environment.items()
            if name.startswith("HTTP_")
        }
        if environment.get("CONTENT_TYPE"):
            self.headers["content-type"] = environment["CONTENT_TYPE"]
        self._stream = io.BufferedReader(_Input(), _PIECE)
        self._whole = None

    def bytes(self):
        if self._whole is None:
            self._whole = self._stream.read()
        return self._whole

    def text(self):
        return self.bytes().decode()

    def json(self):
        return json.loads(self.bytes())

    def lines(self):
        return _lines(self._stream if self._whole is None else io.BytesIO(self._whole))


class Data:
    """A file or a folder that the function is called on, read in place."""

    def __init__(self, path):
        found = os.stat(path)
        self.path = path
        self.kind = "folder" if stat.S_ISDIR(found.st_mode) else "file"
        self.size = found.st_size

    def file(self):
        """The file as a binary stream that can seek."""
        if self.kind != "file":
            raise TypeError(f"{self.path} is a folder: data.list() names what is in it, data.open(name) opens it")
        return open(self.path, "rb", buffering=_PIECE)

    def bytes(self, start=0, length=None):
        if start < 0 or (length is not None and length < 0):
            raise ValueError("data.bytes(start, length): both are at least 0")
        with self.file() as stream:
            stream.seek(start)
            return stream.read(-1 if length is None else length)

    def text(self):
        return self.bytes().decode()

    def json(self):
        return json.loads(self.bytes())

    def lines(self):
        with self.file() as stream:
            yield from _lines(stream)

    def list(self):
        if self.kind != "folder":
            raise TypeError(f"{self.path} is a file, no folder")
        return sorted(os.listdir(self.path))

    def open(self, name):
        if self.kind != "folder":
            raise TypeError(f"{self.path} is a file, no folder")
        return Data(f"{self.path}/{name}")


def _is_answer(value):
    return (
        isinstance(value, dict)
        and value.keys() <= {"status", "headers", "body"}
        and ("body" in value or isinstance(value.get("status"), int))
    )


def _head(status, headers, kind):
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError(f"the status of an answer is a number from 200 to 599, not {status!r}")
    lines = [f"Status: {status}"]
    pairs = headers.items() if hasattr(headers, "items") else (headers or ())
    typed = kind is None
    for name, values in pairs:
        for value in values if isinstance(values, (list, tuple)) else (values,):
            name, value = str(name), str(value)
            if not name or not set(name) <= _TOKEN or not set(value) <= _VALUE:
                raise ValueError(f"no header line of an answer: {name!r}: {value!r}")
            typed = typed or name.lower() == "content-type"
            lines.append(f"{name}: {value}")
    if not typed:
        lines.append(f"Content-Type: {kind}")
    return ("\n".join(lines) + "\n\n").encode()


def _json(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _piece(value):
    if isinstance(value, str):
        return value.encode(), _TEXT
    if isinstance(value, (bytes, bytearray, memoryview)):
        return value, _BINARY
    return _json(value) + b"\n", _JSON_LINES


def _stream(pieces, head):
    begun = False
    for value in pieces:
        piece, kind = _piece(value)
        if not begun:
            _write(1, head(kind))
            begun = True
        _write(1, piece)
    if not begun:
        _write(1, head(_TEXT))


def _file_pieces(data):
    with data.file() as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _answer(result):
    said = result if _is_answer(result) else {"body": result}
    body = said.get("body")
    status = said.get("status", 204 if body is None else 200)

    def head(kind):
        return _head(status, said.get("headers"), kind)

    if body is None:
        _write(1, head(None))
    elif isinstance(body, (str, bytes, bytearray, memoryview)):
        piece, kind = _piece(body)
        _write(1, head(kind))
        _write(1, piece)
    elif isinstance(body, Data):
        _stream(_file_pieces(body), head)
    elif hasattr(body, "__next__"):
        _stream(body, head)
    else:
        text = _json(body)
        _write(1, head(_JSON) + text)


def _awaited(result):
    """What a coroutine returns; nothing that it could wait for exists."""
    if not hasattr(result, "send") or not hasattr(result, "cr_frame"):
        return result
    try:
        result.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("the handler awaits something that nothing settles")


def _told(error):
    """Where, and what. Where memory has run out, what frames hold is let go first: telling takes some."""
    place, traced = _home, error.__traceback__
    while traced:
        code = traced.tb_frame.f_code
        if code.co_filename.startswith("/script/") and code.co_filename != __file__:
            place = f"{code.co_filename}:{traced.tb_lineno}: "
        if isinstance(error, MemoryError):
            _let_go(traced.tb_frame)
        traced = traced.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{error.filename}:{error.lineno}: "
    try:
        said = _traced(error)
    except MemoryError:  # the script's globals hold it
        said = type(error).__name__
    return f"{place}{said}".replace("/script/", "")


def _let_go(frame):
    try:
        frame.clear()
    except RuntimeError:  # it still runs
        pass


def _traced(error):
    import traceback

    traced = traceback.extract_tb(error.__traceback__)
    frames = [f for f in traced if f.filename != __file__ and not f.filename.startswith("<frozen ")]
    said = "".join(traceback.format_exception_only(type(error), error)[-1:])
    return "".join([said, *traceback.format_list(frames)])


def _place(handler):
    """Where a handler begins, for what goes wrong outside of it: its answer, for one."""
    code = getattr(handler, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}: " if code else f"{_ENTRY}: "


def _inputs():
    found = []
    for i in range(_MAX_INPUTS):
        try:
            found.append(Data("/data" if i == 0 else f"/data{i}"))
        except OSError:
            break
    return found or [None]


def _limpet_call(variables):
    """One call. variables: the environment of the guest, NAME=value with zero bytes between, in hex."""
    try:
        text = bytes.fromhex(variables).decode("utf-8", "surrogateescape")
        environment = dict(one.split("=", 1) for one in text.split("\0") if "=" in one)
        os.environ.clear()
        os.environ.update(environment)
        if "SCRIPT_CHECK" in environment:
            _answer(None)
            _exit(0)
        if "random" in sys.modules:
            sys.modules["random"].seed(os.urandom(32))
        _answer(_awaited(_handler(Request(environment), *_inputs())))
    except BaseException as error:
        _fail(_told(error))
    _exit(0)


def _load():
    import importlib.util

    folder = "/script"
    if not os.path.exists(f"{folder}/{_ENTRY}"):
        _fail(f"the folder has no {_ENTRY}")
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location("handler", f"{folder}/{_ENTRY}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["handler"] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        _fail(_told(error))
    found = getattr(module, "handler", None)
    if not callable(found):
        _fail(f"{_ENTRY}: the script has no function to call: def handler(request, data): ...")
    return found


sys.stdout = sys.stderr = _Log()
_home = f"{_ENTRY}: "
_handler = _load()
_home = _place(_handler)
gc.collect()
gc.freeze()
_exit(0)
