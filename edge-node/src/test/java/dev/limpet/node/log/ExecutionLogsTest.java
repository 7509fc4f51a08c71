package dev.limpet.node.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.LogItem;
import dev.limpet.wasmhost.GuestLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionLogsTest {
  private static final Cid FUNCTION = Cid.of(Multicodec.DAG_CBOR, "f".getBytes(UTF_8));
  private static final Cid OTHER = Cid.of(Multicodec.DAG_CBOR, "g".getBytes(UTF_8));
  private static final Instant START = Instant.parse("2026-11-24T04:05:06.789Z");
  private static final long QUOTA = 1 << 20;

  @TempDir Path dir = Path.of("");

  private Instant now = START;

  private ExecutionLogs open(long quota, LongPredicate hasRoom) {
    return ExecutionLogs.open(new ExecutionLogs.Parts(dir, quota, hasRoom, () -> now));
  }

  private ExecutionLogs open() {
    return open(QUOTA, _ -> true);
  }

  private static GuestLog log(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new GuestLog(bytes, new byte[0], bytes.length);
  }

  private LogItem item(Cid function) {
    return new LogItem(
        ExecutionId.random(),
        function,
        null,
        ExecutionState.FAILED,
        now,
        now,
        "guest-failed",
        3,
        "the function exited with code 3",
        "",
        0,
        0);
  }

  private ExecutionId keep(ExecutionLogs logs, String text) {
    LogItem item = item(FUNCTION);
    logs.keep(item, log(text));
    return item.execution();
  }

  private static LogRecord found(ExecutionLogs logs, ExecutionId id) {
    return Objects.requireNonNull(logs.find(id));
  }

  private static String text(LogRecord entry) {
    return new String(entry.log().bytes(), UTF_8);
  }

  private static List<String> texts(ExecutionLogs logs, ExecutionLogs.Range range) {
    List<String> texts = new ArrayList<>();
    assertFalse(logs.list(FUNCTION, range, entry -> texts.add(text(entry))));
    return texts;
  }

  private static List<String> newestFirst(ExecutionLogs logs) {
    return texts(logs, new ExecutionLogs.Range(null, null));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.sorted().toList();
    }
  }

  @Test
  void a_log_is_found_at_once_and_after_the_next_start_with_all_that_is_known_of_it() {
    LogItem item = item(FUNCTION);
    try (ExecutionLogs logs = open()) {
      logs.keep(item, new GuestLog("one".getBytes(UTF_8), "two".getBytes(UTF_8), 100));
      assertEquals("one\n[... 94 bytes cut ...]\ntwo", text(found(logs, item.execution())));
    }
    try (ExecutionLogs logs = open()) {
      LogRecord found = found(logs, item.execution());
      assertEquals("one\n[... 94 bytes cut ...]\ntwo", text(found));
      assertEquals(3, found.item().exitCode());
      assertEquals("guest-failed", found.item().error());
      assertEquals(START, found.item().endedAt());
      assertNull(logs.find(ExecutionId.random()));
    }
  }

  @Test
  void a_list_has_the_logs_of_its_function_newest_first_and_goes_on_where_it_ended() {
    try (ExecutionLogs logs = open()) {
      for (int i = 0; i < 5; i++) {
        keep(logs, "log " + i);
        logs.keep(item(OTHER), log("of another"));
        now = now.plusMillis(1);
      }
      assertEquals(List.of("log 4", "log 3", "log 2", "log 1", "log 0"), newestFirst(logs));
      List<LogRecord> page = new ArrayList<>();
      assertTrue(
          logs.list(
              FUNCTION,
              new ExecutionLogs.Range(null, null),
              entry -> page.size() < 2 && page.add(entry)));
      LogItem last = page.getLast().item();
      assertEquals(
          List.of("log 2", "log 1", "log 0"),
          texts(logs, new ExecutionLogs.Range(last.cursor(), null)));
      assertEquals(List.of("log 4"), texts(logs, new ExecutionLogs.Range(null, last.sequence())));
    }
  }

  @Test
  void places_in_the_log_only_grow_also_when_the_clock_goes_back_and_over_a_start() {
    List<Long> sequences = new ArrayList<>();
    for (int start = 0; start < 3; start++) {
      try (ExecutionLogs logs = open()) {
        for (int i = 0; i < 3; i++) {
          sequences.add(found(logs, keep(logs, "x")).item().sequence());
          now = now.minusSeconds(1);
        }
      }
    }
    assertEquals(sequences.stream().sorted().distinct().toList(), sequences);
  }

  @Test
  void the_oldest_logs_go_when_the_bytes_run_out() throws IOException {
    try (ExecutionLogs logs = open(64 << 10, _ -> true)) {
      ExecutionId first = keep(logs, "first");
      for (int i = 0; i < 200; i++) {
        now = now.plusMillis(1);
        keep(logs, i + "x".repeat(1000));
      }
      Awaitility.await().until(() -> newestFirst(logs).size() < 65 && logs.find(first) == null);
      List<String> left = newestFirst(logs);
      assertTrue(left.size() > 40, () -> left.size() + " are left");
      assertTrue(left.getFirst().startsWith("199x"));
      assertTrue(logs.storedBytes() <= 64 << 10);
      assertEquals(0, logs.dropped());
    }
    long onDisk = 0;
    for (Path file : files()) {
      onDisk += Files.size(file);
    }
    assertTrue(onDisk <= 64 << 10, "bytes on the disk: " + onDisk);
  }

  @Test
  void the_oldest_logs_go_when_there_are_too_many_and_when_they_are_too_old() throws IOException {
    LogFiles.Limits limits = new LogFiles.Limits(QUOTA, 10, Duration.ofDays(1));
    LogItem first = item(FUNCTION);
    LogItem last = item(FUNCTION);
    try (LogFiles files = LogFiles.open(dir, limits, () -> now)) {
      files.append(new LogRecord(first, log("first")));
      for (int i = 0; i < 9; i++) {
        files.append(new LogRecord(item(OTHER), log("between")));
      }
      assertNotNull(files.find(first.execution()));
      files.append(new LogRecord(last, log("last")));
      assertEquals(10, files.count());
      assertNull(files.find(first.execution()));
      now = now.plus(limits.age());
      files.trim();
      assertEquals(10, files.count());
      now = now.plusMillis(1);
      files.trim();
      assertEquals(0, files.count());
    }
    try (LogFiles files = LogFiles.open(dir, limits, () -> now)) {
      assertNull(files.find(last.execution()));
    }
  }

  @Test
  void a_torn_end_is_dropped_and_what_comes_next_is_kept() throws IOException {
    ExecutionId whole;
    try (ExecutionLogs logs = open()) {
      whole = keep(logs, "whole");
    }
    Path file = files().getLast();
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(7);
    for (int length = 1; length < good.length; length += 13) {
      byte[] torn = new byte[length];
      System.arraycopy(good, 0, torn, 0, length);
      if (length % 2 == 0) {
        torn[random.nextInt(length)] ^= 0x10;
      }
      Files.write(file, good);
      Files.write(file, torn, StandardOpenOption.APPEND);
      ExecutionId next;
      try (ExecutionLogs logs = open()) {
        assertEquals("whole", text(found(logs, whole)), "torn after " + length);
        assertEquals(good.length, Files.size(file));
        next = keep(logs, "next");
      }
      try (ExecutionLogs logs = open()) {
        assertEquals("next", text(found(logs, next)), "torn after " + length);
        assertNotNull(logs.find(whole));
      }
      for (Path later : files()) {
        if (!later.equals(file)) {
          Files.delete(later);
        }
      }
    }
  }

  @Test
  void nobody_else_may_look_into_the_folder() throws IOException {
    try (ExecutionLogs logs = open()) {
      keep(logs, "a secret");
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
    }
  }

  @Test
  void a_disk_without_room_or_a_quota_of_nothing_keeps_no_log_and_says_how_many_went() {
    try (ExecutionLogs logs = open(QUOTA, _ -> false)) {
      keep(logs, "no room");
      Awaitility.await().until(() -> logs.dropped() == 1);
      assertEquals(List.of(), newestFirst(logs));
    }
    try (ExecutionLogs logs = open(0, _ -> true)) {
      assertNull(logs.find(keep(logs, "no quota")));
      assertEquals(1, logs.dropped());
    }
  }

  @Test
  void a_disk_that_stalls_holds_nobody_up_and_takes_a_bounded_amount_of_memory() {
    CountDownLatch stalled = new CountDownLatch(1);
    LongPredicate slow =
        _ -> {
          try {
            stalled.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    String large = "x".repeat(ExecutionLogs.MAX_LOG_BYTES);
    try (ExecutionLogs logs = open(64 << 20, slow)) {
      int fit = (int) (ExecutionLogs.MAX_WAITING_BYTES / ExecutionLogs.MAX_LOG_BYTES);
      for (int i = 0; i < fit + 20; i++) {
        keep(logs, large);
      }
      assertTrue(logs.dropped() >= 20, "dropped " + logs.dropped());
      assertTrue(newestFirst(logs).size() >= fit - 2);
      stalled.countDown();
      Awaitility.await().until(() -> logs.count() >= fit - 2);
    }
  }

  @Test
  void a_log_that_is_longer_than_one_may_be_keeps_its_beginning_and_its_end() {
    try (ExecutionLogs logs = open()) {
      ExecutionId id = keep(logs, "begin" + "x".repeat(1 << 20) + "end");
      GuestLog kept = found(logs, id).log();
      assertEquals(ExecutionLogs.MAX_LOG_BYTES, kept.head().length + kept.tail().length);
      assertTrue(new String(kept.bytes(), UTF_8).startsWith("begin"));
      assertTrue(new String(kept.bytes(), UTF_8).endsWith("end"));
    }
  }
}
