package dev.limpet.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Roots with what is in them, where there is room for four files and directories. */
class AnnouncedRootsTest {
  private static final Cid FIRST = cid(101);
  private static final Cid SECOND = cid(102);
  private static final Cid THIRD = cid(103);

  private final AnnouncedRoots announced = new AnnouncedRoots(4);

  private static Cid cid(int number) {
    return Cid.of(Multicodec.RAW, new byte[] {(byte) number});
  }

  private static List<Holding> entries(int... numbers) {
    List<Holding> entries = new ArrayList<>();
    for (int number : numbers) {
      entries.add(new Holding(cid(number), 1, 1, true, HoldingKind.ENTRY));
    }
    return entries;
  }

  @Test
  void an_entry_goes_with_the_last_root_that_has_it() {
    assertEquals(entries(1, 2), announced.add(FIRST, entries(1, 2)));
    assertEquals(entries(2, 3), announced.add(SECOND, entries(2, 3)));
    assertEquals(List.of(cid(1)), announced.remove(FIRST));
    assertTrue(announced.isEntry(cid(2)));
    assertFalse(announced.isEntry(cid(1)));
    assertEquals(List.of(cid(2), cid(3)), announced.remove(SECOND));
    assertEquals(List.of(), announced.remove(SECOND));
    assertFalse(announced.isEntry(cid(2)));
  }

  @Test
  void a_root_whose_entries_find_no_room_is_announced_alone_until_there_is_some() {
    announced.add(FIRST, entries(1, 2, 3));
    assertEquals(List.of(), announced.add(SECOND, entries(4, 5)));
    assertEquals(entries(6), announced.add(THIRD, entries(6)));
    assertEquals(1, announced.alone());
    assertFalse(announced.isEntry(cid(4)));
    assertFalse(announced.isWanted(SECOND));
    assertEquals(List.of(cid(1), cid(2), cid(3)), announced.remove(FIRST));
    assertTrue(announced.isWanted(SECOND));
    assertEquals(entries(4, 5), announced.add(SECOND, entries(4, 5)));
    assertEquals(0, announced.alone());
    assertFalse(announced.isWanted(SECOND));
  }

  /** Else nobody would take it back when its pin goes before it could be looked at. */
  @Test
  void a_root_that_is_to_be_looked_at_again_is_announced_still() {
    announced.add(FIRST, entries(1, 2, 3));
    announced.add(SECOND, entries(4, 5));
    announced.remove(FIRST);
    assertTrue(announced.isWanted(SECOND));
    assertEquals(Set.of(SECOND), announced.roots());
    announced.remove(SECOND);
    assertEquals(0, announced.alone());
  }

  /** Each look walks through all of a DAG in the Kubo. */
  @Test
  void a_root_whose_entries_still_find_no_room_is_not_looked_at_again() {
    announced.add(FIRST, entries(1));
    announced.add(SECOND, entries(2));
    announced.add(THIRD, entries(3, 4, 5, 6));
    announced.remove(FIRST);
    assertFalse(announced.isWanted(THIRD));
    announced.remove(SECOND);
    assertTrue(announced.isWanted(THIRD));
  }
}
