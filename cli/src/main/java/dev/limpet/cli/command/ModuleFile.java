package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A module on this machine, looked at before it travels. */
final class ModuleFile {
  /** Read one byte beyond the gate's own limit, so that the gate can say so. */
  private static final int MAX_MODULE_BYTES = (8 << 20) + 1;

  private ModuleFile() {}

  static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_MODULE_BYTES);
    } catch (NoSuchFileException e) {
      throw CliException.usage("no file " + file);
    } catch (IOException e) {
      throw CliException.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  static GateVerdict inspect(byte[] module) {
    return new ModuleGate(GateLimits.pure0()).inspect(module);
  }
}
