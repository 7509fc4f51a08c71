package dev.limpet.gateway.copy;

import dev.limpet.protocol.config.ConfigKey;

/** What a gateway is told of copies of hot data. */
public final class CopySettings {
  /** Bytes that may travel for copies within any minute. */
  public static final ConfigKey<Long> BUDGET =
      ConfigKey.bytes("copy-budget", 0, 1L << 50)
          .orElse("256MiB")
          .says(
              "Bytes a minute that may travel to copy data to idle nodes when all nodes that hold"
                  + " it are busy; 0 copies nothing.");

  private CopySettings() {}
}
