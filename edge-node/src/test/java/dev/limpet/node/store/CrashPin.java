package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import java.util.List;

/**
 * A DAG that a store was told to keep, and how much of it.
 *
 * @param number which DAG
 * @param kind all of it, or its root alone
 */
record CrashPin(long number, PinKind kind) {
  /** Reads what {@link #toString} wrote. */
  static CrashPin of(String text) {
    int colon = text.indexOf(':');
    return new CrashPin(
        Long.parseLong(text.substring(0, colon)), PinKind.of(text.substring(colon + 1)));
  }

  /** The name that a pin has that was given the text of a line. */
  static String name(String given) {
    return "named " + given;
  }

  Cid root() {
    return CrashDag.of(number).root();
  }

  /** What must not go. */
  List<Block> blocks() {
    List<Block> all = CrashDag.of(number).blocks();
    return kind == PinKind.DIRECT ? all.subList(0, 1) : all;
  }

  @Override
  public String toString() {
    return number + ":" + kind.text();
  }
}
