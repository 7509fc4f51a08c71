package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.wasmhost.compiler.SignedCode;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.ModuleCache;
import dev.limpet.wasmhost.engine.ModuleRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet compile}: one machine compiles for many nodes. Needs no server. */
@Command(
    name = "compile",
    description = {
      "Compile a function ahead and sign its code, for nodes that trust this builder.",
      "A node whose trusted-builders names the builder takes the code from its folder",
      "trusted-code, and does not compile. It trusts that builder as if it could",
      "change the node's program."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: limpet compile hello.wasm --export ./data/node-1/trusted-code --key builder.key"
    })
public final class CompileCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "MODULE", description = "A .wasm file, or a limpet.json that names one.")
  private Path module = Path.of("");

  @Option(
      names = "--export",
      paramLabel = "FILE",
      required = true,
      description = "The file to write; in a folder that exists, one with the name nodes look for.")
  private Path export = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The builder's key, made when absent (default: ~/.limpet/builder.key).")
  private Path key = Path.of(System.getProperty("user.home"), ".limpet", "builder.key");

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  CompileCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ModuleFile.Function function = ModuleFile.function(module, "");
    String sha256 = ModuleCache.sha256(function.module());
    Path file = Files.isDirectory(export) ? export.resolve(sha256 + SignedCode.SUFFIX) : export;
    NodeIdentity builder = builder();
    byte[] code = compile(function.module(), builder);
    write(file, code);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("module", function.manifest().module().toString());
    fields.put("sha256", sha256);
    fields.put("builder", builder.peerId().toString());
    fields.put("version", Compiler.version());
    fields.put("file", file.toString());
    fields.put("bytes", code.length);
    if (json) {
      session.terminal().json(fields);
    } else {
      fields.forEach((name, value) -> session.terminal().line(name + " " + value));
    }
    return ExitCode.DONE.number();
  }

  private NodeIdentity builder() {
    try {
      Path folder = key.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return NodeIdentity.loadOrCreate(key);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "no-key", "no key of a builder in " + key + ": " + e.getMessage());
    }
  }

  private byte[] compile(byte[] wasm, NodeIdentity builder) {
    try {
      return SignedCode.make(wasm, builder::sign);
    } catch (ModuleRefused e) {
      throw new CliException(
          ErrorCode.GATE_REFUSED,
          module + ": " + e.refusal().detail() + " " + e.refusal().advice());
    }
  }

  private static void write(Path file, byte[] code) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try {
        Files.write(part, code);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "cannot write " + file + ": " + e.getMessage());
    }
  }
}
