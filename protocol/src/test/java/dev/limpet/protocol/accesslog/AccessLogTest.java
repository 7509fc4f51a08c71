package dev.limpet.protocol.accesslog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  @TempDir private Path folder;

  private static AccessLine line(int number) {
    return new AccessLine(NOON).number("n", number);
  }

  private static String text(int number) {
    return "{\"time\":\"2026-11-26T12:00:00Z\",\"n\":" + number + "}";
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name));
  }

  @Test
  void what_strangers_send_is_escaped_and_cut_and_queries_are_left_out() {
    String line =
        new AccessLine(NOON)
            .path("/on/x\"\\\n\u001b[2J\u2028\u00fc?token=secret")
            .text("none", null)
            .text("long", "x".repeat(2000))
            .millis("ms", 1_234_567)
            .end();
    assertTrue(
        line.startsWith(
            "{\"time\":\"2026-11-26T12:00:00Z\","
                + "\"path\":\"/on/x\\\"\\\\\\u000a\\u001b[2J\\u2028\\u00fc\",\"long\":\"xxx"),
        line);
    assertTrue(line.endsWith("x...\",\"ms\":1.234}"), line);
    assertTrue(line.length() < 1200 && !line.contains("secret") && !line.contains("none"), line);
  }

  @Test
  void lines_are_appended_in_order_and_only_the_owner_reads_them() throws Exception {
    Path file = Files.writeString(folder.resolve("old"), "before\n");
    try (AccessLog log = AccessLog.open(file, 1000)) {
      log.write(line(1));
      log.write(line(2));
      log.writeQueued();
    }
    assertEquals(List.of("before", text(1), text(2)), lines("old"));
    try (AccessLog log = AccessLog.open(folder.resolve("new"), 1000)) {
      log.write(line(3));
      log.writeQueued();
    }
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("new"))));
  }

  @Test
  void with_too_many_on_their_way_lines_are_dropped_counted_and_the_log_says_so() throws Exception {
    try (AccessLog log = AccessLog.open(folder.resolve("log"), Long.MAX_VALUE)) {
      for (int i = 0; i < AccessLog.MAX_QUEUED_LINES + 7; i++) {
        log.write(line(i));
      }
      assertEquals(7, log.dropped());
      log.writeQueued();
      String said = Files.readString(folder.resolve("log"));
      assertTrue(said.contains("\"dropped\":7}\n"), said.substring(said.length() - 100));
      log.writeQueued();
      assertEquals(1, Files.readString(folder.resolve("log")).split("dropped", -1).length - 1);
    }
  }

  @Test
  void a_full_file_becomes_the_older_one_and_a_moved_one_is_begun_anew() throws Exception {
    try (AccessLog log = AccessLog.open(folder.resolve("log"), 60)) {
      for (int i = 1; i <= 5; i++) {
        log.write(line(i));
        log.writeQueued();
      }
      assertEquals(List.of(text(3), text(4)), lines("log.1"));
      assertEquals(List.of(text(5)), lines("log"));
      Files.move(folder.resolve("log"), folder.resolve("moved"));
      log.write(line(6));
      log.writeQueued();
      assertEquals(List.of(text(6)), lines("log"));
      assertEquals(List.of(text(5)), lines("moved"));
    }
  }

  @Test
  void a_full_file_that_cannot_be_moved_is_written_on_until_it_can() throws Exception {
    Path inTheWay = Files.createDirectory(folder.resolve("log.1"));
    Path something = Files.createFile(inTheWay.resolve("something"));
    try (AccessLog log = AccessLog.open(folder.resolve("log"), 60)) {
      for (int i = 1; i <= 5; i++) {
        log.write(line(i));
        log.writeQueued();
      }
      assertEquals(List.of(text(1), text(2), text(3), text(4), text(5)), lines("log"));
      assertEquals(0, log.dropped());
      assertEquals(3, log.unrotated());
      Files.delete(something);
      Files.delete(inTheWay);
      log.write(line(6));
      log.writeQueued();
      assertEquals(List.of(text(6)), lines("log"));
      assertEquals(5, lines("log.1").size());
      assertEquals(0, log.unrotated());
    }
  }

  @Test
  void a_log_that_cannot_be_written_stops_the_start_and_later_drops_lines_until_it_can()
      throws Exception {
    Path inside = folder.resolve("inside");
    LimpetException refused =
        assertThrows(LimpetException.class, () -> AccessLog.open(inside.resolve("log"), 1000));
    assertTrue(refused.problem().detail().contains("access-log = PATH"), refused.toString());
    Files.createDirectory(inside);
    try (AccessLog log = AccessLog.open(inside.resolve("log"), 1000)) {
      Files.delete(inside.resolve("log"));
      Files.delete(inside);
      log.write(line(1));
      log.writeQueued();
      assertEquals(1, log.dropped());
      Files.createDirectory(inside);
      log.write(line(2));
      log.writeQueued();
      String said = Files.readString(inside.resolve("log"));
      assertTrue(said.startsWith(text(2)) && said.contains("\"dropped\":1"), said);
    }
  }
}
