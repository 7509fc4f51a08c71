package dev.limpet.wasmhost.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.TestSandbox;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.HostFunction;
import dev.limpet.wasmhost.engine.StopReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every function of preview 1, called with whatever a guest may come up with. */
final class HostileCallsTest {

  private static final int SIZE = 8 * 65_536;

  /** Addresses, lengths, numbers of descriptors and flags alike; each is some i32 or i64. */
  private static final long[] VALUES = {
    0,
    1,
    2,
    3,
    4,
    5,
    8,
    9,
    15,
    31,
    64,
    128,
    1024,
    20_000,
    SIZE - 64,
    SIZE - 8,
    SIZE - 4,
    SIZE - 1,
    SIZE,
    SIZE + 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    -1,
    -4,
    -8,
    -64,
    0xffff_ffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final int ROUNDS = 200;

  @TempDir private Path directory;

  HostileCallsTest() {}

  private WasiGuest guest() {
    InMemoryDataMount data = InMemoryDataMount.directory().add("a", "content").addLink("l", "a");
    WasiGuest guest = WasiGuest.with(directory, data);
    assertEquals(SIZE, guest.memory.size());
    guest.open(3, "a");
    guest.create(4, "f");
    return guest;
  }

  /** As the engine hands them over: an i32 is sign-extended. */
  private static long[] arguments(HostFunction function, Random random) {
    long[] arguments = new long[function.parameters().length()];
    for (int i = 0; i < arguments.length; i++) {
      long value = VALUES[random.nextInt(VALUES.length)];
      arguments[i] = function.parameters().charAt(i) == 'i' ? (int) value : value;
    }
    return arguments;
  }

  /** Tables of buffers that point anywhere, at each other and at themselves. */
  private static void scribble(WasiGuest guest, Random random) {
    for (int address = 0; address < 2048; address += 4) {
      guest.memory.putInt(address, (int) VALUES[random.nextInt(VALUES.length)]);
    }
  }

  @Test
  void none_throws_whatever_it_is_given() {
    Random random = new Random(25);
    Set<String> called = new TreeSet<>();
    WasiGuest guest = guest();
    for (HostFunction function : Preview1.functions()) {
      for (int round = 0; round < ROUNDS; round++) {
        if (round % 100 == 0) {
          guest = guest();
        }
        scribble(guest, random);
        long[] arguments = arguments(function, random);
        called.add(function.name() + ends(guest, function, arguments));
      }
    }
    assertEquals(46, Preview1.functions().size());
    assertTrue(called.contains("proc_exit ends"), called::toString);
    assertTrue(called.contains("fd_read answers"), called::toString);
    called.removeIf(name -> name.endsWith(" answers"));
    assertEquals(Set.of("proc_exit ends"), called);
  }

  /** Only the output's limit and an exit end a guest; every other call has a known answer. */
  private static String ends(WasiGuest guest, HostFunction function, long[] arguments) {
    try {
      if (function.results().isEmpty()) {
        long _ = function.body().call(guest.memory, arguments);
      } else {
        guest.call(function.name(), arguments);
      }
      return " answers";
    } catch (GuestStopped e) {
      boolean known =
          e.reason() instanceof StopReason.Exit || e.reason() instanceof StopReason.OverOutput;
      assertTrue(known, () -> function.name() + Arrays.toString(arguments) + e.reason());
      return " ends";
    }
  }

  @Test
  void a_module_may_import_and_call_them_all() throws IOException {
    WasmBuilder module = new WasmBuilder().memory(1);
    WasmCode start = new WasmCode();
    for (HostFunction function : Preview1.functions()) {
      int index = module.wasi(function.name(), function.parameters() + ">" + function.results());
      if (!function.name().equals("proc_exit")) {
        function.parameters().chars().forEach(type -> minusOne(start, type == 'i'));
        start.call(index).drop();
      }
    }
    byte[] wasm = module.export("_start", module.function(">", "", start)).build();
    try (TestSandbox sandbox = TestSandbox.open()) {
      assertEquals(new Outcome.Completed(0), sandbox.run(wasm).outcome());
    }
  }

  private static void minusOne(WasmCode code, boolean isInt) {
    WasmCode _ = isInt ? code.i32(-1) : code.i64(-1);
  }

  @Test
  void nothing_is_allocated_for_lengths_that_a_guest_names() {
    WasiGuest guest = guest();
    int read = guest.open(3, "a");
    int written = guest.create(4, "g");
    for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, SIZE}) {
      guest.iovec(0, 20_000, length);
      for (String call : List.of("fd_read", "fd_write")) {
        int fd = call.equals("fd_read") ? read : written;
        assertEquals(Errno.FAULT, guest.call(call, fd, guest.iovecs(), 1, WasiGuest.RESULT));
      }
      assertEquals(
          Errno.FAULT, guest.call("path_open", 3, 0, 64, length, 0, 0, 0, 0, WasiGuest.RESULT));
      assertEquals(Errno.FAULT, guest.call("fd_readdir", 3, 64, length, 0, WasiGuest.RESULT));
      assertEquals(Errno.FAULT, guest.call("random_get", 64, length));
      assertEquals(
          Errno.FAULT, guest.onPath("path_readlink", 3, "l", 64, length, WasiGuest.RESULT));
    }
    for (int count : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1025}) {
      for (String call : List.of("fd_read", "fd_write")) {
        int fd = call.equals("fd_read") ? read : written;
        assertEquals(Errno.INVAL, guest.call(call, fd, guest.iovecs(), count, WasiGuest.RESULT));
      }
      assertEquals(Errno.INVAL, guest.call("poll_oneoff", 64, 4096, count, WasiGuest.RESULT));
    }
  }

  @Test
  void buffers_may_lie_over_each_other_and_over_their_own_table() {
    WasiGuest guest = guest();
    int fd = guest.open(3, "a");
    guest.iovec(0, 20_000, 4);
    guest.iovec(1, 20_002, 3);
    assertEquals(Errno.SUCCESS, guest.call("fd_read", fd, guest.iovecs(), 2, WasiGuest.RESULT));
    assertEquals(7, guest.result());
    assertEquals('o', guest.memory.getByte(20_001));
    assertEquals('e', guest.memory.getByte(20_002));
    int again = guest.open(3, "a");
    guest.iovec(0, (int) guest.iovecs(), 4);
    guest.iovec(1, 20_000, 100);
    assertEquals(Errno.SUCCESS, guest.call("fd_read", again, guest.iovecs(), 2, WasiGuest.RESULT));
    assertEquals(7, guest.result());
    assertEquals('c', guest.memory.getByte((int) guest.iovecs()));
  }
}
