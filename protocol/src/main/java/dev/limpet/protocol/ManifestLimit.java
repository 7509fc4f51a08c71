package dev.limpet.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A limit that a manifest may set in {@code limits}. What it does not set is a constant of the
 * profile. All but {@link #WALL} decide what a run computes; wall time only decides whether it is
 * finished in time, and a run that it ends is never taken for a result.
 */
public enum ManifestLimit {
  /** Guest memory in bytes; whole pages of 64 KiB. */
  MEMORY("memory", Unit.BYTES, 64L << 10, 4L << 30, 1L << 30),
  /** Instructions, as {@code fuel-v1} counts them. */
  FUEL("fuel", Unit.COUNT, 1, 1L << 60),
  /** Bytes of the answer. */
  OUTPUT("output", Unit.BYTES, 0, 1L << 40),
  /** Bytes of the log that are kept. */
  LOG("log", Unit.BYTES, 1L << 10, 16L << 20),
  /** Files and directories that are open at the same time. */
  OPEN_FILES("open-files", Unit.COUNT, 8, 1024),
  /** Bytes below {@code /tmp}. */
  SCRATCH("scratch", Unit.BYTES, 0, 4L << 30, 1L << 30),
  /** Nested calls. */
  CALL_DEPTH("call-depth", Unit.COUNT, 16, 100_000, 10_000),
  /** Wall time in milliseconds. */
  WALL("wall", Unit.MILLISECONDS, 1, 86_400_000, 3_600_000);

  private static final long PAGE_BYTES = 64L << 10;

  private enum Unit {
    BYTES,
    COUNT,
    MILLISECONDS
  }

  private final String key;
  private final Unit unit;
  private final long min;
  private final long max;
  private final long supported;

  ManifestLimit(String key, Unit unit, long min, long max) {
    this(key, unit, min, max, max);
  }

  ManifestLimit(String key, Unit unit, long min, long max, long supported) {
    this.key = key;
    this.unit = unit;
    this.min = min;
    this.max = max;
    this.supported = supported;
  }

  /** The key below {@code limits}. */
  public String key() {
    return key;
  }

  /**
   * Checks a value.
   *
   * @return the value itself
   * @throws IllegalArgumentException that names the key, the value and what is allowed
   */
  public long check(long value) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "limits."
              + key
              + " is "
              + shown(value)
              + "; allowed: "
              + shown(min)
              + " to "
              + shown(max));
    }
    if (this == MEMORY && value % PAGE_BYTES != 0) {
      throw new IllegalArgumentException(
          "limits.memory is " + value + "; allowed: whole pages of 64KiB");
    }
    return value;
  }

  /** The least that a manifest may say. */
  public long least() {
    return min;
  }

  /** The most that this build can give; a manifest may say more and is answered not-supported. */
  public long supported() {
    return supported;
  }

  /** The sentence of a value that is allowed and that this build cannot give. */
  String unsupported(long value) {
    return "limits." + key + " is " + shown(value) + "; this build has at most " + shown(supported);
  }

  /** Reads a value as people write it in JSON: {@code "64MiB"}, {@code "30s"}. */
  long parse(String text) {
    try {
      return switch (unit) {
        case BYTES -> ByteSizes.parse(text);
        case MILLISECONDS -> Durations.parse(text).toMillis();
        case COUNT -> throw new IllegalArgumentException("expected a whole number");
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("limits." + key + ": " + e.getMessage(), e);
    }
  }

  private String shown(long value) {
    return switch (unit) {
      case BYTES -> ByteSizes.format(value);
      case MILLISECONDS -> value + "ms";
      case COUNT -> Long.toString(value);
    };
  }

  static Optional<ManifestLimit> ofKey(String key) {
    return Arrays.stream(values()).filter(limit -> limit.key.equals(key)).findFirst();
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(ManifestLimit::key).toList();
  }
}
