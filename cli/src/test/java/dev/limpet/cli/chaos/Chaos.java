package dev.limpet.cli.chaos;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Rounds of faults under load: in each a third of the nodes is killed, links of others break, and
 * after some more calls, which may be many or few, all of it is mended. The next round begins while
 * nodes are still coming back.
 */
final class Chaos {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int FEWEST_CALLS = 20;

  /** So many right answers one after the other, and all is as before. */
  private static final int IN_A_ROW = 100;

  private final Fleet fleet;
  private final Random random;
  private final Tally tally;
  private int killed;
  private int broken;

  Chaos(Fleet fleet, Random random, Tally tally) {
    this.fleet = fleet;
    this.random = random;
    this.tally = tally;
  }

  /** Breaks things for so many rounds, each of at most so many calls, and mends them. */
  void run(int rounds, int mostCalls) {
    for (int i = 0; i < rounds; i++) {
      List<Member> members = new ArrayList<>(fleet.members());
      Collections.shuffle(members, random);
      int third = Math.max(1, members.size() / 3);
      List<Member> victims = members.subList(0, third);
      List<Member> cutOff = members.subList(third, third + Math.max(1, third / 2));
      all(victims, Member::kill);
      for (Member member : cutOff) {
        Member.Fault[] faults = Member.Fault.values();
        member.suffer(faults[random.nextInt(faults.length)]);
      }
      killed += victims.size();
      broken += cutOff.size();
      awaitCalls(FEWEST_CALLS + random.nextInt(mostCalls));
      cutOff.forEach(Member::mend);
      all(victims, Member::restart);
    }
  }

  private static void all(List<Member> members, Consumer<Member> what) {
    CompletableFuture.allOf(
            members.stream()
                .map(
                    one ->
                        CompletableFuture.runAsync(
                            () -> what.accept(one), Thread::startVirtualThread))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  private void awaitCalls(int more) {
    int until = tally.calls() + more;
    awaitSome("callers get no answers", () -> tally.calls() >= until);
  }

  private void awaitSome(String orElse, Callable<Boolean> condition) {
    try {
      await().atMost(PATIENCE).pollInterval(LOOK_AGAIN).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(orElse + ": " + this, e);
    }
  }

  /**
   * How long it takes from now, when nothing is broken any more, until the index is whole and calls
   * succeed one after the other; milliseconds.
   */
  long recover() {
    long from = System.nanoTime();
    awaitSome("the index does not become whole", fleet::isKnownWhole);
    awaitSome(IN_A_ROW + " calls in a row do not succeed", () -> tally.rightInARow() >= IN_A_ROW);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
  }

  @Override
  public String toString() {
    return killed + " kills, " + broken + " broken links, " + tally;
  }
}
