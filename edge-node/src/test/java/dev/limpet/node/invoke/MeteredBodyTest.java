package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.ContentLimitException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What of a body counts. */
class MeteredBodyTest {
  private static final int MIB = 1 << 20;

  private final FetchMeter meter = new FetchMeter(MIB / 4);
  private final MeteredBody body =
      new MeteredBody(new ByteArrayInputStream(new byte[MIB]), meter.transfer());

  @Test
  void every_byte_counts_however_it_is_taken() throws IOException {
    assertEquals(0, body.read());
    assertEquals(20, body.readNBytes(20).length);
    body.skipNBytes(300);
    assertEquals(321, meter.bytes());
  }

  @Test
  void no_more_is_skipped_than_may_travel() {
    assertThrows(ContentLimitException.class, () -> body.skipNBytes(MIB));
    assertTrue(meter.bytes() < MIB / 2, "" + meter.bytes());
  }
}
