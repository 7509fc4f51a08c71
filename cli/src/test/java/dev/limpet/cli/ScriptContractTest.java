package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.TaskDerivation;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/SCRIPTS.md promises a script in JavaScript, through a gateway and a node. */
@Timeout(120)
class ScriptContractTest {
  private static final int LINES = 500_000;

  /** A look into the first piece of lines, or a few bytes: the file's root, and a leaf or two. */
  private static final int MOST_BLOCKS_OF_A_LOOK = 3;

  @RegisterExtension static final SharedScriptMachine MACHINE = new SharedScriptMachine();

  @TempDir private Path folder = Path.of("");

  private static ScriptMachine machine() {
    return MACHINE.get();
  }

  private static WireAnswer ask(String line, String... headers) {
    return machine().ask(line, null, headers);
  }

  private static WireAnswer good(String line, String... headers) {
    WireAnswer answer = ask(line, headers);
    assertEquals(200, answer.status(), answer.text());
    return answer;
  }

  private String deploy(String script, String... options) throws IOException {
    return deployed(script, "[]", options);
  }

  private String deployed(String script, String headers, String... options) throws IOException {
    Files.writeString(folder.resolve("handler.js"), script);
    Path manifest = folder.resolve("limpet.json");
    Files.writeString(
        manifest,
        "{\"v\": 1, \"script\": \"handler.js\", \"limits\": {\"wall\": \"60s\"}, \"headers\": "
            + headers
            + "}");
    return machine().deploy(manifest.toString(), options);
  }

  @Test
  void a_request_is_what_the_caller_sent_with_the_headers_that_the_manifest_lists()
      throws IOException {
    String script =
        "export default (r) => [r.method, r.path, r.rawQuery, r.query.a, r.queryAll('a'),"
            + " r.queryAll('none'), r.headers, r.json(), r.text(), [...r.bytes()],"
            + " [...r.lines()]];";
    String path = deployed(script, "[\"x-one\", \"x-none\"]");
    WireAnswer answer =
        machine()
            .ask(
                "PUT " + path + "/p%20q/r?a=1&b&a=%C3%A9+%2B",
                "{\"n\":\n1}",
                "Content-Type: application/json",
                "X-One: 1",
                "X-Two: 2",
                "Cookie: mine");
    assertEquals(
        "[\"PUT\",\"/p q/r\",\"a=1&b&a=%C3%A9+%2B\",\"1\",[\"1\",\"é +\"],[],"
            + "{\"x-one\":\"1\",\"content-type\":\"application/json\"},{\"n\":1},\"{\\\"n\\\":\\n"
            + "1}\",[123,34,110,34,58,10,49,125],[\"{\\\"n\\\":\",\"1}\"]]",
        answer.text());
  }

