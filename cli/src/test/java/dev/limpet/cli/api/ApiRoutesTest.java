package dev.limpet.cli.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.api.ApiDocument.Operation;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The routes of the router are those of the document. OPTIONS says without a token which methods a
 * path has, so every path is asked for that can be made of the words in the gateway's sources.
 */
class ApiRoutesTest {
  private static final Path SOURCES = Path.of("../gateway/src/main/java/dev/limpet/gateway/http");
  private static final Pattern WORD = Pattern.compile("\"([a-z][a-z0-9./-]*)\"");
  private static final String CID = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";
  private static final int MAX_SEGMENTS = 5;

  private final ApiDocument document = ApiDocument.read();
  private final Map<String, Set<String>> described = described();
  private final Map<String, Set<String>> found = new TreeMap<>();

  /** What a path may begin with. */
  private final Set<String> first = new TreeSet<>();

  @TempDir private Path folder = Path.of("");

  @Test
  void the_router_has_the_routes_of_the_document_and_no_other() throws IOException {
    List<String> words = words(".java");
    first.addAll(words("Router.java"));
    first.addAll(words("Resources.java"));
    try (ApiMachine machine = new ApiMachine(folder, new ApiCheck(document), false);
        WireClient client = WireClient.connect(machine.gateway().url())) {
      look(client, "", 1, words);
      assertTrue(found.keySet().containsAll(described.keySet()), () -> missing().toString());
      found.forEach((path, methods) -> assertEquals(methods, describedAt(path), path));
      for (Operation operation : document.operations()) {
        String path = concrete(operation.template());
        assertTrue(!isCall(path) || !methods(client, path).isEmpty(), path);
      }
    }
  }

  private Set<String> missing() {
    Set<String> missing = new TreeSet<>(described.keySet());
    missing.removeAll(found.keySet());
    return missing;
  }

  /** The methods of the template that fits best, as a name may be any word. */
  private Set<String> describedAt(String path) {
    Set<String> methods = new TreeSet<>();
    String template = "";
    for (Operation operation : document.at(path)) {
      template = template.isEmpty() ? operation.template() : template;
      if (operation.template().equals(template)) {
        methods.add(operation.method());
      }
    }
    return methods;
  }

  /** Looks at all that may be below a path; what any name gives is found once. */
  private void look(WireClient client, String path, int segments, List<String> words) {
    Set<String> anything = methods(client, path + "/" + CID);
    note(client, path + "/" + CID, anything, segments, words);
    for (String word : path.isEmpty() ? first : words) {
      Set<String> methods = methods(client, path + "/" + word);
      if (methods.isEmpty() || !methods.equals(anything)) {
        note(client, path + "/" + word, methods, segments, words);
      }
    }
  }

  private void note(
      WireClient client, String path, Set<String> methods, int segments, List<String> words) {
    if (!methods.isEmpty()) {
      found.put(path, methods);
    }
    boolean leadsOn = described.keySet().stream().anyMatch(known -> known.startsWith(path + "/"));
    boolean content = path.startsWith("/ipfs/" + CID + "/");
    if (segments < MAX_SEGMENTS && !content && (segments < 2 || leadsOn || !methods.isEmpty())) {
      look(client, path, segments + 1, words);
    }
  }

  /** The words of files whose names end so. */
  private static List<String> words(String end) throws IOException {
    Set<String> words = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.filter(file -> file.toString().endsWith(end)).toList()) {
        var literals = WORD.matcher(Files.readString(file));
        while (literals.find()) {
          words.addAll(List.of(literals.group(1).split("/", -1)));
        }
      }
    }
    return List.copyOf(words);
  }

  private static Set<String> methods(WireClient client, String path) {
    WireAnswer answer =
        client.send(WireClient.request("OPTIONS " + path, null, "Connection: keep-alive")).answer();
    Set<String> methods = new TreeSet<>();
    if (answer.status() == 204) {
      methods.addAll(Arrays.asList(answer.header("Allow").split(", ", -1)));
      methods.removeAll(Set.of("HEAD", "OPTIONS"));
    }
    return methods;
  }

  private Map<String, Set<String>> described() {
    Map<String, Set<String>> all = new TreeMap<>();
    for (Operation operation : document.operations()) {
      String path = concrete(operation.template());
      if (!isCall(path)) {
        all.computeIfAbsent(path, _ -> new TreeSet<>()).add(operation.method());
      }
    }
    return all;
  }

  private static boolean isCall(String path) {
    return path.startsWith("/on/") || path.startsWith("/fn/");
  }

  private static String concrete(String template) {
    return template.replaceAll("\\{[a-z]+}", CID);
  }
}
