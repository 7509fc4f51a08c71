package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts through the command line, a gateway and a node: good ones, and all sorts of bad ones. */
@Timeout(120)
class ScriptsTest {
  /** What a script that goes on for ever may use here. */
  private static final String LIMITS =
      "{\"fuel\": 6000000, \"memory\": \"4MiB\", \"output\": \"16KiB\", \"wall\": \"60s\"}";

  @RegisterExtension static final SharedScriptMachine MACHINE = new SharedScriptMachine();

  @TempDir private Path folder = Path.of("");
  private final RecordingTerminal terminal = new RecordingTerminal();

  private static ScriptMachine machine() {
    return MACHINE.get();
  }

  private static String url() {
    return machine().url();
  }

  private static WireAnswer ask(String line, @Nullable String body, String... headers) {
    return machine().ask(line, body, headers);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static String deploy(String file, String... options) {
    return machine().deploy(file, options);
  }

  @Test
  void a_script_gets_a_url_that_answers_at_once() throws IOException {
    String script =
        file(
            "hello.js",
            "let calls = 0;\n"
                + "export default async (request) => `${++calls} ${request.query.name}\\n`;");
    String path = deploy(script, "--name", "hello");
    assertEquals("/fn/hello", path);
    for (int i = 0; i < 3; i++) {
      WireAnswer answer = ask("GET " + path + "?name=a%20b", null);
      assertEquals(200, answer.status(), answer.text());
      assertEquals("1 a b\n", answer.text());
    }
  }

  @Test
  void a_folder_is_a_script_with_its_imports() throws IOException {
    Files.createDirectories(folder.resolve("fn/lib"));
    file("fn/index.js", "import { x } from './lib/x.js';\nexport default () => ({ x });");
    file("fn/lib/x.js", "import y from '../y.js';\nexport const x = [y];");
    file("fn/y.js", "export default 7;");
    WireAnswer answer = ask("GET " + deploy(folder.resolve("fn").toString()), null);
    assertEquals("{\"x\":[7]}", answer.text());
    assertEquals("application/json", answer.header("Content-Type"));
  }

  @Test
  void what_is_imported_and_not_there_is_told_with_the_line_of_the_file_that_imports_it()
      throws IOException {
    Files.createDirectories(folder.resolve("fn/lib"));
    file("fn/index.js", "import './lib/x.js';\nexport default () => 1;");
    file("fn/lib/x.js", "\n  import {\n    y,\n  } from '../none.js';");
    String path = deploy(folder.resolve("fn").toString());
    WireAnswer answer = ask("GET " + path, null, "Accept: application/json");
    assertEquals(502, answer.status(), answer.text());
    String told = "lib/x.js:4:10: ReferenceError: cannot import none.js";
    assertTrue(answer.text().contains(told), answer.text());
  }

  @Test
  void a_script_over_http_is_the_same_function_as_by_the_command() throws IOException {
    String text = "export default (request) => ({ status: 418, body: request.text() });";
    WireAnswer deployed = ask("POST /v1/functions", text, "Content-Type: text/javascript");
    assertEquals(201, deployed.status(), deployed.text());
    String function = JsonObject.parse(deployed.text()).text("function");
    assertEquals("/fn/" + function, deploy(file("a.js", text)));
    WireAnswer answer = ask("POST /fn/" + function, "tea", "Content-Type: text/plain");
    assertEquals(418, answer.status());
    assertEquals("tea", answer.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          export default () => { for (;;) {} }                              | 504 | out-of-fuel    |
          for (;;) {}                                                       | 504 | out-of-fuel    |
          /^(a+)+$/.test('a'.repeat(40) + 'b')                              | 504 | out-of-fuel    |
          export default () => { const a = []; for (;;) a.push([1, 2, 3]) } | 507 | out-of-memory  | handler.js:1:
          export default () => 'x'.repeat(2 ** 30 - 2)                      | 507 | out-of-memory  | handler.js:1:
          export default () => 'x'.repeat(20000)                            | 507 | out-of-output  |
          export default function f() { return 1 + f() }                    | 502 | guest-failed   | handler.js:1:
          export default () => JSON.parse('['.repeat(1e6))                  | 502 | guest-failed   | handler.js:1:
          export default () => { const a = {}; a.a = a; return a }          | 502 | guest-failed   | handler.js:1:15: TypeError: circular reference
          export default () => { throw undefined }                          | 502 | guest-failed   | handler.js:1:30: the script threw something that is no Error: undefined
          throw null                                                        | 502 | guest-failed   | handler.js:1:6: the script threw something that is no Error: null
          export default () => { throw new Proxy({}, { get() { throw 1 } }) } | 502 | guest-failed | cannot be shown
          export default () => ({ get body() { throw new Error('no') } })   | 502 | guest-failed   | handler.js:1:
          export default () => new Promise(() => {})                        | 502 | guest-failed   | handler.js:1:15: the handler waits for a promise that nothing settles
          export default async () => { await null; null.x }                 | 502 | guest-failed   | handler.js:1:
          export default () => ({ headers: { a: 'b\\r\\nc: d' }, body: '' }) | 502 | guest-failed  | handler.js:1:15: TypeError: no header line
          export default () => Symbol()                                     | 502 | guest-failed   | handler.js:1:15: TypeError: a symbol is no answer
          export default (r, data) => data.text()                           | 502 | guest-failed   | handler.js:1:
          export const x = 1                                                | 502 | guest-failed   | no function to call
          import x from 'lodash'                                            | 502 | guest-failed   | handler.js:1:14: ReferenceError: cannot import lodash
          export default () => import('./x.js')                             | 502 | guest-failed   | handler.js:1:15: ReferenceError: cannot import x.js
          export default function* () { yield undefined }                   | 502 | guest-failed   | handler.js:1:15: TypeError: undefined is no answer
          export default () => ({ status: '200', body: '' })                | 502 | guest-failed   | handler.js:1:15: RangeError: the status of an answer is a number from 200 to 599, not
          export default () => ({ headers: 'a: b', body: '' })              | 502 | guest-failed   | handler.js:1:15: TypeError: the headers of an answer are an object, not
          export default () => ({ headers: { a: 'é' }, body: '' })          | 502 | guest-failed   | handler.js:1:15: TypeError: no header line
          export default () => { return eval('null.x') }                    | 502 | guest-failed   | handler.js:1:
          export default () => { Error.prepareStackTrace = () => { throw 1 }; null.x } | 502 | guest-failed | handler.js:1:
          export default () => {                                            | 502 | guest-failed   | SyntaxError
          """)
  void a_bad_script_is_stopped_and_says_where(
      String script, int status, String code, @Nullable String log) throws IOException {
    file("handler.js", script);
    String manifest =
        file("limpet.json", "{\"v\": 1, \"script\": \"handler.js\", \"limits\": " + LIMITS + "}");
    WireAnswer answer =
        ask("GET " + deploy(manifest), null, "Accept: application/json", "Limpet-Timeout: 60s");
    assertEquals(code, answer.header("Limpet-Error"), answer.text());
    assertEquals(status, answer.status());
    assertTrue(log == null || answer.text().contains(log), answer.text());
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          export default () => {\\n  for (;;) {}\\n}               | 504 | handler.js:2:3: still running here
          export default async () => {\\n  for (;;) await null }   | 504 | handler.js:1:15: still running here
          const x = 1;\\nfor (;;) {}                            | 504 | handler.js:2:1: still running here
          export default async () => {\\n  throw 1 }           | 502 | handler.js:2:9: the script threw something that is no Error: 1
          export default function* () {\\n  throw {} }         | 502 | handler.js:2:9: the script threw something that is no Error: [object Object]
          const e = {};\\nexport default () => {\\n  try { throw e }\\n  finally { e.x = 1 } } | 502 | handler.js:3:15: the script threw
          export default () =>\\n  Promise.reject(1)           | 502 | handler.js:1:15: the script threw something that is no Error: 1
          Promise.reject(Error('a'));\\nexport default () => null.x | 502 | handler.js:1:15: a promise was rejected, and nothing handles it: Error: a
          export default () => {\\n  Promise.reject(Error('a'));\\n  return new Promise(() => 0) } | 502 | handler.js:2:18: a promise was rejected
          """)
  void the_log_tells_the_line_of_what_goes_on_for_ever_and_of_what_nothing_handles(
      String script, int status, String log) throws IOException {
    file("handler.js", script.replace("\\n", "\n"));
    String manifest =
        file(
            "limpet.json",
            "{\"v\": 1, \"script\": \"handler.js\", \"limits\": "
                + "{\"fuel\": 40000000, \"wall\": \"60s\"}}");
    WireAnswer answer = ask("GET " + deploy(manifest), null, "Accept: application/json");
    assertEquals(status, answer.status());
    assertTrue(answer.text().contains(log), answer.text());
  }

  @Test
  void what_is_no_script_is_refused_with_the_line_before_anything_runs() throws IOException {
    byte[] latin1 = "// a\n// caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    WireAnswer refused =
        ask(
            "POST /v1/functions",
            new String(latin1, StandardCharsets.ISO_8859_1),
            "Content-Type: text/javascript");
    assertEquals(422, refused.status());
    assertTrue(refused.text().contains("the script:2: this is not UTF-8"), refused.text());

    int large = 50 << 20;
    String head = // alone: who sends on is cut off at some point
        "POST /v1/functions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/javascript\r\n";
    String announced = head + "Content-Length: " + large + "\r\n\r\n";
    assertEquals(413, WireClient.ask(URI.create(url()), announced).status());
    String script = Files.write(folder.resolve("large.js"), new byte[large]).toString();
    for (String command : List.of("deploy", "run", "check")) {
      RecordingTerminal told = new RecordingTerminal(Map.of("LIMPET_GATEWAY", url()));
      assertEquals(4, told.run(command, script), told.err());
      assertTrue(told.err().contains("a script has at most 4194304"), told.err());
    }
  }

  @Test
  void check_names_file_line_and_column() throws IOException {
    String script = file("wrong.js", "export default () => {\n  const x = ;\n}\n");
    assertEquals(4, terminal.run("check", script));
    assertTrue(terminal.err().contains(script + ":2:13: SyntaxError"), terminal.err());
  }
}