  @Test
  void of_a_folder_data_gives_names_files_parts_and_folders_until_it_is_closed()
      throws IOException {
    Path data = Files.createDirectories(folder.resolve("data/sub")).getParent();
    Files.writeString(Objects.requireNonNull(data).resolve("z.json"), "{\"n\":[1,2]}");
    Files.writeString(data.resolve("sub/a.txt"), "one\r\ntwo\n\nlast");
    String script =
        """
        export default (request, data) => {
          const file = data.open('sub/a.txt');
          const shown = [data.kind, data.path, data.list(), data.open('sub').list(),
            data.open('z.json').json(), file.kind, file.size, [...file.bytes(1, 3)],
            file.bytes(13).length, file.text(), [...file.lines()]];
          file.close();
          try { file.bytes(); } catch (e) { shown.push(e.message); }
          try { data.open('none'); } catch (e) { shown.push(e.message); }
          try { data.text(); } catch (e) { shown.push(e.message); }
          return shown;
        };
        """;
    deploy(script, "--name=folders");
    String cid = machine().servers().add(data);
    assertEquals(
        "[\"folder\",\"/data\",[\"sub\",\"z.json\"],[\"a.txt\"],{\"n\":[1,2]},\"file\",14,"
            + "[110,101,13],1,\"one\\r\\ntwo\\n\\nlast\",[\"one\",\"two\",\"\",\"last\"],"
            + "\"it is closed\",\"cannot open /data/none: there is none\","
            + "\"/data is a folder: data.list() names what is in it, data.open(name) opens it\"]",
        good("GET /on/" + cid + "/-/folders").text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.size                                    | 5000000
          data.lines().next().value                    | 000000000
          new TextDecoder().decode(data.bytes(3e6, 9)) | 000300000
          """)
  void data_is_read_in_place_and_only_where_a_script_touches_it(String expression, String answer)
      throws IOException {
    String cid = lines();
    deploy("export default (r, data) => String(" + expression + ")", "--name=touches");
    WireAnswer touched = good("GET /on/" + cid + "/-/touches");
    assertEquals(answer, touched.text());
    assertTrue(blocks(touched) <= MOST_BLOCKS_OF_A_LOOK, touched.head().toString());
  }

  @Test
  @Tag("long")
  void what_reads_all_data_reads_all_its_blocks() throws IOException {
    String cid = lines();
    deploy("export default (r, data) => data.text().length", "--name=whole");
    deploy(
        "export default (r, data) => { let n = 0; for (const l of data.lines()) n++; return n }",
        "--name=every");
    WireAnswer whole = good("GET /on/" + cid + "/-/whole");
    assertEquals(String.valueOf(10 * LINES), whole.text());
    assertTrue(blocks(whole) > MOST_BLOCKS_OF_A_LOOK, whole.head().toString());
    WireAnswer every = good("GET /on/" + cid + "/-/every");
    assertEquals(String.valueOf(LINES), every.text());
    assertEquals(blocks(whole), blocks(every));
  }

  /** 5 MB of lines of 10 bytes that are numbers, so that no two blocks are equal. */
  private String lines() throws IOException {
    StringBuilder text = new StringBuilder(10 * LINES);
    for (int i = 0; i < LINES; i++) {
      text.append(String.valueOf(1_000_000_000 + i), 1, 10).append('\n');
    }
    return machine().servers().add(Files.writeString(folder.resolve("lines"), text));
  }

  private static int blocks(WireAnswer answer) {
    return Integer.parseInt(answer.headerOrTrailer("Limpet-Blocks-Read"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'é'                                                 | 200 | text/plain; charset=utf-8 | é
          new Uint8Array([104, 0, 105]).subarray(1)           | 200 | application/octet-stream  | \\0i
          new Uint16Array([26984]).buffer                     | 200 | application/octet-stream  | hi
          ({a: [1, null]})                                    | 200 | application/json          | {"a":[1,null]}
          [true]                                              | 200 | application/json          | [true]
          1.5                                                 | 200 | application/json          | 1.5
          false                                               | 200 | application/json          | false
          null                                                | 204 |                           |
          undefined                                           | 204 |                           |
          (function* () { yield 'a'; yield new Uint8Array([98]) })()         | 200 | text/plain; charset=utf-8 | ab
          (async function* () { yield {a: 1}; await null; yield [2] })()     | 200 | application/x-ndjson      | {"a":1}\\n[2]\\n
          new Set(['a', 'b']).values()                        | 200 | text/plain; charset=utf-8 | ab
          ({status: 201, headers: {'Content-Type': 'text/x', 'X-A': ['1', '2']}, body: 'b'}) | 201 | text/x | b
          ({status: 404, body: {no: 1}})                      | 404 | application/json          | {"no":1}
          ({status: 202})                                     | 202 | text/plain; charset=utf-8 |
          ({headers: {'content-type': 'image/x'}, body: new Uint8Array([65])}) | 200 | image/x  | A
          ({status: 200, body: 'b', more: 1})                 | 200 | application/json          | {"status":200,"body":"b","more":1}
          """)
  void what_a_script_returns_becomes_the_answer(
      String expression, int status, @Nullable String type, @Nullable String body)
      throws IOException {
    WireAnswer answer = ask("GET " + deploy("export default async () => " + expression));
    assertEquals(status, answer.status(), answer.text());
    assertEquals(Objects.requireNonNullElse(type, ""), answer.header("Content-Type"));
    String text = Objects.requireNonNullElse(body, "").translateEscapes();
    assertEquals(text, answer.text());
    boolean two = expression.contains("X-A");
    assertEquals(two ? List.of("1", "2") : List.of(), answer.head().headers("X-A"));
  }

  @Test
  void data_that_a_script_returns_is_the_answer() throws IOException {
    byte[] bytes = {0, (byte) 0xff, '\n', (byte) 0xc3};
    String cid = machine().servers().add(Files.write(folder.resolve("bytes"), bytes));
    deploy(
        "export default (r, data) => ({ headers: { 'X-A': data.kind }, body: data })",
        "--name=data");
    WireAnswer answer = good("GET /on/" + cid + "/-/data");
    assertArrayEquals(bytes, answer.bytes());
    assertEquals("application/octet-stream", answer.header("Content-Type"));
    assertEquals("file", answer.header("X-A"));
  }

  /** Each line is answered before the next one is sent, so neither side waits for all of it. */
  @Test
  void an_iterator_streams_piece_by_piece_and_so_do_the_lines_of_a_body() throws IOException {
    String path =
        deploy("export default function* (r) { for (const l of r.lines()) yield l + '!\\n' }");
    try (WireClient caller = WireClient.connect(machine().servers().gateway().url())) {
      WireHead head =
          caller
              .send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n")
              .send("Transfer-Encoding: chunked\r\n\r\n2\r\n0\n\r\n")
              .head();
      assertEquals(200, head.status());
      InputStream answer = caller.body(head);
      for (int i = 0; i < 5; i++) {
        assertEquals(i + "!\n", new String(answer.readNBytes(3), StandardCharsets.US_ASCII));
        caller.send(i < 4 ? "2\r\n" + (i + 1) + "\n\r\n" : "0\r\n\r\n");
      }
      assertEquals(-1, answer.read());
    }
  }

  @Test
  void console_writes_to_the_log_and_not_to_the_answer() throws IOException {
    String script =
        """
        console.info('once', [undefined]);
        export default () => {
          console.log('a', { b: [1, 'x'] }, null, 2n, new Uint8Array(3));
          console.warn(new Map([['k', new Set([1])]]));
          console.error(new RangeError('no').message);
          return 'answer';
        };
        """;
    WireAnswer answer = good("GET " + deploy(script));
    assertEquals("answer", answer.text());
    assertEquals(
        "once [undefined]\na {b: [1, \"x\"]} null 2n Uint8Array(3)\n{k: Set [1]}\nno\n",
        good("GET /v1/executions/" + answer.header("Limpet-Execution") + "/log").text());
  }

  /** The node derives both from the Task, which the answer names: nothing of a machine is in it. */
  @Test
  void clock_and_random_numbers_are_those_of_the_call_alone() throws IOException {
    String script =
        """
        const early = Date.now();
        export default async () => {
          const now = Date.now();
          await new Promise((done) => setTimeout(done, 3_600_000));
          return [now, Date.now() - now, early, Math.random(), crypto.randomUUID(),
            performance.now() >= 0, typeof fetch, typeof process, typeof require];
        };
        """;
    String path = deploy(script);
    WireAnswer one = good("GET " + path + "?a=1", "Cache-Control: no-store");
    WireAnswer again = good("GET " + path + "?a=1", "Cache-Control: no-store");
    WireAnswer other = good("GET " + path + "?a=2", "Cache-Control: no-store");
    assertEquals("bypass", again.header("Limpet-Memo"));
    assertEquals(one.text(), again.text());
    assertNotEquals(fields(one)[3], fields(other)[3], "Math.random()");
    assertNotEquals(fields(one)[4], fields(other)[4], "crypto.randomUUID()");
    for (WireAnswer answer : List.of(one, other)) {
      String[] fields = fields(answer);
      Cid task = Cid.parse(answer.header("Limpet-Task"));
      long base = TaskDerivation.clockBaseNanos(task) / 1_000_000;
      long late = Long.parseLong(fields[0]) - base;
      assertTrue(late >= 0 && late < 1000, answer.text()); // a nanosecond for each tick of fuel
      long slept = Long.parseLong(fields[1]);
      assertTrue(slept >= 3_600_000 && slept < 3_601_000, answer.text());
      assertTrue(Long.parseLong(fields[2]) < 1000, answer.text()); // a snapshot begins at 0
      assertTrue(answer.text().endsWith(",true,\"undefined\",\"undefined\",\"undefined\"]"));
    }
  }

  private static String[] fields(WireAnswer array) {
    return array.text().replace("[", "").split(",", -1);
  }
}
