package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pages of several nodes at once, where there is room for ten holdings besides the first's. */
class SnapshotsTest {
  private static final int ANY = 1000;

  private final Snapshots snapshots = new Snapshots(10);
  private final Session first = session("first");
  private final Session second = session("second");

  private Session session(String name) {
    KnownNode node =
        new KnownNode(
            name,
            NodeIdentity.generate().peerId(),
            URI.create("http://127.0.0.1:1"),
            Time.SYSTEM,
            Standing.APPROVED);
    return new Session(name, node, snapshots, 0);
  }

  private static @Nullable List<Holding> say(
      Session session, long sequence, int count, boolean last) {
    return say(session, sequence, count, last, ANY);
  }

  private static @Nullable List<Holding> say(
      Session session, long sequence, int count, boolean last, int most) {
    return session.accept(page(session, sequence, count, last), 0, most);
  }

  private static @Nullable List<Holding> sayAt(
      long nowTicks, Session session, long sequence, int count, boolean last) {
    return session.accept(page(session, sequence, count, last), nowTicks, ANY);
  }

  private static Announcement page(Session session, long sequence, int count, boolean last) {
    List<Holding> holdings =
        IntStream.range(0, count)
            .mapToObj(i -> FakeNodes.root(FakeNodes.cid(sequence + " " + i), 1, true))
            .toList();
    AnnouncementKind kind = AnnouncementKind.SNAPSHOT;
    return new Announcement(
        session.id(), sequence, kind, last, holdings, List.of(), Load.IDLE, null);
  }

  private static void beats(Session session, long sequence, long nowTicks) {
    session.accept(
        new Announcement(
            session.id(),
            sequence,
            AnnouncementKind.HEARTBEAT,
            true,
            List.of(),
            List.of(),
            Load.IDLE,
            null),
        nowTicks,
        ANY);
  }

  private static void refused(ErrorCode code, Session session, long sequence, int count) {
    LimpetException e =
        assertThrows(LimpetException.class, () -> say(session, sequence, count, false));
    assertEquals(code, e.code());
    assertEquals(code == ErrorCode.OVERLOADED, e.problem().retryAfterSeconds().isPresent());
  }

  private static void whole(int count, @Nullable List<Holding> all) {
    whole(count, all, "it is not whole");
  }

  private static void whole(int count, @Nullable List<Holding> all, String why) {
    assertNotNull(all, why);
    assertEquals(count, all.size());
  }

  @Test
  void a_page_that_finds_no_room_is_taken_when_it_comes_again() {
    assertNull(say(first, 1, 6, false));
    assertNull(say(second, 1, 4, false));
    refused(ErrorCode.OVERLOADED, second, 2, 1);
    assertNull(say(first, 2, 60, false), "the first goes on");
    refused(ErrorCode.OVERLOADED, second, 2, 1);
    whole(67, say(first, 3, 1, true));
    assertNull(say(second, 2, 1, false));
    whole(6, say(second, 3, 1, true));
  }

  @Test
  void a_snapshot_of_one_page_waits_for_nobody() {
    assertNull(say(first, 1, 60, false));
    whole(70, say(second, 1, 70, true));
  }

  @Test
  void what_ends_or_is_given_up_makes_room() {
    assertNull(say(first, 1, 60, false));
    first.end();
    assertNull(say(second, 1, 60, false));
    refused(ErrorCode.RESYNC, second, 7, 1);
    Session third = session("third");
    assertNull(say(third, 1, 10, false));
    assertNull(say(second, 8, 0, false));
    refused(ErrorCode.OVERLOADED, second, 9, 1);
    third.expirePages(11, 10);
    assertNull(say(second, 9, 9, false));
    refused(ErrorCode.RESYNC, third, 2, 1);
  }

