// CPU kernels that native code and every WASM engine run from this one source: kernels KERNEL REPEATS
// prints a checksum, which has to be the same everywhere. Nothing here is tuned for one of them; each repeat is
// short, so that compilers which look for hot functions find functions, not only loops.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES (1 << 16)
#define SORTED 3000
#define BODIES 5

static unsigned char text[TEXT_BYTES];
static unsigned char copy[TEXT_BYTES];
static uint32_t numbers[SORTED];

static uint32_t state;

// xorshift32: the same numbers everywhere.
static uint32_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

// ---- sha256 of 64 KiB

static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotated(uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

static void compress(uint32_t h[8], const unsigned char *block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) {
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ (w[i - 15] >> 3);
    uint32_t s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
  for (int i = 0; i < 64; i++) {
    uint32_t t1 = k + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) +
                  ROUND[i] + w[i];
    uint32_t t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    k = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

static uint32_t sha256(uint32_t repeat) {
  uint32_t h[8] = {0x6a09e667 ^ repeat, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                   0x510e527f,          0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (int at = 0; at < TEXT_BYTES; at += 64) compress(h, text + at);
  return h[0] ^ h[7];
}

// ---- histogram of the bytes of 64 KiB

static uint32_t histogram(uint32_t repeat) {
  uint32_t counts[256] = {0};
  for (int i = 0; i < TEXT_BYTES; i++) counts[(text[i] + repeat) & 255]++;
  uint32_t sum = 0;
  for (int i = 0; i < 256; i++) sum = sum * 31 + counts[i];
  return sum;
}

// ---- lines, words and bytes of 64 KiB

static uint32_t word_count(uint32_t repeat) {
  uint32_t lines = 0, words = 0;
  int inside = 0;
  unsigned char newline = repeat % 7 == 3 ? '\r' : '\n';
  for (int i = 0; i < TEXT_BYTES; i++) {
    unsigned char c = text[i];
    lines += c == newline;
    int space = c == ' ' || (c >= '\t' && c <= '\r');
    words += !space && !inside;
    inside = !space;
  }
  return lines * 65537 + words;
}

// ---- a scan of 64 KiB of JSON: depth, strings with escapes, numbers

static uint32_t json_scan(uint32_t repeat) {
  uint32_t depth = 0, deepest = 0, strings = 0, sum = repeat;
  int at = 0;
  while (at < TEXT_BYTES) {
    unsigned char c = text[at++];
    switch (c) {
      case '{':
      case '[':
        depth++;
        if (depth > deepest) deepest = depth;
        break;
      case '}':
      case ']':
        depth--;
        break;
      case '"':
        strings++;
        while (at < TEXT_BYTES && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        at++;
        break;
      case '0': case '1': case '2': case '3': case '4':
      case '5': case '6': case '7': case '8': case '9': {
        uint32_t value = c - '0';
        while (at < TEXT_BYTES && text[at] >= '0' && text[at] <= '9')
          value = value * 10 + (text[at++] - '0');
        sum += value;
        break;
      }
      default:
        break;
    }
  }
  return sum ^ strings ^ deepest << 24;
}

// ---- mandelbrot, 32 x 32, at most 256 rounds a point

static uint32_t mandelbrot(uint32_t repeat) {
  uint32_t sum = 0;
  double shift = (repeat & 7) * 0.001;
  for (int y = 0; y < 32; y++) {
    for (int x = 0; x < 32; x++) {
      double cr = x * (3.0 / 32) - 2.25 + shift, ci = y * (2.5 / 32) - 1.25, r = 0, i = 0;
      int rounds = 0;
      while (rounds < 256 && r * r + i * i < 4) {
        double t = r * r - i * i + cr;
        i = 2 * r * i + ci;
        r = t;
        rounds++;
      }
      sum = sum * 31 + rounds;
    }
  }
  return sum;
}

// ---- n-body: sun and four planets, 1000 steps

struct body {
  double x, y, z, vx, vy, vz, mass;
};

static uint32_t n_body(uint32_t repeat) {
  struct body b[BODIES];
  for (int i = 0; i < BODIES; i++) {
    double angle = i * 1.25 + (repeat & 7) * 0.01, far = i * i * 2.0 + i;
    b[i] = (struct body){far * (1 - angle * 0.1), far * angle * 0.2, i * 0.05,
                         angle * 0.3,             i * 0.4 - 0.8,     0.01 * i,
                         i == 0 ? 39.5 : 0.01 * i};
  }
  for (int step = 0; step < 1000; step++) {
    for (int i = 0; i < BODIES; i++) {
      for (int j = i + 1; j < BODIES; j++) {
        double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
        double d2 = dx * dx + dy * dy + dz * dz + 0.001;
        double magnitude = 0.001 / (d2 * sqrt(d2));
        b[i].vx -= dx * b[j].mass * magnitude;
        b[i].vy -= dy * b[j].mass * magnitude;
        b[i].vz -= dz * b[j].mass * magnitude;
        b[j].vx += dx * b[i].mass * magnitude;
        b[j].vy += dy * b[i].mass * magnitude;
        b[j].vz += dz * b[i].mass * magnitude;
      }
    }
    for (int i = 0; i < BODIES; i++) {
      b[i].x += 0.001 * b[i].vx;
      b[i].y += 0.001 * b[i].vy;
      b[i].z += 0.001 * b[i].vz;
    }
  }
  uint32_t sum = 0;
  for (int i = 0; i < BODIES; i++) {
    uint64_t bits;
    memcpy(&bits, &b[i].x, 8);
    sum = sum * 31 + (uint32_t)(bits >> 20);
  }
  return sum;
}

// ---- quicksort of 3000 numbers

static void quicksort(uint32_t *a, int from, int to) {
  while (to - from > 12) {
    uint32_t pivot = a[from + (to - from) / 2];
    int i = from, j = to;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        uint32_t swapped = a[i];
        a[i++] = a[j];
        a[j--] = swapped;
      }
    }
    if (j - from < to - i) {
      quicksort(a, from, j);
      from = i;
    } else {
      quicksort(a, i, to);
      to = j;
    }
  }
  for (int i = from + 1; i <= to; i++) {
    uint32_t moved = a[i];
    int j = i - 1;
    for (; j >= from && a[j] > moved; j--) a[j + 1] = a[j];
    a[j + 1] = moved;
  }
}

static uint32_t sorted(uint32_t repeat) {
  state = repeat * 2 + 1;
  for (int i = 0; i < SORTED; i++) numbers[i] = next_random();
  quicksort(numbers, 0, SORTED - 1);
  return numbers[0] ^ numbers[SORTED / 2] ^ numbers[SORTED - 1];
}

// ---- fib, recursive

static __attribute__((noinline)) uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static uint32_t fib_20_21(uint32_t repeat) { return fib(20 + (repeat & 1)); }

// ---- calls through a table

static uint32_t op_add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t op_sub(uint32_t a, uint32_t b) { return a - b; }
static uint32_t op_xor(uint32_t a, uint32_t b) { return a ^ b; }
static uint32_t op_mul(uint32_t a, uint32_t b) { return a * (b | 1); }
static uint32_t op_shl(uint32_t a, uint32_t b) { return a << (b & 31); }
static uint32_t op_shr(uint32_t a, uint32_t b) { return a >> (b & 31); }
static uint32_t op_and(uint32_t a, uint32_t b) { return (a & b) + 1; }
static uint32_t op_or(uint32_t a, uint32_t b) { return a | b; }

static uint32_t (*volatile operations[8])(uint32_t, uint32_t) = {op_add, op_sub, op_xor, op_mul,
                                                                 op_shl, op_shr, op_and, op_or};

static uint32_t indirect(uint32_t repeat) {
  uint32_t sum = repeat;
  for (int i = 0; i < TEXT_BYTES; i++) sum = operations[text[i & 1023] & 7](sum, i) + 1;
  return sum;
}

// ---- an interpreter: one switch in a loop

enum { PUSH, ADD, SUB, MUL, DUP, SWAP, DROP, LOAD, STORE, JUMP_IF, JUMP, LESS, HALT };

// memory[0] counts down from the first operand; memory[1] gathers.
static const unsigned char PROGRAM[] = {LOAD, 0, PUSH, 3,    MUL,  LOAD, 1,    ADD,     PUSH, 7,       SUB,
                                        DUP,  STORE, 1, DROP, LOAD, 0,    PUSH, 1,       SUB,  DUP,     STORE,
                                        0,    PUSH, 1, SWAP, LESS, JUMP_IF, 0, HALT};

static __attribute__((noinline)) uint32_t interpreted(const unsigned char *code, uint32_t count) {
  uint32_t stack[32], memory[4] = {count, 0, 0, 0};
  int top = 0, at = 0;
  for (;;) {
    switch (code[at++]) {
      case PUSH: stack[top++] = code[at++]; break;
      case ADD: top--; stack[top - 1] += stack[top]; break;
      case SUB: top--; stack[top - 1] -= stack[top]; break;
      case MUL: top--; stack[top - 1] *= stack[top]; break;
      case DUP: stack[top] = stack[top - 1]; top++; break;
      case SWAP: {
        uint32_t swapped = stack[top - 1];
        stack[top - 1] = stack[top - 2];
        stack[top - 2] = swapped;
        break;
      }
      case DROP: top--; break;
      case LOAD: stack[top++] = memory[code[at++]]; break;
      case STORE: memory[code[at++]] = stack[--top]; break;
      case LESS: top--; stack[top - 1] = stack[top - 1] < stack[top]; break;
      case JUMP_IF: {
        int where = code[at++];
        if (stack[--top]) {
          at = where;
          top = 0;
        }
        break;
      }
      case JUMP: at = code[at]; break;
      default: return memory[1];
    }
  }
}

static uint32_t switch_vm(uint32_t repeat) { return interpreted(PROGRAM, 4000 + (repeat & 7)); }

// ---- memcpy of 64 KiB, 16 times, in pieces of odd sizes

static uint32_t copies(uint32_t repeat) {
  for (int round = 0; round < 16; round++) {
    int piece = 1021 + 512 * round;
    for (int at = 0; at + piece <= TEXT_BYTES; at += piece) memcpy(copy + at, text + at, piece);
    copy[(repeat * 4099 + round) & (TEXT_BYTES - 1)]++;
  }
  uint32_t sum = 0;
  for (int i = 0; i < TEXT_BYTES; i += 257) sum = sum * 31 + copy[i];
  return sum;
}

static uint32_t noop(uint32_t repeat) { return repeat; }

// ---- input

static void fill_random(void) {
  state = 2463534242u;
  for (int i = 0; i < TEXT_BYTES; i++) text[i] = (unsigned char)next_random();
}

static void fill_words(void) {
  state = 88675123u;
  for (int i = 0; i < TEXT_BYTES; i++) {
    uint32_t r = next_random() >> 8;
    text[i] = r % 61 == 0 ? '\n' : r % 6 == 0 ? ' ' : (unsigned char)('a' + r % 26);
  }
}

static void fill_json(void) {
  state = 123456789u;
  int at = 0;
  text[at++] = '[';
  while (at < TEXT_BYTES - 128) {
    uint32_t r = next_random();
    at += snprintf((char *)text + at, 100, "{\"id\":%u,\"na\\\"me\":\"item %u\",\"tags\":[%u,true,null]},\n",
                   (unsigned)(r >> 12), (unsigned)(r & 4095), (unsigned)(r % 97));
  }
  memset(text + at, ' ', TEXT_BYTES - at);
  text[TEXT_BYTES - 1] = ']';
}

static void fill_nothing(void) {}

static const struct {
  const char *name;
  void (*fill)(void);
  uint32_t (*run)(uint32_t);
} KERNELS[] = {
    {"noop", fill_nothing, noop},          {"sha256", fill_random, sha256},
    {"histogram", fill_random, histogram}, {"word-count", fill_words, word_count},
    {"json", fill_json, json_scan},        {"mandelbrot", fill_nothing, mandelbrot},
    {"n-body", fill_nothing, n_body},      {"quicksort", fill_nothing, sorted},
    {"fib", fill_nothing, fib_20_21},         {"indirect", fill_random, indirect},
    {"switch-vm", fill_nothing, switch_vm}, {"memcpy", fill_random, copies},
};

int main(int argc, char **argv) {
  if (argc != 3) {
    fputs("usage: kernels KERNEL REPEATS\n", stderr);
    return 64;
  }
  uint32_t repeats = (uint32_t)strtoul(argv[2], NULL, 10);
  for (unsigned k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
    if (strcmp(KERNELS[k].name, argv[1]) == 0) {
      KERNELS[k].fill();
      uint32_t sum = 0;
      for (uint32_t repeat = 0; repeat < repeats; repeat++) sum = sum * 31 + KERNELS[k].run(repeat);
      printf("%08x\n", (unsigned)sum);
      return 0;
    }
  }
  fprintf(stderr, "no kernel %s\n", argv[1]);
  return 64;
}
