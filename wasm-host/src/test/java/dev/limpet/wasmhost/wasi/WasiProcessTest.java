package dev.limpet.wasmhost.wasi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.ImportedName;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.HostFunction;
import dev.limpet.wasmhost.engine.StopReason;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams, time, chance, and the rest that is not about files. */
final class WasiProcessTest {

  private static final int AT = 40_000;

  private final Path directory;
  private final WasiGuest guest;

  WasiProcessTest(@TempDir Path directory) {
    this.directory = directory;
    guest = WasiGuest.with(directory);
  }

  @Test
  void all_names_of_preview_1_are_there_once() {
    Set<ImportedName> names = new HashSet<>();
    for (HostFunction function : Preview1.functions()) {
      assertTrue(names.add(new ImportedName(function.module(), function.name())));
      assertTrue(function.parameters().matches("[iI]*"));
    }
    assertEquals(46, names.size());
  }

  @Test
  void streams_are_no_files() {
    for (int fd = 0; fd < 3; fd++) {
      assertEquals(Errno.SPIPE, guest.call("fd_seek", fd, 0, 1, WasiGuest.RESULT));
      assertEquals(Errno.SPIPE, guest.call("fd_tell", fd, WasiGuest.RESULT));
      assertEquals("SPIPE", guest.pread(fd, 1, 0));
      assertEquals(Errno.SPIPE, guest.pwrite(fd, "x", 0));
      assertEquals(Errno.SUCCESS, guest.call("fd_filestat_get", fd, WasiGuest.RESULT));
      assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_get", fd, WasiGuest.RESULT));
      assertEquals(Errno.NOTDIR, guest.tryOpen(fd, "x", 0, 0));
      assertEquals(Errno.NOTSOCK, guest.call("sock_shutdown", fd, 1));
      assertEquals(Errno.SUCCESS, guest.call("fd_sync", fd));
    }
    assertEquals("BADF", guest.read(1, 1));
    assertEquals(Errno.BADF, guest.write(0, "x"));
    assertEquals(Errno.BADF, guest.call("sock_recv", 50, 0, 0, 0, 0, 0));
  }

  @Test
  void output_and_log_are_apart_and_in_order() {
    guest.write(1, "out");
    guest.write(2, "log");
    guest.write(1, "put");
    assertEquals("output", guest.output.toString(UTF_8));
    assertEquals("log", new String(guest.log.kept().head(), UTF_8));
  }

  @Test
  void output_over_the_limit_ends_the_guest_and_is_not_written() {
    guest.write(1, "x".repeat(1000));
    GuestStopped stopped = assertThrows(GuestStopped.class, () -> guest.write(1, "y"));
    assertEquals(new StopReason.OverOutput(), stopped.reason());
    assertEquals(1000, guest.output.size());
  }

  @Test
  void input_is_read_to_its_end() {
    WasiGuest reader = WasiGuest.reading(directory, "some input");
    assertEquals("some", reader.read(0, 4));
    assertEquals(" input", reader.read(0, 400));
    assertEquals("", reader.read(0, 400));
  }

  @Test
  void a_log_keeps_its_head_and_its_tail() {
    LogBuffer log = new LogBuffer(160);
    byte[] line = "0123456789\n".getBytes(UTF_8);
    for (int i = 0; i < 100; i++) {
      log.write(line, 0, line.length);
    }
    LogBuffer.Kept kept = log.kept();
    assertTrue(new String(kept.head(), UTF_8).startsWith("0123456789\n0123456789\n"));
    assertEquals("123456789\n", new String(kept.tail(), UTF_8));
    assertEquals(150, kept.head().length);
    assertEquals(1100, kept.written());
    log.write(new byte[100_000], 0, 100_000);
    assertEquals(101_100, log.kept().written());
    assertEquals(10, log.kept().tail().length);
  }

  @Test
  void a_log_that_fits_is_kept_whole() {
    LogBuffer log = new LogBuffer(160);
    byte[] bytes = "x".repeat(155).getBytes(UTF_8);
    log.write(bytes, 0, 155);
    LogBuffer.Kept kept = log.kept();
    assertEquals(155, kept.head().length + kept.tail().length);
    assertEquals(155, kept.written());
  }

