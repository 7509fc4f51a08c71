package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Choice.Reason;
import dev.limpet.protocol.Holds;
import java.util.List;

/**
 * Weighs one node after another for one question, without making an object for each: what {@link
 * #weigh} found is read until the next one is put on. Used by one thread.
 */
final class Scale {
  private final Question question;
  private final int functionHash;
  private final int callHash;
  private int calls;
  private int slots;
  private long runMicros;
  private long bytesPerSecond;
  private long bytes;
  private long move;
  private long queue;
  private long cold;
  private long home;

  Scale(Question question) {
    this.question = question;
    this.functionHash = Warmth.hash(question.function());
    int data = 0;
    for (Question.Wanted wanted : question.data()) {
      data = 31 * data + hash(wanted.root());
    }
    this.callHash = 31 * functionHash + data;
  }

  /** By its content, however the caller wrote it. */
  private static int hash(Cid root) {
    return root.multihash().hashCode();
  }

  /** Puts a node on; {@code bytes} is what it would have to fetch, -1 when unknown. */
  void weigh(KnownNode node, NodeLink link, long bytesToMove) {
    Pace pace = node.pace();
    calls = node.calls();
    slots = link.capacity().slots();
    runMicros = pace.runMicros();
    move(bytesToMove, pace.bytesPerSecond());
    queue = CostModel.queueMicros(calls, slots, runMicros);
    queue += node.isSuspect() ? CostModel.SUSPECT_MICROS : 0;
    cold = CostModel.coldMicros(node.isWarm(functionHash));
    home = CostModel.home(node.name().hashCode(), callHash);
  }

  /** Whether the move alone leaves a node time to begin within so many microseconds. */
  boolean mayBegin(KnownNode node, long bytesToMove, long within) {
    if (within == Long.MAX_VALUE) {
      return true;
    }
    move(bytesToMove, node.pace().bytesPerSecond());
    return move < within;
  }

  /** Of most nodes the same bytes are missing, and many have the speed that nobody measured. */
  private void move(long bytesToMove, long perSecond) {
    boolean sameBytes = bytesToMove == bytes && perSecond == bytesPerSecond;
    if (!sameBytes || move == CostModel.UNKNOWN_MICROS) { // which may be said of one node alone
      bytes = bytesToMove;
      bytesPerSecond = perSecond;
      move = CostModel.moveMicros(bytesToMove, perSecond);
    }
  }

  /** What is on would have to come from outside, which may cost anything. */
  void fromOutside() {
    move = CostModel.UNKNOWN_MICROS;
  }

  /** Whether nothing should be moved there. */
  boolean isFull() {
    return CostModel.isFull(calls, slots);
  }

  /** Whether the node could begin the call at once. */
  boolean isFree() {
    return queue == 0;
  }

  /** What the node would have to fetch; -1 when unknown. */
  long bytes() {
    return bytes;
  }

  /** What stands for function and data. */
  int callHash() {
    return callHash;
  }

  long move() {
    return move;
  }

  long queue() {
    return queue;
  }

  long cold() {
    return cold;
  }

  long home() {
    return home;
  }

  private Cost cost() {
    return new Cost(move, queue, cold, calls, slots, runMicros, bytesPerSecond, home);
  }

  /**
   * The node as a choice that needs no data of others.
   *
   * @param free why it may have the call when it has a free slot
   */
  Choice here(KnownNode node, Holds holds, Reason free) {
    Reason busy = holds == Holds.NONE ? Reason.NO_DATA_NEEDED_BUSY : Reason.HOLDS_DATA_BUSY;
    return choice(node, holds, List.of(), calls < slots ? free : busy);
  }

  /** The node as a choice. */
  Choice choice(KnownNode node, Holds holds, List<Choice.Supply> supplies, Reason reason) {
    return new Choice(node, holds, bytes, supplies, reason, "", cost());
  }

  /** The node as one that does not take the function. */
  Choice declines(KnownNode node, Holds holds, String why) {
    return new Choice(node, holds, bytes, List.of(), Reason.DECLINES, why, cost());
  }

  Question question() {
    return question;
  }
}
