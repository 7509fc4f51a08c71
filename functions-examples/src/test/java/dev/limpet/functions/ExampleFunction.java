package dev.limpet.functions;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.ManifestLimit;
import dev.limpet.wasmhost.SandboxLimits;
import dev.limpet.wasmhost.Script;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder with a function: its sources, {@code NAME.wasm} and {@code cases/}.
 *
 * @param folder {@code functions-examples/NAME}, or {@code runtimes/NAME}
 */
record ExampleFunction(Path folder) {

  /**
   * All functions of this module, by name, where a folder with a {@code build.sh} is one; then what
   * comes with the product and has cases.
   */
  static List<ExampleFunction> all() {
    Stream<Path> shipped =
        children(root().resolveSibling("runtimes")).stream()
            .filter(folder -> Files.isDirectory(folder.resolve("cases")));
    return Stream.concat(children(root()).stream(), shipped)
        .filter(folder -> Files.exists(folder.resolve("build.sh")))
        .map(ExampleFunction::new)
        .toList();
  }

  /** All of them, and then the scripts. */
  static Stream<ExampleFunction> everything() {
    return Stream.concat(all().stream(), scripts().stream());
  }

  /** All scripts of this module, by name: folders with a manifest and nothing to build. */
  static List<ExampleFunction> scripts() {
    return children(root()).stream()
        .filter(folder -> Files.exists(folder.resolve("limpet.json")))
        .map(ExampleFunction::new)
        .filter(ExampleFunction::isScript)
        .toList();
  }

  /** Whether it is a script, which the JavaScript runtime runs. */
  boolean isScript() {
    return !Files.exists(folder.resolve("build.sh"));
  }

  /** The script. */
  Script script() {
    byte[] text = read(folder.resolve("handler.js"));
    return new Script(Sources.sha256(text), List.of(), InMemoryDataMount.file(text));
  }

  /** The folder {@code functions-examples}: surefire sets {@code limpet.root}. */
  static Path root() {
    return Path.of(System.getProperty("limpet.root", ".."))
        .resolve("functions-examples")
        .toAbsolutePath()
        .normalize();
  }

  String name() {
    return String.valueOf(folder.getFileName());
  }

  byte[] wasm() {
    if (isScript()) {
      return read(root().resolveSibling("runtimes").resolve("javascript/javascript.wasm"));
    }
    return read(folder.resolve(name() + ".wasm"));
  }

  /** Whether it speaks HTTP itself, as its manifest says. */
  boolean isHttp() {
    return abi() == Abi.HTTP;
  }

  /** How it is called. */
  Abi abi() {
    return manifest().map(FunctionManifest::effectiveAbi).orElse(Abi.COMMAND);
  }

  /** What it may use: the constants of the profile, or what its manifest says. */
  SandboxLimits limits() {
    SandboxLimits profile = SandboxLimits.pure0();
    return manifest()
        .map(
            manifest ->
                new SandboxLimits(
                    manifest.limit(ManifestLimit.MEMORY).orElse(profile.memoryBytes()),
                    manifest.limit(ManifestLimit.FUEL).orElse(profile.fuel()),
                    manifest.limit(ManifestLimit.OUTPUT).orElse(profile.outputBytes()),
                    profile.logBytes(),
                    profile.openFiles(),
                    profile.scratchBytes(),
                    profile.callDepth()))
        .orElse(profile);
  }

  private Optional<FunctionManifest> manifest() {
    Path file = folder.resolve("limpet.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String module = Cid.of(Multicodec.RAW, wasm()).toString();
    return Optional.of(FunctionManifest.fromJson(read(file), name -> module));
  }

  List<ExampleCase> cases() {
    return children(folder.resolve("cases")).stream()
        .filter(Files::isDirectory)
        .map(path -> new ExampleCase(this, path))
        .toList();
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is in a folder, by name. */
  static List<Path> children(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
