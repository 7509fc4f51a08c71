// What a script finds besides the language: its request, its data, console, timers, and a few names
// of the web. Evaluated before the script, so a snapshot holds it. Gets the functions of natives.c
// and gives back what main.c calls.
(function (host) {
  'use strict';

  const PIECE = 64 * 1024;
  const MAX_PIECE = 4 * 1024 * 1024;
  const STANDARD_INPUT = 0;
  const STANDARD_OUTPUT = 1;
  const NO_BYTES = new Uint8Array(0);
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
  const VALUE = /^[\t -~]*$/;
  const TEXT = 'text/plain; charset=utf-8';
  const BINARY = 'application/octet-stream';
  const JSON_TYPE = 'application/json';
  const JSON_LINES = 'application/x-ndjson';

  function parseJson(text, what) {
    try {
      return JSON.parse(text);
    } catch (e) {
      throw new SyntaxError(`${what} is no JSON: ${e.message}`);
    }
  }

  // Lines without their ends, piece by piece. A line longer than a piece makes the pieces larger.
  function* linesOf(next) {
    let size = PIECE;
    let rest = NO_BYTES;
    for (;;) {
      const piece = next(size);
      if (piece.length === 0) {
        break;
      }
      const [lines, cut] = host.lines(rest, piece);
      yield* lines;
      rest = cut;
      size = lines.length > 0 ? PIECE : Math.min(size * 2, MAX_PIECE);
    }
    if (rest.length > 0) {
      yield host.text(rest);
    }
  }

  class Data {
    #descriptor;
    #path;
    #kind;
    #size;

    constructor(opened, path) {
      [this.#descriptor, this.#kind, this.#size] = opened;
      this.#path = path;
    }

    #file() {
      if (this.#kind !== 'file') {
        throw new TypeError(`${this.#path} is a folder: data.list() names what is in it, data.open(name) opens it`);
      }
      return this.#descriptor;
    }

    #folder() {
      if (this.#kind !== 'folder') {
        throw new TypeError(`${this.#path} is a file, no folder`);
      }
      return this.#descriptor;
    }

    get kind() {
      return this.#kind;
    }

    get size() {
      return this.#size;
    }

    get path() {
      return this.#path;
    }

    text() {
      return host.all(this.#file(), true);
    }

    json() {
      return parseJson(this.text(), this.#path);
    }

    bytes(from = 0, length = Infinity) {
      const file = this.#file();
      if (!(from >= 0 && length >= 0)) {
        throw new RangeError('data.bytes(from, length): both are at least 0');
      }
      const start = Math.min(Math.trunc(from), this.#size);
      const count = Math.trunc(Math.min(length, this.#size - start));
      return host.range(file, start, count);
    }

    lines() {
      const file = this.#file();
      let at = 0;
      return linesOf((size) => {
        const piece = host.range(file, at, Math.min(size, this.#size - at));
        at += piece.length;
        return piece;
      });
    }

    list() {
      return host.list(this.#folder());
    }

    open(path) {
      const name = String(path);
      const full = `${this.#path}/${name}`;
      return new Data(host.open(this.#folder(), name, full), full);
    }

    close() {
      if (this.#descriptor >= 0) {
        host.close(this.#descriptor);
        this.#descriptor = -1;
      }
    }
  }

  function decoded(text) {
    const spaced = text.replaceAll('+', ' ');
    try {
      return decodeURIComponent(spaced);
    } catch {
      return spaced;
    }
  }

  function parseQuery(raw) {
    return raw
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=');
        return at < 0 ? [decoded(part), ''] : [decoded(part.slice(0, at)), decoded(part.slice(at + 1))];
      });
  }

  class Request {
    #whole = null;
    #pairs;

    constructor(environment) {
      this.method = environment.REQUEST_METHOD ?? 'GET';
      this.path = environment.PATH_INFO ?? '';
      this.rawQuery = environment.QUERY_STRING ?? '';
      this.#pairs = parseQuery(this.rawQuery);
      this.query = Object.create(null);
      for (const [name, value] of this.#pairs) {
        this.query[name] ??= value;
      }
      this.headers = Object.create(null);
      for (const [name, value] of Object.entries(environment)) {
        if (name.startsWith('HTTP_')) {
          this.headers[name.slice(5).toLowerCase().replaceAll('_', '-')] = value;
        }
      }
      if (environment.CONTENT_TYPE) {
        this.headers['content-type'] = environment.CONTENT_TYPE;
      }
    }

    queryAll(name) {
      return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
    }

    bytes() {
      this.#whole ??= host.all(STANDARD_INPUT, false);
      return this.#whole;
    }

    text() {
      return host.text(this.bytes());
    }

    json() {
      return parseJson(this.text(), 'the body of the request');
    }

    lines() {
      if (this.#whole !== null) {
        let given = false;
        return linesOf(() => (given ? NO_BYTES : ((given = true), this.#whole)));
      }
      return linesOf((size) => host.read(STANDARD_INPUT, size));
    }
  }

  function isBytes(value) {
    return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  }

  function bytesOf(value) {
    if (value instanceof Uint8Array) {
      return value;
    }
    return value instanceof ArrayBuffer
      ? new Uint8Array(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }

  function isStream(value) {
    return (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      (typeof value[Symbol.iterator] === 'function' || typeof value[Symbol.asyncIterator] === 'function')
    );
  }

  // {status, headers, body}: nothing else in it, and a body or a number for a status.
  function isAnswer(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || isBytes(value)) {
      return false;
    }
    const keys = Object.keys(value);
    return (
      keys.every((key) => key === 'status' || key === 'headers' || key === 'body') &&
      (keys.includes('body') || typeof value.status === 'number')
    );
  }

  function headerPairs(headers) {
    if (headers === undefined || headers === null) {
      return [];
    }
    if (typeof headers !== 'object') {
      throw new TypeError(`the headers of an answer are an object, not ${inspected(headers, 1)}`);
    }
    const pairs = typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers);
    return pairs.flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((one) => [String(name), String(one)]) : [[String(name), String(value)]],
    );
  }

  function headText(status, pairs, type) {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`the status of an answer is a number from 200 to 599, not ${inspected(status, 1)}`);
    }
    let text = `Status: ${status}\n`;
    let typed = type === null;
    for (const [name, value] of pairs) {
      if (!TOKEN.test(name) || !VALUE.test(value)) {
        throw new TypeError(`no header line of an answer: ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
      }
      typed ||= name.toLowerCase() === 'content-type';
      text += `${name}: ${value}\n`;
    }
    return typed ? `${text}\n` : `${text}Content-Type: ${type}\n\n`;
  }

  function jsonOf(value) {
    const text = JSON.stringify(value);
    if (text === undefined) {
      const kind = value === undefined ? 'undefined' : `a ${typeof value}`;
      throw new TypeError(`${kind} is no answer: return a string, an object, bytes or an iterator`);
    }
    return text;
  }

  // A piece of a stream, and the type of a stream that begins with it.
  function pieceOf(value) {
    if (typeof value === 'string') {
      return [value, TEXT];
    }
    return isBytes(value) ? [bytesOf(value), BINARY] : [`${jsonOf(value)}\n`, JSON_LINES];
  }

  async function writeStream(stream, head) {
    let begun = false;
    for await (const value of stream) {
      const [piece, type] = pieceOf(value);
      if (!begun) {
        host.write(STANDARD_OUTPUT, head(type));
        begun = true;
      }
      host.write(STANDARD_OUTPUT, piece);
    }
    if (!begun) {
      host.write(STANDARD_OUTPUT, head(TEXT));
    }
  }

  function writeData(data, head) {
    host.write(STANDARD_OUTPUT, head(BINARY));
    for (let at = 0; at < data.size; at += PIECE) {
      host.write(STANDARD_OUTPUT, data.bytes(at, PIECE));
    }
  }

  async function answer(result) {
    const said = isAnswer(result) ? result : { body: result };
    const pairs = headerPairs(said.headers);
    const body = said.body;
    const head = (type) => headText(said.status ?? (body === null || body === undefined ? 204 : 200), pairs, type);
    if (body === null || body === undefined) {
      host.write(STANDARD_OUTPUT, head(null));
    } else if (typeof body === 'string') {
      host.write(STANDARD_OUTPUT, head(TEXT) + body);
    } else if (isBytes(body)) {
      host.write(STANDARD_OUTPUT, head(BINARY));
      host.write(STANDARD_OUTPUT, bytesOf(body));
    } else if (body instanceof Data) {
      writeData(body, head);
    } else if (isStream(body)) {
      await writeStream(body, head);
    } else {
      const text = jsonOf(body);
      host.write(STANDARD_OUTPUT, head(JSON_TYPE) + text);
    }
  }

  async function serve(handler) {
    const inputs = [];
    for (let i = 0; ; i++) {
      const path = i === 0 ? '/data' : `/data${i}`;
      const opened = host.mount(path);
      if (opened === null) {
        break;
      }
      inputs.push(new Data(opened, path));
    }
    if (inputs.length === 0) {
      inputs.push(null);
    }
    await answer(await handler(new Request(host.environment()), ...inputs));
  }

  function inspected(value, depth) {
    if (typeof value === 'string') {
      return depth === 0 ? value : JSON.stringify(value);
    }
    if (typeof value === 'bigint') {
      return `${value}n`;
    }
    if (typeof value !== 'object' || value === null) {
      return String(value);
    }
    if (value instanceof Error) {
      return `${value}\n${value.stack ?? ''}`.trimEnd();
    }
    if (isBytes(value)) {
      return `${value.constructor?.name}(${value.byteLength})`;
    }
    if (depth > 2) {
      return Array.isArray(value) ? '[...]' : '{...}';
    }
    const most = 100;
    if (Array.isArray(value)) {
      const items = value.slice(0, most).map((item) => inspected(item, depth + 1));
      return `[${items.join(', ')}${value.length > most ? ', ...' : ''}]`;
    }
    const entries = value instanceof Map ? [...value] : value instanceof Set ? null : Object.entries(value);
    if (entries === null) {
      return `Set ${inspected([...value], depth)}`;
    }
    const shown = entries.slice(0, most).map(([key, item]) => `${String(key)}: ${inspected(item, depth + 1)}`);
    return `{${shown.join(', ')}${entries.length > most ? ', ...' : ''}}`;
  }

  function log(...values) {
    host.log(`${values.map((value) => inspected(value, 0)).join(' ')}\n`);
  }

  const timers = [];
  let lastTimer = 0;

  function later(work, delay, values, every) {
    if (typeof work !== 'function') {
      throw new TypeError('a timer calls a function');
    }
    const wait = Math.max(0, Number(delay) || 0);
    addTimer({ id: ++lastTimer, due: Date.now() + wait, work, values, every: every ? Math.max(1, wait) : 0 });
    return lastTimer;
  }

  function addTimer(timer) {
    let at = timers.length;
    while (at > 0 && timers[at - 1].due > timer.due) {
      at--;
    }
    timers.splice(at, 0, timer);
  }

  function stopTimer(id) {
    const at = timers.findIndex((timer) => timer.id === id);
    if (at >= 0) {
      timers.splice(at, 1);
    }
  }

  // Runs the timer that is due first, at its time; false when there is none.
  function tick() {
    const timer = timers.shift();
    if (timer === undefined) {
      return false;
    }
    const wait = timer.due - Date.now();
    if (wait > 0) {
      host.sleep(wait);
    }
    if (timer.every > 0) {
      addTimer({ ...timer, due: timer.due + timer.every });
    }
    timer.work(...timer.values);
    return true;
  }

  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }

    encode(text = '') {
      return host.utf8(String(text));
    }
  }

  class TextDecoder {
    constructor(label = 'utf-8') {
      if (!/^utf-?8$/i.test(label)) {
        throw new RangeError(`TextDecoder knows utf-8, not ${label}`);
      }
    }

    get encoding() {
      return 'utf-8';
    }

    decode(bytes = NO_BYTES) {
      return host.text(bytesOf(bytes)).replace(/^\uFEFF/, '');
    }
  }

  const crypto = {
    getRandomValues(view) {
      host.random(bytesOf(view));
      return view;
    },

    randomUUID() {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    },
  };

  const names = {
    console: { log, info: log, debug: log, warn: log, error: log },
    setTimeout: (work, delay, ...values) => later(work, delay, values, false),
    setInterval: (work, delay, ...values) => later(work, delay, values, true),
    clearTimeout: stopTimer,
    clearInterval: stopTimer,
    TextEncoder,
    TextDecoder,
    crypto,
  };
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
  Math.random = host.fraction;

  return [serve, tick];
});
