package dev.limpet.protocol.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");

  @TempDir private Path dir = Path.of("");

  private static AuditEntry entry(Instant at, String object, String outcome) {
    return new AuditEntry(at, "management", "127.0.0.1", "name-set", object, null, outcome);
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(dir.resolve("audit").resolve(file));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(dir.resolve("audit"))) {
      return all.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void an_entry_is_one_line_of_json_with_the_time_in_utc() throws IOException {
    try (AuditLog log = AuditLog.open(dir)) {
      log.record(entry(NOON, "hello", AuditEntry.DONE));
    }
    assertEquals(
        List.of(
            "{\"at\":\"2026-05-04T12:00:00.000Z\",\"who\":\"management\",\"remote\":\"127.0.0.1\","
                + "\"action\":\"name-set\",\"object\":\"hello\",\"outcome\":\"done\"}"),
        lines("audit-000001.jsonl"));
    Path file = dir.resolve("audit/audit-000001.jsonl");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void hostile_names_stay_within_their_line_and_are_cut() throws IOException {
    String hostile = "x\n{\"who\":\"owner\"}\r\u0000\u001b[2J\"\\\u2028";
    try (AuditLog log = AuditLog.open(dir)) {
      log.record(entry(NOON, hostile, AuditEntry.DONE));
      log.record(entry(NOON, "y".repeat(100_000), AuditEntry.DONE));
    }
    List<String> lines = lines("audit-000001.jsonl");
    assertEquals(2, lines.size());
    assertEquals(hostile, read(lines.getFirst()).object());
    assertTrue(lines.getFirst().chars().noneMatch(c -> c < ' '), lines.getFirst());
    assertEquals(AuditEntry.MAX_AUDIT_TEXT_CHARS, read(lines.getLast()).object().length());
  }

  private static AuditEntry read(String line) {
    return Json.read(AuditEntry.class, line.getBytes(StandardCharsets.UTF_8), 1 << 20);
  }

  @Test
  void what_is_refused_has_files_of_its_own_and_so_many_lines_a_minute() throws IOException {
    try (AuditLog log = AuditLog.open(dir)) {
      for (int i = 0; i < 1000; i++) {
        log.record(entry(NOON.plusMillis(i), "n" + i, ErrorCode.UNAUTHORIZED.code()));
      }
      log.record(entry(NOON.plusSeconds(61), "later", ErrorCode.FORBIDDEN.code()));
      log.record(entry(NOON, "failed", ErrorCode.VERSION_CONFLICT.code()));
    }
    List<String> refused = lines("refused-000001.jsonl");
    assertEquals(AuditLog.MAX_REFUSALS_A_MINUTE + 2, refused.size());
    AuditEntry counted = read(refused.get(AuditLog.MAX_REFUSALS_A_MINUTE));
    assertEquals("refusals-not-written", counted.action());
    assertEquals("940", counted.object());
    assertEquals("later", read(refused.getLast()).object());
    assertEquals("failed", read(lines("audit-000001.jsonl").getFirst()).object());
  }

  @Test
  void the_oldest_file_goes_and_a_later_start_goes_on_in_the_newest() throws IOException {
    int entries = 400;
    for (int i = 0; i < entries; i++) {
      try (AuditLog log = AuditLog.open(dir, 1000)) {
        log.record(entry(NOON, "object " + i, AuditEntry.DONE));
      }
    }
    List<String> all = files();
    assertEquals(AuditLog.MAX_AUDIT_FILES + 1, all.size(), all.toString());
    assertFalse(all.contains("audit-000001.jsonl"));
    List<String> newest = lines(all.get(AuditLog.MAX_AUDIT_FILES - 1));
    assertEquals("object " + (entries - 1), read(newest.getLast()).object());
    for (String file : all) {
      assertTrue(Files.size(dir.resolve("audit").resolve(file)) < 1200, file);
    }
  }

  @Test
  void a_line_that_a_kill_cut_does_not_swallow_the_next_one() throws IOException {
    try (AuditLog log = AuditLog.open(dir)) {
      log.record(entry(NOON, "one", AuditEntry.DONE));
    }
    Files.writeString(
        dir.resolve("audit/audit-000001.jsonl"), "{\"at\":\"20", StandardOpenOption.APPEND);
    try (AuditLog log = AuditLog.open(dir);
        AuditLog other = AuditLog.open(dir)) {
      log.record(entry(NOON, "two", AuditEntry.DONE));
      other.record(entry(NOON, "three", AuditEntry.DONE));
      log.record(entry(NOON, "four", AuditEntry.DONE));
    }
    List<String> lines = lines("audit-000001.jsonl");
    assertEquals("{\"at\":\"20", lines.get(1));
    assertEquals(
        List.of("two", "three", "four"),
        lines.subList(2, 5).stream().map(line -> read(line).object()).toList());
  }

  @Test
  void a_command_writes_into_the_newest_file_of_a_log_and_begins_none() throws IOException {
    assertFalse(AuditLog.note(dir, entry(NOON, "x", AuditEntry.DONE)));
    assertFalse(Files.exists(dir.resolve("audit")));
    try (AuditLog log = AuditLog.open(dir)) {
      log.record(entry(NOON, "one", AuditEntry.DONE));
      assertTrue(AuditLog.note(dir, entry(NOON, "two", AuditEntry.DONE)));
      log.record(entry(NOON, "three", AuditEntry.DONE));
    }
    assertEquals(
        List.of("one", "two", "three"),
        lines("audit-000001.jsonl").stream().map(line -> read(line).object()).toList());
  }

  @Test
  void what_was_done_and_cannot_be_written_is_an_error_and_what_failed_anyway_is_not()
      throws IOException {
    AuditLog log = AuditLog.open(dir);
    log.close();
    LimpetException failed =
        assertThrows(LimpetException.class, () -> log.record(entry(NOON, "x", AuditEntry.DONE)));
    assertEquals(ErrorCode.STORE_FAILED, failed.code());
    log.record(entry(NOON, "x", ErrorCode.FORBIDDEN.code()));
    @Nullable Throwable cause = failed.getCause();
    assertTrue(cause instanceof IOException);
  }
}
