package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.client.LocalScript;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.ModuleReport;
import dev.limpet.wasmgate.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A module on this machine, looked at before it travels. */
final class ModuleFile {
  /** Read one byte beyond the gate's own limit, so that the gate can say so. */
  private static final int MAX_MODULE_BYTES = GateLimits.MAX_MODULE_BYTES + 1;

  private ModuleFile() {}

  /**
   * A function whose module is on this machine.
   *
   * @param manifest its own, or the default one
   * @param module admitted by the gate
   * @param script what it runs, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Function(FunctionManifest manifest, byte[] module, @Nullable LocalScript script) {}

  static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_MODULE_BYTES);
    } catch (NoSuchFileException e) {
      String hint =
          file.toString().equals("sql") ? "; ask it with 'limpet sql QUERY --data FILE'" : "";
      throw CliException.usage("no file " + file + hint);
    } catch (IOException e) {
      throw CliException.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  static GateVerdict inspect(byte[] module) {
    return new ModuleGate(GateLimits.pure0()).inspect(module);
  }

  /** The function of a module, a script or a {@code limpet.json}, admitted by the gate. */
  static Function function(Path file, String python) {
    if (LocalScript.isScript(file)) {
      return script(LocalScript.read(file, python));
    }
    if (!file.toString().endsWith(".json")) {
      byte[] module = read(file);
      return new Function(
          FunctionUpload.manifestOf(module, abi(requireAdmitted(file, module))), module, null);
    }
    FunctionUpload.Source source = FunctionUpload.readManifest(file, python);
    byte[] module = source.module();
    if (module == null) {
      throw CliException.usage(
          file + " names its module by CID: to run it here, name the module's file");
    }
    var _ = requireAdmitted(source.file(), module);
    LocalScript script = source.script();
    FunctionManifest manifest = FunctionUpload.manifestOf(source);
    if (manifest.script() != null && script == null) {
      throw CliException.usage(
          file + " names its script by CID: to run it here, name the script's file");
    }
    return new Function(manifest, module, script);
  }

  /** A script as a function of its runtime. */
  static Function script(LocalScript script) {
    return new Function(FunctionUpload.manifestOf(script), script.runtime().module(), script);
  }

  /** How a bare module is called. */
  static Abi abi(ModuleReport report) {
    return report.abi() == dev.limpet.wasmgate.Abi.RAW ? Abi.RAW : Abi.COMMAND;
  }

  /** The gate runs here before anything travels, and at the gateway again. */
  static ModuleReport requireAdmitted(Path file, byte[] module) {
    return switch (inspect(module)) {
      case GateVerdict.Admitted admitted -> admitted.report();
      case GateVerdict.Refused refused -> throw refusal(file, refused.refusals());
    };
  }

  static CliException refusal(Path file, List<Refusal> refusals) {
    Refusal first = refusals.getFirst();
    String more = refusals.size() > 1 ? " ('limpet check' shows all reasons)" : "";
    return new CliException(
        ErrorCode.GATE_REFUSED, file + ": " + first.detail() + " " + first.advice() + more);
  }
}
