package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.demo.Flights;
import dev.limpet.cli.up.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions to a real gateway and node that have just been made, good ones and hostile ones. */
@Tag("nightly") // the node compiles SQLite; examples ask it in each build
@Timeout(600)
class SqlOnAMachineTest {
  private static final int ROWS = 40_000;
  private static final int MAX_BLOCKS_OF_A_LOOK_UP = 8;

  @TempDir private static Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init") // set by start()
  private static Machine machine;

  @BeforeAll
  static void start() {
    Machine.Plan plan = new Machine.Plan(folder.resolve("data"), "127.0.0.1", 0, 1);
    machine = Machine.start(plan, _ -> {});
    await()
        .atMost(Duration.ofMinutes(5)) // the node compiles the function
        .until(() -> run("sql", "SELECT 1").exit == 0);
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  /** What a command did. */
  private record Ran(int exit, String out, String err) {}

  private static Ran run(String... arguments) {
    RecordingTerminal terminal =
        new RecordingTerminal(Map.of("LIMPET_GATEWAY", machine.gateway().toString()));
    int exit = terminal.run(arguments);
    return new Ran(exit, terminal.out(), terminal.err());
  }

  private static String add(Path path) {
    Ran added = run("add", path.toString(), "--node", "node-1", "--json");
    assertEquals(0, added.exit, added.err);
    return JsonObject.parse(added.out).text("cid");
  }

  private static String csv(String name, String content) throws IOException {
    return add(
        Files.writeString(folder.resolve(name + ".csv"), content, StandardCharsets.ISO_8859_1));
  }

  @Test
  void a_year_of_flights_is_counted_by_month_with_nothing_deployed() {
    Path packed =
        Path.of(System.getProperty("limpet.root", ".."), "functions-examples/data/nycflights13");
    String cid = add(Flights.unpack(packed, folder.resolve("flights")).directory());
    Ran ran = run("sql", "SELECT month, count(*) AS n FROM data GROUP BY month", "--on", cid);
    assertEquals(0, ran.exit, ran.err);
    List<String> lines = ran.out.lines().toList();
    assertEquals("month,n", lines.getFirst());
    assertEquals("1,27004", lines.get(1));
    int all = lines.stream().skip(1).mapToInt(l -> Integer.parseInt(l.split(",", -1)[1])).sum();
    assertEquals(336_776, all);
    Ran never = run("sql", "SELECT count(*) FROM data a, data b, data c", "--on", cid);
    assertTrue(never.err.contains("[out-of-"), never.err);
  }

  @Test
  void of_a_database_a_look_up_reads_what_it_needs_and_not_the_rest() throws SQLException {
    Path file = folder.resolve("shop.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, body BLOB)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
              + ROWS
              + ") INSERT INTO item SELECT i, 'item ' || i, zeroblob(500) || i FROM n");
    }
    String cid = add(file);
    Ran one = run("sql", "SELECT name FROM item WHERE id = 31000", "--on", cid, "-i");
    assertEquals("name\nitem 31000\n", one.out, one.err);
    String blocks =
        one.err.lines().filter(l -> l.startsWith("limpet-blocks-read: ")).findFirst().orElse("");
    int read = Integer.parseInt(blocks.replaceAll("[^0-9]", ""));
    assertTrue(read <= MAX_BLOCKS_OF_A_LOOK_UP, one.err);
    Ran all = run("sql", "SELECT count(*) AS n FROM item", "--on", cid, "--json");
    assertEquals("{\"n\":" + ROWS + "}\n", all.out, all.err);
  }

  @Test
  void a_join_without_end_is_stopped_by_its_time() throws IOException {
    String cid = csv("rows", "a\n" + "1\n".repeat(5000));
    String question = "SELECT count(*) FROM data a, data b, data c, data d";
    Ran stopped = run("sql", question, "--on", cid, "--timeout", "2s");
    assertTrue(stopped.err.contains("[out-of-time]"), stopped.exit + " " + stopped.err);
    assertEquals(6, stopped.exit);
    assertEquals("n\n5000\n", run("sql", "SELECT count(*) AS n FROM data", "--on", cid).out);
  }

