package dev.limpet.wasmhost;

import dev.limpet.wasmgate.Refusal;
import java.util.List;

/** A module that passed the gate and is ready to run. May be kept and shared between threads. */
public interface CompiledModule {

  /** Where compiled code came from. */
  enum Source {
    /** It was loaded already. */
    MEMORY,
    /** It was read from the cache on disk. */
    DISK,
    /** It was compiled just now. */
    COMPILED
  }

  /** SHA-256 of the wasm bytes, 64 hexadecimal digits in lower case. */
  String sha256();

  /** Where this came from. */
  Source source();

  /**
   * What speaks against running it where a manifest does not say {@code allow-slow}: functions with
   * loops in methods that the JVM may never compile. Empty for most modules.
   */
  List<Refusal> slow();

  /**
   * What whoever built it may want to know: functions without loops in methods that the JVM may
   * never compile. Empty for most modules.
   */
  List<String> hints();
}
