package dev.limpet.cli.map;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.protocol.ErrorCode;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** Entries whose calls failed. Many threads note. */
final class Failures {
  /** So many, and the rest is not begun: what fails that often fails everywhere. */
  static final int MAX_FAILED_ENTRIES = 100;

  /** What is no matter of one entry. */
  private static final Set<String> OF_ALL =
      Set.of(
          ErrorCode.UNAUTHORIZED.code(),
          ErrorCode.FORBIDDEN.code(),
          ErrorCode.FUNCTION_NOT_FOUND.code(),
          ErrorCode.NAME_NOT_FOUND.code(),
          ErrorCode.BAD_NAME.code(),
          ErrorCode.BAD_QUERY.code(),
          ErrorCode.TARGET_TOO_LONG.code(),
          ErrorCode.UNREACHABLE.code());

  private final Map<String, CliException> byName = new ConcurrentSkipListMap<>();

  /**
   * Notes that the call of an entry failed.
   *
   * @throws CliException {@code failure} when others would fail so too; {@code entries-failed} when
   *     too many have
   */
  void note(Entry entry, CliException failure) {
    if (failure.exit() == ExitCode.INTERRUPTED || OF_ALL.contains(failure.code())) {
      throw failure;
    }
    byName.put(entry.name(), failure);
    if (byName.size() >= MAX_FAILED_ENTRIES) {
      throw failed(MAX_FAILED_ENTRIES + " entries failed, and the rest was not called");
    }
  }

  /**
   * @throws CliException {@code entries-failed} when any has
   */
  void throwIfAny(int of) {
    if (!byName.isEmpty()) {
      throw failed(byName.size() + " of " + of + " entries failed, and nothing was reduced");
    }
  }

  private static CliException failed(String what) {
    return new CliException(
        ExitCode.FUNCTION_FAILED,
        "entries-failed",
        what + "; answers of the others are kept: the same command again calls what is missing");
  }

  /** By the names of the entries. */
  Map<String, CliException> byName() {
    return Collections.unmodifiableMap(byName);
  }
}
