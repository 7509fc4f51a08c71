package dev.limpet.node;

import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;

/** What of its machine a node may take: disk for each kind of data, memory and processors. */
final class RoomSettings {
  private static final long LEAST_QUOTA = 1L << 20;
  private static final long LARGEST_QUOTA = 1L << 50;

  static final ConfigKey<Long> QUOTA =
      ConfigKey.bytes("quota", LEAST_QUOTA, LARGEST_QUOTA)
          .orElse("10GiB")
          .says("disk for data that is kept; more is refused");

  static final ConfigKey<Long> FETCHED_QUOTA =
      ConfigKey.bytes("fetched-quota", LEAST_QUOTA, LARGEST_QUOTA)
          .orElse("1GiB")
          .says("disk for data that came from elsewhere for calls; the oldest goes first");

  static final ConfigKey<Long> FUNCTION_QUOTA =
      ConfigKey.bytes("function-quota", LEAST_QUOTA, LARGEST_QUOTA)
          .orElse("256MiB")
          .says("disk for modules of functions; the oldest go first");

  static final ConfigKey<Long> CODE_QUOTA =
      ConfigKey.bytes("code-quota", 0, LARGEST_QUOTA)
          .orElse("512MiB")
          .says("disk for compiled functions");

  static final ConfigKey<Long> LOG_QUOTA =
      ConfigKey.bytes("log-quota", 0, LARGEST_QUOTA)
          .orElse("16MiB")
          .says("disk for logs of functions; the oldest go first; 0 keeps none");

  static final ConfigKey<Long> MEMORY =
      ConfigKey.bytes("max-memory", 1L << 20, LARGEST_QUOTA)
          .says("memory of all guests together; half of the heap without it");

  static final ConfigKey<Integer> CPUS =
      ConfigKey.integer("max-cpus", 1, 1024)
          .says(
              "guests that run at the same time; without it the number of processors, at least 2");

  static final ConfigKey<Long> MIN_FREE =
      ConfigKey.bytes("min-free", 0, LARGEST_QUOTA)
          .orElse("64MiB")
          .says(
              "disk that stays free; with less the node writes nothing new, and reads and runs on");

  private RoomSettings() {}

  /** How much of the disk the parts of the store may take. */
  static NodeStore.Quotas quotas(Config config) {
    return new NodeStore.Quotas(
        config.get(QUOTA),
        config.get(FETCHED_QUOTA),
        config.get(FUNCTION_QUOTA),
        config.get(MIN_FREE));
  }

  /** What guests may take: memory of all, how many at once, and the largest one. */
  static Capacity capacity(Config config) {
    long memory = config.find(MEMORY).orElse(Runtime.getRuntime().maxMemory() / 2);
    int cpus = config.find(CPUS).orElse(Math.max(2, Runtime.getRuntime().availableProcessors()));
    return new Capacity(memory, cpus, memory);
  }
}
