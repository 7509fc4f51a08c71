package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.gateway.admission.Circuit;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who of the chosen nodes is asked next. */
class ItineraryTest {
  private static final Question QUESTION =
      new Question(FakeNodes.cid("function"), FakeNodes.MEMORY, List.of(), 0, Needs.NONE);

  private final FakeNodes nodes;
  private final Placement placement;
  private final List<Choice> choices;

  ItineraryTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 1000);
    for (String name : List.of("a", "b", "c")) {
      nodes.join(name);
    }
    placement = new Placement(nodes.registry, nodes.index);
    choices = assertInstanceOf(Decision.Run.class, placement.decide(QUESTION)).choices();
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  private Itinerary from(Choice first) {
    first.node().callStarted();
    return new Itinerary(placement, QUESTION, choices, first.node());
  }

  @Test
  void a_node_that_was_asked_is_not_asked_beside_itself() {
    Itinerary itinerary = from(choices.getFirst());
    assertEquals(choices.get(1), itinerary.next().choice());
    Choice other = itinerary.enterOther(() -> true);
    assertNotNull(other);
    assertEquals(choices.get(2).node(), other.node());
    assertEquals(Choice.Reason.HEDGES, other.reason());
    assertEquals(1, other.node().inFlight());
    assertFalse(itinerary.hasNext(), "it is asked already");
  }

  @Test
  void a_node_that_nobody_pays_for_is_still_there_when_the_first_fails() {
    Itinerary itinerary = from(choices.getFirst());
    KnownNode next = choices.get(1).node();
    assertNull(itinerary.enterOther(() -> false));
    assertEquals(0, next.inFlight());
    assertEquals(next, itinerary.next().choice().node());
  }

  private Itinerary atTheLast() {
    Itinerary itinerary = from(choices.getFirst());
    while (itinerary.hasNext()) {
      itinerary.next();
    }
    return itinerary;
  }

  private Itinerary.Stop last() {
    KnownNode node = choices.getLast().node();
    return new Itinerary.Stop(choices.getLast(), Objects.requireNonNull(node.link()));
  }

  @Test
  void a_node_whose_connection_broke_is_asked_once_more_when_there_is_no_other() {
    Itinerary itinerary = atTheLast();
    itinerary.comeBack(last());
    assertEquals(last(), itinerary.next());
    itinerary.comeBack(last());
    assertFalse(itinerary.hasNext());
  }

  @Test
  void a_node_whose_circuit_has_opened_is_not_asked_once_more() {
    Itinerary itinerary = atTheLast();
    for (int i = 0; i < Circuit.MAX_FAILURES; i++) {
      last().choice().node().circuit().failed();
    }
    itinerary.comeBack(last());
    assertFalse(itinerary.hasNext());
  }

  @Test
  void a_node_without_room_is_not_asked_beside_another() {
    Itinerary itinerary = from(choices.getFirst());
    int room = choices.get(1).node().gate().limit();
    for (Choice choice : choices) {
      for (int i = 0; i < room; i++) {
        choice.node().callStarted();
      }
    }
    assertNull(itinerary.enterOther(() -> true));
    assertEquals(room, choices.get(1).node().inFlight());
  }
}
