package dev.limpet.functions;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.limpet.protocol.Abi;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One call of a function and what it has to answer. functions-examples/README.md says which files a
 * case may have.
 *
 * @param folder {@code functions-examples/FUNCTION/cases/NAME}
 */
record ExampleCase(ExampleFunction function, Path folder) {

  private static final String PACKED = ".gz";

  @Override
  public String toString() {
    return function.name() + "/" + folder.getFileName();
  }

  /** The arguments, the input and the data of this case. */
  ExecutionSpec.Builder spec() {
    List<String> arguments = new ArrayList<>(List.of("function"));
    arguments.addAll(lines("arguments"));
    ExecutionSpec.Builder spec = ExecutionSpec.builder().arguments(arguments);
    if (function.abi() == Abi.RAW) {
      return spec.raw().input(rawInput()).limits(function.limits());
    }
    InMemoryDataMount data = data();
    if (data != null) {
      spec.mount("/data", data);
    }
    Path body = folder.resolve("stdin");
    if (Files.exists(body)) {
      spec.input(new ByteArrayInputStream(ExampleFunction.read(body)));
    }
    if (function.isScript()) {
      spec.script(function.script());
    }
    if (function.isHttp()) {
      spec.environment(request(Files.exists(body)));
    }
    return spec.limits(function.limits());
  }

  /** A raw function has one input: the body, or without one the file. */
  private InputStream rawInput() {
    Path body = folder.resolve("stdin");
    return new ByteArrayInputStream(
        Files.exists(body) ? ExampleFunction.read(body) : unpacked(dataPath()));
  }

  /** What a function of the kind {@code http} sees of the request, as a node says it. */
  private Map<String, String> request(boolean withBody) {
    Map<String, String> request = new HashMap<>();
    request.put("REQUEST_METHOD", line("method", withBody ? "POST" : "GET"));
    request.put("PATH_INFO", line("path", ""));
    request.put("QUERY_STRING", line("query", ""));
    lines("content-type").forEach(type -> request.put("CONTENT_TYPE", type));
    return request;
  }

  private @Nullable InMemoryDataMount data() {
    Path data = dataPath();
    if (Files.isDirectory(data)) {
      InMemoryDataMount mount = InMemoryDataMount.directory();
      fill(mount, data, "", !lines("data-from").isEmpty());
      return mount;
    }
    if (!Files.exists(data)) {
      return null;
    }
    return InMemoryDataMount.file(unpacked(data));
  }

  private Path dataPath() {
    List<String> reference = lines("data-from");
    return reference.isEmpty()
        ? folder.resolve("data")
        : ExampleFunction.root().resolve(reference.getFirst());
  }

  /** Of a shared folder only what is packed is data; the rest says where it comes from. */
  private static void fill(
      InMemoryDataMount mount, Path folder, String prefix, boolean onlyPacked) {
    for (Path path : ExampleFunction.children(folder)) {
      String name = prefix + path.getFileName();
      if (Files.isDirectory(path)) {
        fill(mount, path, name + "/", onlyPacked);
      } else if (name.endsWith(PACKED) || !onlyPacked) {
        mount.add(name.replace(PACKED, ""), unpacked(path));
      }
    }
  }

  private static byte[] unpacked(Path file) {
    if (!file.toString().endsWith(PACKED)) {
      return ExampleFunction.read(file);
    }
    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** 0 without a file {@code exit}. */
  int exitCode() {
    return lines("exit").stream().mapToInt(Integer::parseInt).findFirst().orElse(0);
  }

  /** The status of an answer over HTTP; 200 without a file {@code status}. */
  int status() {
    return Integer.parseInt(line("status", "200"));
  }

  /** Header lines that have to stand in an answer over HTTP. */
  List<String> head() {
    return lines("head");
  }

  /** The SHA-256 of the answer, where it is no text. */
  Optional<String> sha256() {
    return lines("expected.sha256").stream().findFirst();
  }

  /** The picture that the answer, a picture too, has to look like. */
  Optional<byte[]> like() {
    Path file = folder.resolve("like.png");
    return Files.exists(file) ? Optional.of(ExampleFunction.read(file)) : Optional.empty();
  }

  /** Empty without a file {@code expected}: a case that fails answers nothing. */
  String expected() {
    Path file = folder.resolve("expected");
    return Files.exists(file) ? new String(ExampleFunction.read(file), UTF_8) : "";
  }

  /** What has to stand in the log. */
  List<String> log() {
    return lines("log");
  }

  private String line(String name, String otherwise) {
    return lines(name).stream().findFirst().orElse(otherwise);
  }

  private List<String> lines(String name) {
    Path file = folder.resolve(name);
    return Files.exists(file)
        ? new String(ExampleFunction.read(file), UTF_8).lines().toList()
        : List.of();
  }
}
