package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
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
    Choice other = itinerary.enterOther();
    assertNotNull(other);
    assertEquals(choices.get(2).node(), other.node());
    assertEquals(Choice.Reason.HEDGES, other.reason());
    assertEquals(1, other.node().inFlight());
    assertFalse(itinerary.hasNext(), "it is asked already");
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
    assertNull(itinerary.enterOther());
    assertEquals(room, choices.get(1).node().inFlight());
  }
}
