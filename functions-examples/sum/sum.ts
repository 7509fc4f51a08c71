/**
 * Adds up the numbers of a text. A raw function: it imports nothing, and all that there is of it are `alloc`, `handle` and the memory.
 *
 * The runtime is the stub: it hands out memory and never takes it back, which is all that a function needs whose memory is as new in every call.
 * So nothing is allocated for a number, only for the answer.
 */

/** Where the input goes. */
export function alloc(length: i32): usize {
  return heap.alloc(length);
}

/** The answer to the input: its address in the upper half, its length in the lower one. */
export function handle(input: usize, length: i32): i64 {
  const series = new Series();
  const end = input + <usize>length;
  let at = input;
  while (at < end) {
    if (separates(load<u8>(at))) {
      at++;
      continue;
    }
    const start = at;
    while (at < end && !separates(load<u8>(at))) {
      at++;
    }
    series.take(start, at);
  }
  const answer = String.UTF8.encode(series.toJson());
  return (<i64>changetype<usize>(answer) << 32) | <i64>answer.byteLength;
}

/** White space, control characters, commas and semicolons. */
function separates(byte: u8): bool {
  return byte <= 0x20 || byte == 0x2c || byte == 0x3b;
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** What is known of the numbers so far. */
class Series {
  private count: i64 = 0;
  private skipped: i64 = 0;
  private min: f64 = Infinity;
  private max: f64 = -Infinity;
  private sum: f64 = 0;

  /** What rounding has lost of the sum (Neumaier): ten times 0.1 are 1. */
  private lost: f64 = 0;

  /** A word of the text, from one address up to another. */
  take(start: usize, end: usize): void {
    const value = parse(start, end);
    if (isNaN(value)) {
      this.skipped++;
      return;
    }
    this.count++;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    const next = this.sum + value;
    this.lost +=
      Math.abs(this.sum) >= Math.abs(value)
        ? this.sum - next + value
        : value - next + this.sum;
    this.sum = next;
  }

  toJson(): string {
    const some = this.count > 0;
    const sum = isFinite(this.sum) ? this.sum + this.lost : NaN;
    const mean = some ? sum / <f64>this.count : NaN;
    return (
      '{"count":' + this.count.toString() +
      ',"sum":' + json(sum) +
      ',"mean":' + json(mean) +
      ',"min":' + json(some ? this.min : NaN) +
      ',"max":' + json(some ? this.max : NaN) +
      ',"skipped":' + this.skipped.toString() +
      "}\n"
    );
  }
}

/** A number as JSON has it: what is none, or is too large, is null. */
function json(value: f64): string {
  if (!isFinite(value)) {
    return "null";
  }
  const text = value.toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}

/** Digits that a u64 surely holds. */
const DIGITS: i32 = 19;

/** Beyond it every number is 0 or too large. */
const FAR: i32 = 10000;

/** Reads [+-] digits [. digits] [e [+-] digits]; NaN when the word is no such number, or is too large. */
function parse(start: usize, end: usize): f64 {
  let at = start;
  const negative = load<u8>(at) == 0x2d;
  if (negative || load<u8>(at) == 0x2b) {
    at++;
  }
  let mantissa: u64 = 0;
  let digits: i32 = 0;
  let exponent: i32 = 0;
  let seen = false;
  let point = false;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x2e && !point) {
      point = true;
      continue;
    }
    if (!isDigit(byte)) {
      break;
    }
    seen = true;
    if (digits < DIGITS) {
      mantissa = mantissa * 10 + (byte - 0x30);
      digits += mantissa > 0 ? 1 : 0;
      exponent -= point ? 1 : 0;
    } else if (!point) {
      exponent++;
    }
  }
  if (!seen) {
    return NaN;
  }
  if (at < end) {
    const written = exponentOf(at, end);
    if (written == i32.MIN_VALUE) {
      return NaN;
    }
    exponent += written;
  }
  const value = scaled(mantissa, exponent);
  return negative ? -value : value;
}

/** What stands after the digits: e [+-] digits, to the end; else the least of all numbers. */
function exponentOf(start: usize, end: usize): i32 {
  let at = start + 1;
  if ((load<u8>(start) | 0x20) != 0x65 || at == end) {
    return i32.MIN_VALUE;
  }
  const negative = load<u8>(at) == 0x2d;
  if (negative || load<u8>(at) == 0x2b) {
    at++;
  }
  if (at == end) {
    return i32.MIN_VALUE;
  }
  let value: i32 = 0;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (!isDigit(byte)) {
      return i32.MIN_VALUE;
    }
    value = min(value * 10 + (byte - 0x30), FAR);
  }
  return negative ? -value : value;
}

/** The largest power of ten that is exact. */
const EXACT: i32 = 22;

/** Right to the last bit for up to 15 digits and exponents up to 22: one operation on exact numbers. */
function scaled(mantissa: u64, exponent: i32): f64 {
  if (mantissa == 0) {
    return 0;
  }
  let value = <f64>mantissa;
  let left = max(min(exponent, FAR), -FAR);
  while (left > 0) {
    const step = min(left, EXACT);
    value *= powerOfTen(step);
    left -= step;
    if (value == Infinity) {
      return NaN;
    }
  }
  while (left < 0 && value > 0) {
    const step = min(-left, EXACT);
    value /= powerOfTen(step);
    left += step;
  }
  return value;
}

function powerOfTen(exponent: i32): f64 {
  let power: f64 = 1;
  for (let i = 0; i < exponent; i++) {
    power *= 10;
  }
  return power;
}
