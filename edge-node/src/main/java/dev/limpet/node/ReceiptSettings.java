package dev.limpet.node;

import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.time.Duration;

/** What a node is told about receipts. */
final class ReceiptSettings {
  static final ConfigKey<Long> QUOTA =
      ConfigKey.bytes("receipt-quota", 0, 1L << 50)
          .orElse("64MiB")
          .says(
              "disk for receipts of executions, some 600 bytes each; the oldest go first, their"
                  + " hashes stay; 0 keeps none and signs nothing");

  static final ConfigKey<Duration> AGE =
      ConfigKey.duration("receipt-age", Duration.ofMinutes(1), Duration.ofDays(36_500))
          .orElse("90d")
          .says("receipts that are older are removed");

  private ReceiptSettings() {}

  static long quota(Config config) {
    return config.get(QUOTA);
  }

  static Duration age(Config config) {
    return config.get(AGE);
  }
}