  @Test
  void a_snapshot_that_heartbeats_follow_but_no_page_makes_room() {
    assertNull(say(first, 1, 60, false));
    refused(ErrorCode.OVERLOADED, second, 1, 10);
    beats(first, 2, 10);
    first.expirePages(10, 10);
    refused(ErrorCode.OVERLOADED, second, 1, 10);
    beats(first, 3, 11);
    first.expirePages(11, 10);
    assertNull(say(second, 1, 10, false));
    assertEquals(
        ErrorCode.RESYNC,
        assertThrows(LimpetException.class, () -> beats(first, 4, 12)).code(),
        "it must begin again, and not go on");
    whole(11, say(second, 2, 1, true));
  }

  @Test
  void a_snapshot_of_one_holding_after_the_other_is_given_up_when_it_takes_too_long() {
    long step = Duration.ofSeconds(2).toNanos();
    long most = Session.MAX_SNAPSHOT_TIME.toNanos();
    long now = 0;
    int sequence = 1;
    for (; now <= most; now += step) {
      assertNull(sayAt(now, first, sequence++, 1, false));
      assertNull(first.expirePages(now, 2 * step));
    }
    assertNull(sayAt(now, first, sequence++, 1, false));
    assertEquals("its snapshot took longer than 10 minutes", first.expirePages(now, 2 * step));
    int next = sequence;
    LimpetException e =
        assertThrows(LimpetException.class, () -> say(first, next, 1, false), "it goes on");
    assertEquals(ErrorCode.RESYNC, e.code());
    assertTrue(e.problem().detail().contains("10 minutes"), e::getMessage);
    assertNull(sayAt(now, second, 1, 60, false), "it is the first now");
    assertNull(first.expirePages(now + most, most));
    whole(5, sayAt(now, first, next + 1, 5, true), "a new one counts");
  }

  @Test
  void the_time_in_which_a_page_finds_no_room_is_not_the_node_s() {
    long most = Session.MAX_SNAPSHOT_TIME.toNanos();
    say(first, 1, 6, false);
    say(second, 1, 4, false);
    long now = 0;
    for (int i = 0; i < 30; i++) {
      now += most / 10;
      long when = now;
      LimpetException e =
          assertThrows(
              LimpetException.class, () -> sayAt(when, second, 2, 1, false), "there is room");
      assertEquals(ErrorCode.OVERLOADED, e.code());
      assertNull(second.expirePages(now, most));
    }
    first.end();
    assertNull(sayAt(now, second, 2, 1, false));
    long left = most - most / 10;
    assertNull(second.expirePages(now + left, most));
    assertNotNull(second.expirePages(now + left + 1, most));
  }

  /** Of a node that waits to be approved nothing is kept. */
  @Test
  void a_snapshot_of_which_nothing_is_kept_is_not_the_first() {
    assertNull(say(first, 1, 60, false, 0));
    assertNull(say(second, 1, 60, false));
    assertNull(say(second, 2, 60, false), "it is the first");
    assertNull(say(first, 2, 60, false, 0));
    whole(0, say(first, 3, 60, true, 0));
    whole(121, say(second, 3, 1, true));
  }

  @Test
  void a_page_that_comes_twice_is_kept_once() {
    assertNull(say(first, 1, 6, false));
    assertNull(say(first, 1, 6, false));
    assertNull(say(first, 2, 6, false));
    whole(14, say(first, 3, 2, true));
    assertNull(say(first, 3, 2, true), "it counts already");
  }

  /** A first page that comes after a gap does not follow: it begins each time anew. */
  @Test
  void a_first_page_without_room_may_come_again_after_a_gap() {
    say(first, 1, 6, false);
    say(second, 1, 4, false);
    Session third = session("third");
    say(third, 1, 1, true);
    refused(ErrorCode.OVERLOADED, third, 3, 5);
    refused(ErrorCode.OVERLOADED, third, 3, 5);
  }

  @Test
  void a_node_that_says_goodbye_makes_room() {
    assertNull(say(first, 1, 60, false));
    refused(ErrorCode.OVERLOADED, second, 1, 10);
    first.accept(
        new Announcement(
            first.id(), 2, AnnouncementKind.GOODBYE, true, List.of(), List.of(), Load.IDLE, null),
        0,
        ANY);
    assertNull(say(second, 1, 10, false));
    whole(11, say(second, 2, 1, true));
  }
}
