package dev.limpet.gateway;

import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;

/** What a gateway is told about answers that are given again. */
final class MemoSettings {
  static final ConfigKey<Long> MEMORY =
      ConfigKey.bytes("memo-memory", 0, 1L << 36)
          .orElse("16MiB")
          .says(
              "Memory for small answers of pure functions that are given again without asking a"
                  + " node; 0 keeps none. Which node keeps an answer is remembered all the same, in"
                  + " 2 MiB at most.");

  private MemoSettings() {}

  /** Bytes of memory. */
  static long memory(Config config) {
    return config.get(MEMORY);
  }
}
