package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ScriptRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All sorts of bad scripts in Python, where the CPython is that runs them. */
@Tag("nightly")
@Timeout(600)
class PythonScriptsTest {
  /** What a script that goes on for ever may use here; its interpreter starts within that. */
  private static final String LIMITS =
      "{\"fuel\": 1000000000, \"memory\": \"64MiB\", \"output\": \"16KiB\", \"wall\": \"120s\"}";

  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path servers = Path.of("");
  private static @Nullable GatewayAndNode machine;
  private static String python = "";

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void start() throws IOException {
    python = Objects.requireNonNullElse(System.getenv(ScriptRuntime.PYTHON), "");
    assertFalse(python.isEmpty(), "set LIMPET_PYTHON to the file that .ci/python prints");
    machine = GatewayAndNode.start(servers);
    String path = deployed(servers, "def handler(r, d): return 'first'");
    await()
        .atMost(LONGEST) // the node compiles CPython
        .until(() -> ask(path).body().equals("first"));
  }

  @AfterAll
  static void stop() {
    if (machine != null) {
      machine.close();
    }
  }

  private static String url() {
    return Objects.requireNonNull(machine).gateway().url().toString();
  }

  /** Again, while the node says that it is not yet ready to answer. */
  private static HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer;
    do {
      answer = HTTP.send(request(path), HttpResponse.BodyHandlers.ofString());
    } while (answer.headers().firstValue("Retry-After").isPresent());
    return answer;
  }

  private static HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path))
        .header("Accept", "application/json")
        .timeout(LONGEST)
        .build();
  }

  /** Gives the path where it is called. */
  private static String deployed(Path folder, String script) throws IOException {
    return deployed(folder, script, "[]");
  }

  private static String deployed(Path folder, String script, String headers) throws IOException {
    Files.writeString(folder.resolve("handler.py"), script);
    Path manifest = folder.resolve("limpet.json");
    Files.writeString(
        manifest,
        "{\"v\": 1, \"script\": \"handler.py\", \"limits\": "
            + LIMITS
            + ", \"headers\": "
            + headers
            + "}");
    RecordingTerminal terminal = new RecordingTerminal(Map.of(ScriptRuntime.PYTHON, python));
    int exit = terminal.run("deploy", manifest.toString(), "--gateway", url(), "--json");
    assertEquals(0, exit, terminal.err());
    return JsonObject.parse(terminal.out()).text("url").substring(url().length());
  }

  @Test
  void a_person_who_deploys_one_reads_that_its_first_call_may_wait_for_the_compiler()
      throws IOException {
    Path script = Files.writeString(folder.resolve("handler.py"), "def handler(r, d): return ''");
    RecordingTerminal person =
        new RecordingTerminal(Map.of(ScriptRuntime.PYTHON, python, "LIMPET_STDERR_TTY", "1"));
    assertEquals(0, person.run("deploy", script.toString(), "--gateway", url()), person.err());
    assertTrue(person.err().contains("compiles it now, once; the first call waits"), person.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          while True: pass                                              | 504 |               |
          def handler(r, d):~  while True: pass                         | 504 |               |
          def handler(r, d):~  return 10 ** (10 ** 9)                   | 504 |               |
          def handler(r, d):~  a = []~  while True: a.append(bytes(1 << 20)) | 507 | out-of-memory | handler.py:3: MemoryError
          a = []~def handler(r, d):~  while True: a.append(bytes(1 << 20)) | 507 | out-of-memory | handler.py:3: MemoryError
          def handler(r, d):~  return 'x' * (1 << 30)                   | 507 | out-of-memory | handler.py:2: MemoryError
          def handler(r, d):~  yield 'x' * 20000                        | 507 | out-of-output |
          def handler(r, d):~  return handler(r, d) + 1                 | 502 | guest-failed  | handler.py:2: RecursionError
          import json~def handler(r, d):~  json.loads('[' * 100000)     | 502 | guest-failed  | handler.py:3: RecursionError
          a = []~for _ in range(10 ** 5): a = [a]~repr(a)               | 502 | guest-failed  | handler.py:3: RecursionError
          def handler(r, d):~  a = {}~  a['a'] = a~  return a           | 502 | guest-failed  | handler.py:1: ValueError: Circular
          def handler(r, d):~  raise                                    | 502 | guest-failed  | handler.py:2: RuntimeError
          def handler(r, d):~  raise None                               | 502 | guest-failed  | handler.py:2: TypeError
          def handler(r, d):~  raise BaseException('x')                 | 502 | guest-failed  | handler.py:2: BaseException: x
          def handler(r, d):~  raise KeyboardInterrupt                  | 502 | guest-failed  | handler.py:2: KeyboardInterrupt
          def handler(r, d):~  raise SystemExit                         | 502 | guest-failed  | handler.py:2: SystemExit
          import sys~def handler(r, d):~  sys.exit('words')             | 502 | guest-failed  | handler.py:3: SystemExit: words
          raise SystemExit(0)                                           | 502 | guest-failed  | handler.py:1: SystemExit
          import os~def handler(r, d):~  os._exit(0)                    | 502 |               |
          import os~os._exit(0)                                         | 502 |               |
          import os~os.abort()                                          | 502 |               |
          class E(Exception):~  def __str__(s): raise s~raise E         | 502 | guest-failed  | handler.py:3: handler.E
          raise Exception('x' * 10 ** 7)                                | 502 | guest-failed  | x
          def handler(r, d):~  for x in [0]:~    yield 1 / x            | 502 | guest-failed  | handler.py:3: ZeroDivisionError
          def handler(:                                                 | 502 | guest-failed  | handler.py:1: SyntaxError
          x = 1~if x:~y = 2                                             | 502 | guest-failed  | handler.py:3: IndentationError
          x = '''~~                                                     | 502 | guest-failed  | handler.py:1: SyntaxError
          eval('(' * 10 ** 5)                                           | 502 | guest-failed  | handler.py:1
          import numpy                                                  | 502 | guest-failed  | handler.py:1: ModuleNotFoundError: No module named 'numpy'
          import ctypes                                                 | 502 | guest-failed  | handler.py:1: ModuleNotFoundError
          import socket~socket.create_connection(('127.0.0.1', 1))      | 502 | guest-failed  | handler.py:
          import threading~threading.Thread(target=print).start()       | 502 | guest-failed  | handler.py:2: RuntimeError
          import subprocess~subprocess.run(['ls'])                      | 502 | guest-failed  | handler.py:2: OSError
          import os~os.fork()                                           | 502 | guest-failed  | handler.py:2:
          import multiprocessing~multiprocessing.Pool(2)                | 502 | guest-failed  | handler.py:
          open('/script/handler.py', 'w')                               | 502 | guest-failed  | handler.py:1:
          open('/x', 'w')                                               | 502 | guest-failed  | handler.py:1:
          import os~os.remove('/script/handler.py')                     | 502 | guest-failed  | handler.py:2:
          def handler(r, d):~  return '\\ud800'                          | 502 | guest-failed  | handler.py:1: UnicodeEncodeError
          def handler(r, d):~  return {1, 2}                            | 502 | guest-failed  | handler.py:1: TypeError
          def handler(r, d):~  return float('nan')                      | 502 | guest-failed  | handler.py:1: ValueError
          def handler(r, d):~  return {'status': 99, 'body': ''}        | 502 | guest-failed  | handler.py:1: ValueError: the status
          def handler(r, d):~  return {'headers': {'a': 'é'}, 'body': ''} | 502 | guest-failed | handler.py:1: ValueError: no header line
          def handler(r): pass                                          | 502 | guest-failed  | handler.py:1: TypeError
          async def handler(r, d):~  await F()~class F:~  def __await__(s): yield | 502 | guest-failed | handler.py:1: RuntimeError: the handler awaits
          handler = 5                                                   | 502 | guest-failed  | handler.py: the script has no function to call
          def handler(r, d):~  return d.text()                          | 502 | guest-failed  | handler.py:2: AttributeError
          import os~def handler(r, d):~  os.close(1)~  return 'x'       | 502 | guest-failed  | handler.py:2: OSError
          import os~os._exit = print~def handler(r, d):~  return 'x'    | 200 |               | x
          import time~def handler(r, d):~  time.sleep(10 ** 6)~  return 'x' | 200 |           | x
          """)
  void a_bad_script_is_stopped_and_says_where(
      String script, int status, @Nullable String code, @Nullable String said)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(deployed(folder, script.replace('~', '\n')));
    assertEquals(status, answer.statusCode(), answer.body());
    String error = answer.headers().firstValue("Limpet-Error").orElse("");
    assertTrue(code == null || code.equals(error), answer.body());
    assertTrue(said == null || answer.body().contains(said), answer.body());
  }

  @Test
  void a_good_script_has_the_request_the_headers_of_its_manifest_and_a_folder_in_place()
      throws IOException, InterruptedException {
    String script =
        """
        def handler(request, data):
            file = data.open('sub/a.txt')
            with file.file() as stream:
                stream.seek(4)
                part = stream.read(3).decode()
            yield [request.method, request.path, request.query, request.query_all, request.headers]
            yield [request.json(), request.text(), list(request.lines())]
            yield [data.kind, data.list(), data.open('z.json').json(), file.size, part]
            yield [list(file.lines()), list(file.bytes(1, 2))]
        """;
    String path = deployed(folder, script, "[\"x-one\"]");
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(data.resolve("sub"));
    Files.writeString(data.resolve("z.json"), "{\"n\":[1,2]}");
    Files.writeString(data.resolve("sub/a.txt"), "one\ntwo\nlast");
    String cid = Objects.requireNonNull(machine).add(data);
    String called = "/on/" + cid + "/-" + path.substring("/fn".length()) + "/p%20q?a=1&a=2&b";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + called))
            .header("Content-Type", "application/json")
            .header("X-One", "1")
            .header("X-Two", "2")
            .timeout(LONGEST)
            .POST(HttpRequest.BodyPublishers.ofString("{\"n\":1}"))
            .build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(
        """
        ["POST", "/p q", {"a": "1", "b": ""}, [["a", "1"], ["a", "2"], ["b", ""]], {"x-one": "1", "content-type": "application/json"}]
        [{"n": 1}, "{\\"n\\":1}", ["{\\"n\\":1}"]]
        ["folder", ["sub", "z.json"], {"n": [1, 2]}, 12, "two"]
        [["one", "two", "last"], [110, 101]]
        """,
        answer.body());
    assertEquals("application/x-ndjson", answer.headers().firstValue("Content-Type").orElse(""));
  }

  /** It is held back for some milliseconds; until then it can be refused, and after that be cut. */
  @Test
  void an_answer_without_end_is_refused_or_cut() throws IOException, InterruptedException {
    String path = deployed(folder, "def handler(r, d):\n  while True:\n    yield 'x' * 1000");
    HttpResponse<InputStream> answer =
        HTTP.send(request(path), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() == 200) {
        assertThrows(IOException.class, body::readAllBytes);
      } else {
        assertEquals(507, answer.statusCode());
        assertEquals("out-of-output", answer.headers().firstValue("Limpet-Error").orElse(""));
      }
    }
  }

  @Test
  void what_is_no_script_is_refused_before_anything_runs() throws IOException {
    Path script = folder.resolve("handler.py");
    Files.write(script, new byte[] {'#', '\n', '#', (byte) 0xe9, '\n'});
    RecordingTerminal latin1 = new RecordingTerminal(Map.of(ScriptRuntime.PYTHON, python));
    assertEquals(4, latin1.run("deploy", script.toString(), "--gateway", url()));
    assertTrue(latin1.err().contains(script + ":2: this is not UTF-8"), latin1.err());
    Files.write(script, new byte[50 << 20]);
    RecordingTerminal large = new RecordingTerminal(Map.of(ScriptRuntime.PYTHON, python));
    assertEquals(4, large.run("deploy", script.toString(), "--gateway", url()));
    assertTrue(large.err().contains("a script has at most 4194304"), large.err());
  }
}
