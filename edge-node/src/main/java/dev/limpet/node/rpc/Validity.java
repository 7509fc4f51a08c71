package dev.limpet.node.rpc;

import dev.limpet.node.name.NameRecords;
import java.time.Duration;
import java.util.Optional;

/** How long a record of {@code name/publish} holds, as its options say it, refused as by Kubo. */
final class Validity {
  private static final Duration LIFETIME = Duration.ofDays(2);
  private static final Duration TTL = Duration.ofMinutes(5);

  private Validity() {}

  /**
   * Reads the options.
   *
   * @throws RpcException when one is none, or they do not go together
   */
  static NameRecords.Term of(Options options) {
    if (options.flag(false, "allow-offline") && options.flag(false, "allow-delegated")) {
      throw RpcException.failed("cannot use both --allow-offline and --allow-delegated flags");
    }
    Duration lifetime = lifetime(options);
    long sequence = options.unsigned(NameRecords.Term.NEXT, "sequence");
    return new NameRecords.Term(lifetime, ttl(options, lifetime), sequence);
  }

  private static Duration lifetime(Options options) {
    Optional<String> text = options.find("lifetime", "t");
    if (text.isEmpty()) {
      return LIFETIME;
    }
    Duration lifetime =
        GoDuration.parse(text.get())
            .orElseThrow(
                () -> RpcException.failed("error parsing lifetime option: " + invalid(text.get())));
    if (!lifetime.isPositive()) {
      throw RpcException.failed("lifetime must be greater than zero, got " + text.get());
    }
    return lifetime;
  }

  /** A copy is used no longer than the record holds. */
  private static Duration ttl(Options options, Duration lifetime) {
    Optional<String> text = options.find("ttl");
    if (text.isEmpty()) {
      return TTL.compareTo(lifetime) < 0 ? TTL : lifetime;
    }
    Duration ttl =
        GoDuration.parse(text.get()).orElseThrow(() -> RpcException.failed(invalid(text.get())));
    if (ttl.isNegative()) {
      throw RpcException.failed("ttl must not be negative, got " + text.get());
    }
    if (ttl.compareTo(lifetime) > 0) {
      throw RpcException.failed(
          "ttl ("
              + GoDuration.text(ttl)
              + ") must not be greater than lifetime ("
              + GoDuration.text(lifetime)
              + ")");
    }
    return ttl;
  }

  private static String invalid(String text) {
    return "time: invalid duration \"" + text + "\"";
  }
}
