package dev.limpet.gateway.call;

import java.time.Duration;
import java.util.List;

/** What differs between gateways of tests. */
record Setup(
    CallPolicy policy,
    boolean guarded,
    boolean publicToo,
    List<String> origins,
    List<String> callOrigins,
    boolean audited) {
  Setup(
      CallPolicy policy,
      boolean guarded,
      boolean publicToo,
      List<String> origins,
      List<String> callOrigins) {
    this(policy, guarded, publicToo, origins, callOrigins, false);
  }

  static final Setup OPEN =
      new Setup(CallPolicy.STANDARD, false, false, List.of(), List.of(), false);

  Setup calls(int max) {
    return new Setup(policy.withMaxCalls(max), guarded, publicToo, origins, callOrigins, audited);
  }

  Setup sharing(CallPolicy.Shares shares) {
    return new Setup(policy.withShares(shares), guarded, publicToo, origins, callOrigins, audited);
  }

  /** How long a connection to a node may take. */
  Setup connecting(Duration time) {
    CallPolicy patient =
        new CallPolicy(
            policy.maxCalls(),
            policy.maxReads(),
            policy.maxTime(),
            time,
            policy.immutable(),
            policy.ownContentHost(),
            policy.shares(),
            policy.hedging());
    return new Setup(patient, guarded, publicToo, origins, callOrigins, audited);
  }

  Setup hedging() {
    return new Setup(policy.withHedging(true), guarded, publicToo, origins, callOrigins, audited);
  }

  /** Answers by CID say that they never change. */
  Setup immutable() {
    CallPolicy forever = policy.withImmutable(true);
    return new Setup(forever, guarded, publicToo, origins, callOrigins, audited);
  }

  Setup auditing() {
    return new Setup(policy, guarded, publicToo, origins, callOrigins, true);
  }

  Setup withPublic() {
    return new Setup(policy, true, true, origins, callOrigins, audited);
  }

  Setup trusting(String origin) {
    return new Setup(policy, guarded, publicToo, List.of(origin), callOrigins, audited);
  }

  Setup callableFrom(String... pages) {
    return new Setup(policy, guarded, publicToo, origins, List.of(pages), audited);
  }
}