  @Test
  void random_bytes_are_the_key_stream_of_the_seed() throws Exception {
    byte[] expected = new byte[3000];
    Cipher cipher = Cipher.getInstance("ChaCha20");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(new byte[32], "ChaCha20"),
        new ChaCha20ParameterSpec(new byte[12], 0));
    expected = cipher.doFinal(expected);
    byte[] actual = new byte[3000];
    assertEquals(Errno.SUCCESS, guest.call("random_get", AT, 7));
    System.arraycopy(guest.memory.array(), AT, actual, 0, 7);
    assertEquals(Errno.SUCCESS, guest.call("random_get", AT, 2993));
    System.arraycopy(guest.memory.array(), AT, actual, 7, 2993);
    assertArrayEquals(expected, actual);
    assertEquals(Errno.FAULT, guest.call("random_get", AT, -1));
    assertEquals(Errno.SUCCESS, guest.call("random_get", AT, 0));
  }

  @Test
  void clocks_go_forward_with_work_and_sleep() {
    long realtime = clock(0);
    assertTrue(realtime >= WasiGuest.BASE_NANOS);
    long monotonic = clock(1);
    assertTrue(monotonic > 0);
    guest.memory.charge(1000);
    assertEquals(realtime + 1000, clock(0));
    assertTrue(clock(2) >= 1000);
    assertEquals(Errno.INVAL, guest.call("clock_time_get", 4, 0, AT));
    assertEquals(Errno.INVAL, guest.call("clock_res_get", -1, AT));
    assertEquals(Errno.SUCCESS, guest.call("clock_res_get", 0, AT));
    assertEquals(1, guest.memory.getLong(AT));
  }

  private long clock(int id) {
    assertEquals(Errno.SUCCESS, guest.call("clock_time_get", id, 0, AT));
    return guest.memory.getLong(AT);
  }

  private void subscribeClock(int index, int clock, long nanos, int flags) {
    int at = AT + 48 * index;
    guest.memory.putLong(at, 100 + index);
    guest.memory.putByte(at + 8, 0);
    guest.memory.putInt(at + 16, clock);
    guest.memory.putLong(at + 24, nanos);
    guest.memory.putShort(at + 40, flags);
  }

  private void subscribeFd(int index, int fd) {
    int at = AT + 48 * index;
    guest.memory.putLong(at, 100 + index);
    guest.memory.putByte(at + 8, 1);
    guest.memory.putInt(at + 16, fd);
  }

  private Errno poll(int count) {
    return guest.call("poll_oneoff", AT, 50_000, count, WasiGuest.RESULT);
  }

  @Test
  void waiting_jumps_to_the_first_clock() {
    long before = clock(1);
    subscribeClock(0, 1, 5_000_000_000L, 0);
    subscribeClock(1, 1, 2_000_000_000L, 0);
    subscribeClock(2, 0, WasiGuest.BASE_NANOS + 1_000_000_000, 1);
    assertEquals(Errno.SUCCESS, poll(3));
    assertEquals(1, guest.result());
    assertEquals(102, guest.memory.getLong(50_000));
    assertEquals(0, guest.memory.getShort(50_008));
    assertTrue(clock(1) - before >= 999_000_000 && clock(1) - before < 1_100_000_000);
    assertEquals(Errno.SUCCESS, poll(2));
    assertEquals(101, guest.memory.getLong(50_000));
  }

  @Test
  void descriptors_are_ready_at_once() {
    long before = clock(1);
    subscribeClock(0, 1, 5_000_000_000L, 0);
    subscribeFd(1, 0);
    subscribeFd(2, 77);
    assertEquals(Errno.SUCCESS, poll(3));
    assertEquals(2, guest.result());
    assertEquals(101, guest.memory.getLong(50_000));
    assertEquals(Errno.BADF.code(), guest.memory.getShort(50_032 + 8));
    assertTrue(clock(1) - before < 1_000_000);
  }

  @Test
  void waiting_for_nothing_or_too_much_is_refused() {
    assertEquals(Errno.INVAL, poll(0));
    assertEquals(Errno.INVAL, poll(-1));
    assertEquals(Errno.INVAL, poll(100_000));
    guest.memory.putByte(AT + 8, 9);
    assertEquals(Errno.INVAL, poll(1));
    assertEquals(Errno.FAULT, guest.call("poll_oneoff", -48, 50_000, 1, WasiGuest.RESULT));
    subscribeClock(0, 2, 5, 0);
    assertEquals(Errno.SUCCESS, poll(1));
    assertEquals(Errno.NOTSUP.code(), guest.memory.getShort(50_008));
  }

  @Test
  void the_longest_sleep_does_not_turn_time_back() {
    subscribeClock(0, 1, -1, 0);
    assertEquals(Errno.SUCCESS, poll(1));
    assertEquals(Errno.SUCCESS, poll(1));
    assertEquals(Long.MAX_VALUE, clock(0));
    assertEquals(Long.MAX_VALUE, clock(1));
  }

  @Test
  void strings_are_laid_out_as_asked_or_faulted() {
    assertEquals(Errno.SUCCESS, guest.call("args_sizes_get", AT, AT + 4));
    assertEquals(2, guest.memory.getInt(AT));
    assertEquals(13, guest.memory.getInt(AT + 4));
    assertEquals(Errno.SUCCESS, guest.call("args_get", AT, AT + 100));
    assertEquals(AT + 100, guest.memory.getInt(AT));
    assertEquals(AT + 109, guest.memory.getInt(AT + 4));
    assertEquals(Errno.FAULT, guest.call("args_get", AT, guest.memory.size() - 5));
    assertEquals(Errno.FAULT, guest.call("args_get", -4, AT));
    assertEquals(Errno.SUCCESS, guest.call("environ_sizes_get", AT, AT + 4));
    assertEquals(1, guest.memory.getInt(AT));
    assertEquals(Errno.SUCCESS, guest.call("environ_get", AT, AT + 100));
    byte[] bytes = Arrays.copyOfRange(guest.memory.array(), AT + 100, AT + 110);
    assertEquals("KEY=value\0", new String(bytes, UTF_8));
  }

  @Test
  void the_rest_answers_sensibly() {
    assertEquals(Errno.SUCCESS, guest.call("sched_yield"));
    assertEquals(Errno.NOTSUP, guest.call("proc_raise", 9));
    assertEquals(Errno.SPIPE, guest.call("fd_advise", 0, 0, 0, 0));
    assertEquals(Errno.BADF, guest.call("fd_datasync", 50));
  }

  @Test
  void long_work_in_a_host_function_sees_the_stop_signal() {
    WasiGuest reader = WasiGuest.with(directory, InMemoryDataMount.file("x"));
    int fd = reader.open(3, ".");
    reader.signal.stop(new StopReason.Cancelled());
    for (Runnable work :
        new Runnable[] {
          () -> reader.read(fd, 1),
          () -> reader.write(2, "x"),
          () -> reader.write(1, "x"),
          () -> reader.read(0, 1),
          () -> reader.call("random_get", AT, 10)
        }) {
      GuestStopped stopped = assertThrows(GuestStopped.class, work::run);
      assertEquals(new StopReason.Cancelled(), stopped.reason());
    }
  }
}
