package dev.limpet.wasmhost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GuestLogTest {
  private static final GuestLog CUT = log("0123456789", "xyz", 100);
  private static final GuestLog WHOLE = log("0123456789", "abc", 13);

  private static GuestLog log(String head, String tail, long written) {
    return new GuestLog(head.getBytes(UTF_8), tail.getBytes(UTF_8), written);
  }

  private static String text(GuestLog log) {
    return new String(log.bytes(), UTF_8);
  }

  /** Reads it as somebody does who comes again and again. */
  private static String inParts(GuestLog log, int bytes) {
    StringBuilder all = new StringBuilder();
    long seen = 0;
    while (seen < log.writtenBytes()) {
      GuestLog.Part part = log.part(seen, bytes);
      assertTrue(part.next() > seen);
      seen = part.next();
      all.append(new String(part.bytes(), UTF_8));
    }
    return all.toString();
  }

  @Test
  void what_was_cut_is_marked_where_it_was() {
    assertEquals("0123456789\n[... 87 bytes cut ...]\nxyz", text(CUT));
    assertEquals(87, CUT.cutBytes());
    assertEquals("0123456789abc", text(WHOLE));
    assertEquals(0, WHOLE.cutBytes());
    assertEquals("", text(GuestLog.EMPTY));
  }

  @Test
  void parts_of_any_size_make_the_whole() {
    for (int bytes = 1; bytes < 20; bytes++) {
      assertEquals(text(WHOLE), inParts(WHOLE, bytes));
      assertEquals(text(CUT), inParts(CUT, bytes));
    }
  }

  @Test
  void who_has_seen_some_of_what_was_cut_hears_only_of_the_rest() {
    GuestLog.Part part = CUT.part(50, 100);
    assertEquals("\n[... 47 bytes cut ...]\nxyz", new String(part.bytes(), UTF_8));
    assertEquals(100, part.next());
    assertArrayEquals(new byte[0], CUT.part(100, 10).bytes());
    assertEquals("z", new String(CUT.part(99, 10).bytes(), UTF_8));
    assertThrows(IllegalArgumentException.class, () -> CUT.part(-1, 1));
  }

  @Test
  void a_log_is_made_smaller_in_its_middle() {
    assertEquals("012\n[... 8 bytes cut ...]\nbc", text(WHOLE.within(3, 2)));
    assertEquals("012\n[... 5 bytes cut ...]\n89abc", text(WHOLE.within(3, 5)));
    assertEquals("012\n[... 94 bytes cut ...]\nxyz", text(CUT.within(3, 5)));
    assertEquals("0123456789\n[... 88 bytes cut ...]\nyz", text(CUT.within(30, 2)));
    assertEquals("0123456789abc", text(WHOLE.within(13, 0)));
    assertEquals("0123456789abc", text(WHOLE.within(0, 13)));
  }
}
