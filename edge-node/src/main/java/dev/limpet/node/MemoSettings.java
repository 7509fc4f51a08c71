package dev.limpet.node;

import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;

/** What a node is told about answers that are given again. */
final class MemoSettings {
  private static final long LARGEST_QUOTA = 1L << 40;

  static final ConfigKey<Long> QUOTA =
      ConfigKey.bytes("memo-quota", 0, LARGEST_QUOTA)
          .orElse("64MiB")
          .says(
              "disk for answers that are given again without a run; what nobody asks for goes"
                  + " first; 0 keeps none");

  private MemoSettings() {}

  /** Bytes of kept answers on the disk. */
  static long quota(Config config) {
    return config.get(QUOTA);
  }
}
