package dev.limpet.wasmgate;

import static dev.limpet.wasmgate.WasiCommand.FREE;
import static dev.limpet.wasmgate.WasiCommand.IN;
import static dev.limpet.wasmgate.WasiCommand.LOG;
import static dev.limpet.wasmgate.WasiCommand.OUT;
import static dev.limpet.wasmgate.WasiCommand.RESULT;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * Small honest modules for the tests of every module above: each does one thing that a function may
 * do to its host. All but {@link #raw()} are WASI commands; an error that the host answers is a
 * trap unless a method says otherwise. The gate admits each of them.
 */
public final class SampleModules {
  /** What {@link #hello()} writes. */
  public static final String HELLO = "hello";

  private static final int CHUNK = 32 * 1024;
  private static final int PAGE = 64 * 1024;

  private SampleModules() {}

  /** All of them, by name. */
  public static Stream<NamedModule> all() {
    return Stream.of(
            Stream.of(
                sample("hello", hello()),
                sample("echo", echo()),
                sample("echo after a head", writesThenEchoes("\n")),
                sample("spins after a head", writesThenSpins("\n")),
                sample("answers environment", answersEnvironment()),
                sample("exits with 3", exitsWith(3)),
                sample("no memory", withoutMemory()),
                sample("exits in start", exitsInStart(4)),
                sample("traps", traps()),
                sample("writes 5 bytes, traps", writesThenTraps(5)),
                sample("loops forever", loopsForever()),
                sample("recurses forever", recursesForever()),
                sample("floods the output", floodsOutput()),
                sample("floods the log", floodsLog())),
            Stream.of(
                sample("grows, exits", growsThenExits()),
                sample("grows, traps", growsThenTraps()),
                sample("grows, spins", growsThenSpins()),
                sample("fills forever", fillsForever()),
                sample("copies a file", copiesFile("data")),
                sample("copies an input", copiesInput(1)),
                sample("reads at", readsFileAt("data", 4096, 4096)),
                sample("clock and random", printsClockAndRandom()),
                sample("sleeps", sleeps(1_000_000)),
                sample("arguments", printsArguments()),
                sample("environment", printsEnvironment()),
                sample("remembers", countsItsRuns()),
                sample("bad pointer", writesFromBadPointer()),
                sample("raw", raw()),
                sample("raw, dirty", rawDirties()),
                sample("raw, loops", rawLoops()),
                sample("raw, answers", rawAnswers(0))))
        .flatMap(samples -> samples);
  }

  private static NamedModule sample(String name, byte[] wasm) {
    return new NamedModule(name, wasm, "");
  }

  /** Writes {@link #HELLO} and ends: exit code 0 without calling {@code proc_exit}. */
  public static byte[] hello() {
    return writes(HELLO);
  }

  /** Writes a text and ends. */
  public static byte[] writes(String text) {
    WasiCommand command = WasiCommand.importing().text(FREE, text);
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return command.start("", command.write(new WasmCode(), OUT, FREE, length));
  }

  /** Writes texts, each with a call of its own, and ends. */
  public static byte[] writesOneByOne(String... texts) {
    WasiCommand command = WasiCommand.importing();
    WasmCode code = new WasmCode();
    int at = FREE;
    for (String text : texts) {
      int length = text.getBytes(StandardCharsets.UTF_8).length;
      command.text(at, text).write(code, OUT, at, length);
      at += length;
    }
    return command.start("", code);
  }

  /** Writes all of it with one call, and traps when the host says that it took less. */
  public static byte[] writesAtOnce(byte[] content) {
    WasiCommand command = WasiCommand.withPages(2 + content.length / PAGE);
    command.module.data(FREE, content);
    WasmCode code = command.writeOnce(new WasmCode(), OUT, FREE, content.length);
    return command.start("", code.i32(content.length).equal().eqz().when().unreachable().end());
  }

  /** {@link #hello()} with the names of its functions, as compilers write them, or without. */
  public static byte[] helloNamed(boolean names) {
    WasiCommand command = WasiCommand.importing().text(FREE, HELLO);
    if (names) {
      byte[] functions = new WasmBytes().u32(1).u32(0).name("write").toBytes();
      command.module.custom("name", new WasmBytes().section(1, functions).toBytes());
    }
    return command.start("", command.write(new WasmCode(), OUT, FREE, HELLO.length()));
  }

  /** Copies standard input to standard output until its end. */
  public static byte[] echo() {
    WasiCommand command = WasiCommand.importing("fd_read");
    WasmCode code = new WasmCode().i32(IN).set(0);
    return command.start("ii", copyLoop(command, code));
  }

  /** Writes a text, such as header lines, and then copies standard input until its end. */
  public static byte[] writesThenEchoes(String text) {
    return saysThenEchoes(OUT, text);
  }

  /** Writes a text to standard error, and then copies standard input until its end. */
  public static byte[] logsThenEchoes(String text) {
    return saysThenEchoes(LOG, text);
  }

  private static byte[] saysThenEchoes(int fd, String text) {
    WasiCommand command = WasiCommand.importing("fd_read").text(256, text);
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    WasmCode code = command.write(new WasmCode(), fd, 256, length).i32(IN).set(0);
    return command.start("ii", copyLoop(command, code));
  }

  /** Writes a text, such as header lines, and then never ends and does nothing. */
  public static byte[] writesThenSpins(String text) {
    WasiCommand command = WasiCommand.importing().text(FREE, text);
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    WasmCode code = command.write(new WasmCode(), OUT, FREE, length);
    return command.start("", code.loop().br(0).end());
  }

  /** Copies the descriptor in local 0 to standard output; uses local 1. */
  private static WasmCode copyLoop(WasiCommand command, WasmCode code) {
    code.block().loop();
    command.read(code, 0, FREE, CHUNK).tee(1).eqz().brIf(1);
    return command.write(code.i32(OUT).i32(FREE).get(1)).br(0).end().end();
  }

  /** Calls {@code proc_exit} with a code. */
  public static byte[] exitsWith(int exitCode) {
    WasiCommand command = WasiCommand.importing("proc_exit");
    return command.start("", command.exit(new WasmCode(), exitCode));
  }

  /** Declares no memory, imports nothing, and ends at once. */
  public static byte[] withoutMemory() {
    WasmBuilder module = new WasmBuilder();
    return module.export("_start", module.function(">", "", new WasmCode())).build();
  }

  /** Calls {@code proc_exit} from its start function; {@code _start} would trap. */
  public static byte[] exitsInStart(int exitCode) {
    WasiCommand command = WasiCommand.importing("proc_exit");
    WasmCode exit = command.exit(new WasmCode(), exitCode);
    command.module.start(command.module.function(">", "", exit));
    return command.start("", new WasmCode().unreachable());
  }

  /** Traps at once. */
  public static byte[] traps() {
    return WasiCommand.importing().start("", new WasmCode().unreachable());
  }

  /** Writes this many times the letter {@code x}, then traps. */
  public static byte[] writesThenTraps(int bytes) {
    WasiCommand command = WasiCommand.importing();
    return command.start("iii", writeLetters(command, bytes).unreachable());
  }

  /** Writes this many times the letter {@code x}, in pieces of up to 32 KiB, and ends. */
  public static byte[] writesBytes(int bytes) {
    WasiCommand command = WasiCommand.importing();
    return command.start("iii", writeLetters(command, bytes));
  }

  private static WasmCode writeLetters(WasiCommand command, int bytes) {
    WasmCode code = fill(new WasmCode(), FREE, 'x', CHUNK).i32(bytes).set(0);
    code.block().loop().get(0).eqz().brIf(1);
    // The smaller of what is left and a chunk: select(left, chunk, left < chunk).
    code.get(0).i32(CHUNK).get(0).i32(CHUNK).op(0x49, 0x1b).set(1);
    command.write(code.i32(OUT).i32(FREE).get(1));
    return code.get(0).get(1).sub().set(0).br(0).end().end();
  }

  /** {@code memory.fill} with constants. */
  private static WasmCode fill(WasmCode code, int address, int value, int length) {
    return code.i32(address).i32(value).i32(length).op(0xfc, 0x0b, 0x00);
  }

  /** Never ends, does nothing. */
  public static byte[] loopsForever() {
    return WasiCommand.importing().start("", new WasmCode().loop().br(0).end());
  }

  /** Calls itself until the stack ends. */
  public static byte[] recursesForever() {
    WasiCommand command = WasiCommand.importing();
    WasmBuilder module = command.module;
    // The function that is defined next calls itself; it is not the last thing that it does.
    int self = module.function(">i", "", new WasmCode().i32(0)) + 1;
    module.function(">i", "", new WasmCode().call(self).i32(1).add());
    return command.start("", new WasmCode().call(self).drop());
  }

  /** Writes to standard output for ever. */
  public static byte[] floodsOutput() {
    return floods(OUT);
  }

  /** Writes to standard error for ever. */
  public static byte[] floodsLog() {
    return floods(LOG);
  }

  private static byte[] floods(int fd) {
    WasiCommand command = WasiCommand.importing();
    WasmCode code = fill(new WasmCode(), FREE, 'x', CHUNK).loop();
    return command.start("", command.write(code, fd, FREE, CHUNK).br(0).end());
  }

  /** Grows its memory by one page until the host says no, then ends with code 0. */
  public static byte[] growsThenExits() {
    return WasiCommand.importing().start("", growUntilRefused());
  }

  /** Grows its memory until the host says no, then traps, as an allocator does. */
  public static byte[] growsThenTraps() {
    return WasiCommand.importing().start("", growUntilRefused().unreachable());
  }

  /** Grows its memory until the host says no, writes {@code full}, then never ends. */
  public static byte[] growsThenSpins() {
    WasiCommand command = WasiCommand.importing().text(FREE, "full");
    WasmCode code = command.write(growUntilRefused(), OUT, FREE, 4);
    return command.start("", code.loop().br(0).end());
  }

  static WasmCode growUntilRefused() {
    return new WasmCode().loop().i32(1).grow().i32(-1).equal().eqz().brIf(0).end();
  }

  /** Fills a MiB of memory with one bulk instruction, for ever. */
  public static byte[] fillsForever() {
    WasiCommand command = WasiCommand.withPages(17);
    return command.start("", fill(new WasmCode().loop(), FREE, 7, 1 << 20).br(0).end());
  }

  /** Opens a path below the first preopened folder and copies the file to standard output. */
  public static byte[] copiesFile(String path) {
    WasiCommand command = WasiCommand.importing("fd_read", "path_open").text(256, path);
    int length = path.getBytes(StandardCharsets.UTF_8).length;
    return command.start("ii", copyLoop(command, command.open(new WasmCode(), 256, length, 0)));
  }

  /** Copies an input that is a file to standard output: 0 is {@code /data}, 1 {@code /data1}. */
  public static byte[] copiesInput(int input) {
    WasiCommand command = WasiCommand.importing("fd_read", "path_open").text(256, ".");
    WasmCode code = new WasmCode().i32(WasiCommand.FOLDER + input);
    return command.start("ii", copyLoop(command, command.open(code, 256, 1).set(0)));
  }

  /**
   * Opens a path and writes up to 32 KiB from an offset to standard output, by {@code fd_pread}.
   */
  public static byte[] readsFileAt(String path, long offset, int length) {
    WasiCommand command = WasiCommand.importing("fd_pread", "path_open").text(256, path);
    int pathLength = path.getBytes(StandardCharsets.UTF_8).length;
    WasmCode code = command.open(new WasmCode(), 256, pathLength, 0);
    command.readAt(code, 0, FREE, Math.min(length, CHUNK), offset).set(1);
    return command.start("ii", command.write(code.i32(OUT).i32(FREE).get(1)));
  }

  /**
   * Writes the real-time and the monotonic clock (8 bytes each, little-endian) and 16 random bytes.
   */
  public static byte[] printsClockAndRandom() {
    WasiCommand command = WasiCommand.importing("clock_time_get", "random_get");
    WasmCode code = new WasmCode();
    command.host(code.i32(0).i64(1).i32(FREE), "clock_time_get");
    command.host(code.i32(1).i64(1).i32(FREE + 8), "clock_time_get");
    command.host(code.i32(FREE + 16).i32(16), "random_get");
    return command.start("", command.write(code, OUT, FREE, 32));
  }

  /** Sleeps by {@code poll_oneoff} on the monotonic clock, then writes {@code awake}. */
  public static byte[] sleeps(long nanoseconds) {
    // A subscription: userdata u64, tag u8 = clock, id u32 = monotonic, timeout, precision, flags.
    WasmBytes subscription = new WasmBytes().fill(0, 16).bytes(1, 0, 0, 0, 0, 0, 0, 0);
    for (int shift = 0; shift < 64; shift += 8) {
      subscription.bytes((int) (nanoseconds >>> shift) & 0xff);
    }
    WasiCommand command = WasiCommand.importing("poll_oneoff").text(256, "awake");
    command.module.data(FREE, subscription.fill(0, 16).toBytes());
    WasmCode code = new WasmCode().i32(FREE).i32(FREE + 64).i32(1).i32(RESULT);
    command.host(code, "poll_oneoff");
    return command.start("", command.write(code, OUT, 256, 5));
  }

  /** Writes its arguments as the host lays them out: each ended by a zero byte. */
  public static byte[] printsArguments() {
    return printsList("args_sizes_get", "args_get");
  }

  /** Writes its environment, {@code KEY=value} each, ended by a zero byte. */
  public static byte[] printsEnvironment() {
    return printsList("environ_sizes_get", "environ_get");
  }

  /** The same after an empty line, so that it is the body of an {@code http} answer. */
  public static byte[] answersEnvironment() {
    WasiCommand command = WasiCommand.importing("environ_sizes_get", "environ_get").text(256, "\n");
    WasmCode code = command.write(new WasmCode(), OUT, 256, 1);
    return printList(command, code, "environ_sizes_get", "environ_get");
  }

  private static byte[] printsList(String sizes, String list) {
    return printList(WasiCommand.importing(sizes, list), new WasmCode(), sizes, list);
  }

  private static byte[] printList(WasiCommand command, WasmCode code, String sizes, String list) {
    command.host(code.i32(RESULT).i32(RESULT + 4), sizes);
    command.host(code.i32(FREE).i32(CHUNK), list);
    return command.start("", command.write(code.i32(OUT).i32(CHUNK).i32(RESULT + 4).load(0)));
  }

  /**
   * Adds one to a global and to a word of memory that both start at {@code '0'}, and writes both as
   * letters: {@code 11} from a fresh instance, anything else from one that was used before.
   */
  public static byte[] countsItsRuns() {
    WasiCommand command = WasiCommand.importing().text(FREE, "00");
    command.module.global('0');
    WasmCode code = new WasmCode().getGlobal(0).i32(1).add().setGlobal(0);
    code.i32(FREE).i32(FREE).load(0).i32(1).add().store(0);
    // i32.store8 of the global beside the word's low byte.
    code.i32(FREE + 1).getGlobal(0).op(0x3a, 0, 0);
    return command.start("", command.write(code, OUT, FREE, 2));
  }

  /** Asks the host to write 2 GiB from an address outside its memory; traps when told an error. */
  public static byte[] writesFromBadPointer() {
    WasiCommand command = WasiCommand.importing();
    return command.start("", command.write(new WasmCode(), OUT, 0x7fff_fff0, 0x7fff_ffff));
  }

  /** A raw function that answers this number in place of an address and a length. */
  public static byte[] rawAnswers(long result) {
    return rawFunction(new WasmBuilder(), new WasmCode().i64(result));
  }

  /** A raw function that never ends. */
  public static byte[] rawLoops() {
    return rawFunction(new WasmBuilder(), new WasmCode().loop().br(0).end().i64(0));
  }

  /**
   * A raw function that changes a byte of memory, a global, its table and the size of its memory,
   * and answers what it found before the last two: {@code 1 1 1 2} from a fresh instance.
   */
  public static byte[] rawDirties() {
    WasmBuilder module = new WasmBuilder().global(0).table(2);
    int one = module.function(">i", "", new WasmCode().i32(1));
    int two = module.function(">i", "", new WasmCode().i32(2));
    module.elements(0, one, two);
    WasmCode code = new WasmCode().i32(FREE).i32(FREE).load(0).i32(1).add().store(0);
    code.getGlobal(0).i32(1).add().setGlobal(0);
    code.i32(FREE + 1).getGlobal(0).op(0x3a, 0, 0);
    code.i32(FREE + 2).i32(0).op(0x11, module.type(">i"), 0).op(0x3a, 0, 0);
    code.i32(FREE + 3).op(0x3f, 0).op(0x3a, 0, 0);
    // table.copy of entry 1 to entry 0.
    code.i32(0).i32(1).i32(1).op(0xfc, 0x0e, 0, 0);
    code.i32(1).grow().drop();
    return rawFunction(module, code.i64(((long) FREE << 32) | 4));
  }

  private static byte[] rawFunction(WasmBuilder module, WasmCode handle) {
    module.memory(2).exportMemory();
    int alloc = module.function("i>i", "", new WasmCode().i32(2 * FREE));
    return module
        .export("alloc", alloc)
        .export("handle", module.function("ii>I", "", handle))
        .build();
  }

  /** A raw function: answers its input, without imports. */
  public static byte[] raw() {
    WasmBuilder module = new WasmBuilder().memory(2).exportMemory();
    int alloc = module.function("i>i", "", new WasmCode().i32(FREE));
    // (pointer << 32) | length, with i64.extend_i32_u, i64.shl and i64.or.
    WasmCode code = new WasmCode().get(0).op(0xad).i64(32).op(0x86).get(1).op(0xad, 0x84);
    int handle = module.function("ii>I", "", code);
    return module.export("alloc", alloc).export("handle", handle).build();
  }

  /**
   * A command whose only loop is one expression so long that it cannot be divided: it reads the
   * zero in front of memory over and over, and writes that text.
   */
  public static byte[] slow(String text) {
    WasmBuilder module = new WasmBuilder();
    int write = module.wasi("fd_write", "iiii>i");
    WasmCode code = new WasmCode().loop().get(0);
    for (int i = 0; i < 3000; i++) {
      code.load(0);
    }
    code.tee(0).brIf(0).end();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    code.store(16, 32).store(20, bytes.length);
    code.i32(1).i32(16).i32(1).i32(24).call(write).drop();
    int start = module.function(">", "i", code);
    return module.memory(1).data(32, bytes).export("_start", start).build();
  }
}
