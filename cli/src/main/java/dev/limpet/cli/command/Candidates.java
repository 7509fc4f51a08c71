package dev.limpet.cli.command;

import dev.limpet.protocol.Abi;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Words that a shell completes, where an argument is one of a few. */
final class Candidates {
  private Candidates() {}

  /** Shells that there are completion scripts for. */
  static final class Shells implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("bash", "zsh", "fish").iterator();
    }
  }

  /** Processes that have a configuration. */
  static final class Processes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("gateway", "node").iterator();
    }
  }

  /** How functions are called. */
  static final class Abis implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Abi.values()).map(Abi::text).iterator();
    }
  }
}