  /** By fuel or by time, by memory, by the size of the answer; the next question is answered. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          out-of-    | WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n
          out-of-mem | WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000) SELECT max(b) FROM (SELECT randomblob(1000) AS b FROM n ORDER BY b)
          out-of-mem | SELECT length(group_concat(b)) FROM (SELECT hex(zeroblob(8000000)) AS b FROM (VALUES (1), (2), (3), (4), (5), (6)))
          answer-cut | WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT hex(zeroblob(10000)) FROM n
          """)
  void a_question_without_end_is_stopped_by_the_limits(String code, String question) {
    Ran stopped = run("sql", question);
    assertTrue(stopped.err.contains("[" + code), stopped.exit + " " + stopped.err);
    assertEquals("n\n1\n", run("sql", "SELECT 1 AS n").out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ATTACH '/data' AS other           | a question only reads
          CREATE TEMP TABLE t(a)            | a question only reads
          DELETE FROM data                  | may not be modified
          PRAGMA writable_schema = 1        | a question only reads
          VACUUM INTO '/tmp/x'              | a question only reads
          SELECT load_extension('x')        | no such function: load_extension
          SELECT 1; SELECT 2                | another statement stands behind the first
          """)
  void a_question_that_does_more_than_read_is_refused(String question, String why)
      throws IOException {
    Ran refused = run("sql", question, "--on", csv("small", "a,b\n1,2\n"));
    assertEquals(2, refused.exit, refused.err);
    assertTrue(refused.err.contains(why), refused.err);
  }

  @Test
  void a_question_to_a_file_here_has_the_answer_of_a_node() throws IOException {
    String content = "a,b\n1,2\n3,4\n";
    Path file = Files.writeString(folder.resolve("here.csv"), content);
    String question = "SELECT sum(b) AS n FROM data";
    Ran here = run("sql", question, "--data", file.toString());
    assertEquals(run("sql", question, "--on", csv("there", content)), here);
    assertEquals("n\n6\n", here.out, here.err);
    Path torn = Files.writeString(folder.resolve("torn-here.csv"), "a,b\n1,2\n3,\"4\n");
    Ran told = run("sql", "SELECT * FROM data", "--data", torn.toString());
    assertEquals(1, told.exit, told.err);
    assertTrue(told.err.contains("data line 3: the quote"), told.err);
    Ran wrong = run("sql", "DELETE FROM data", "--data", torn.toString(), "--json");
    assertEquals(2, wrong.exit, wrong.err);
    assertTrue(wrong.err.contains("may not be modified"), wrong.err);
  }

  @Test
  void of_files_with_other_encodings_the_one_is_told_that_is_not_utf_8() throws IOException {
    Path mixed = Files.createDirectory(folder.resolve("mixed"));
    Files.writeString(mixed.resolve("1.csv"), "a\n\u00e9\n");
    Files.writeString(mixed.resolve("2.csv"), "a\nb\n\u00e9\n", StandardCharsets.ISO_8859_1);
    assertTold("2.csv line 3: column 1 is not UTF-8", add(mixed));
  }

  @Test
  void broken_data_is_told_by_file_and_line() throws IOException {
    assertTold(
        "the header has 1000000 columns; 1999 are the most",
        csv("wide", ",".repeat(999_999) + "\n"));
    assertTold("the record has more than 1048576 bytes", csv("long", "a\n" + "x".repeat(3 << 20)));
    assertTold(
        "data line 3: the quote", csv("torn", "a,b\n1,2\n\"3,4\n" + "5,6\n".repeat(500_000)));
    assertTold("data line 2: column 1 is not UTF-8", csv("latin", "a,b\n\u00e9,1\n"));
    assertTold("data line 3: the record has 3 fields", csv("more", "a,b\n1,2\n1,2,3\n"));
  }

  private static void assertTold(String sentence, String cid) {
    Ran ran = run("sql", "SELECT * FROM data", "--on", cid);
    assertEquals(1, ran.exit, ran.err);
    assertTrue(ran.err.contains(sentence), ran.err);
  }
}
