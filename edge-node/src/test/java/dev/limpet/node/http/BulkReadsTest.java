package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A body that comes fast is read in larger pieces than the server reads. */
class BulkReadsTest {
  private static final int SMALL = 8 << 10;
  private static final int BULK = GuardedReader.BULK_READ_BYTES;

  private final Client client = new Client();
  private boolean betweenRequests;

  @SuppressWarnings("removal") // a later server makes the reader an interface
  private final GuardedReader reader =
      new GuardedReader(new DataReader(() -> new byte[0]), client, () -> betweenRequests);

  /** Reads once; the bytes must be those that come next. */
  private void read() {
    reader.ensureAvailable();
    byte[] bytes = reader.readBytes(reader.available());
    for (byte each : bytes) {
      assertEquals((byte) client.seen, each);
      client.seen++;
    }
  }

  private List<Integer> asked(int... sent) {
    for (int each : sent) {
      client.sends.add(each);
      read();
    }
    return client.asked;
  }

  @Test
  void reads_become_larger_while_they_are_filled_and_small_again_when_little_comes() {
    assertEquals(
        List.of(SMALL, BULK, BULK, BULK, SMALL, SMALL, BULK),
        asked(SMALL, BULK, SMALL, SMALL - 1, 10, SMALL, BULK));
  }

  @Test
  void a_connection_that_waits_for_a_request_keeps_no_memory_for_large_reads() {
    assertEquals(List.of(SMALL, BULK), asked(SMALL, BULK));
    betweenRequests = true;
    assertEquals(List.of(SMALL, BULK, SMALL), asked(SMALL));
  }

  @Test
  void what_was_handed_on_is_not_written_over_by_what_comes_next() {
    assertEquals(List.of(SMALL), asked(SMALL));
    client.sends.addAll(List.of(BULK, BULK, SMALL, BULK));
    List<BufferData> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      reader.ensureAvailable();
      held.add(reader.readBuffer(reader.available())); // not a copy
    }
    for (BufferData piece : held) {
      while (!piece.consumed()) {
        assertEquals((byte) client.seen, (byte) piece.read());
        client.seen++;
      }
    }
    assertEquals(List.of(SMALL, BULK, BULK, BULK, BULK), client.asked);
  }

  @Test
  void what_comes_encrypted_is_read_as_the_server_reads_it() {
    client.secure = true;
    assertEquals(List.of(SMALL, SMALL, SMALL), asked(SMALL, SMALL, SMALL));
  }

  @Test
  void the_end_of_a_connection_is_seen_in_a_large_read() {
    assertEquals(List.of(SMALL, BULK), asked(SMALL, BULK));
    client.sends.add(-1);
    assertThrows(DataReader.InsufficientDataAvailableException.class, this::read);
    assertEquals(List.of(SMALL, BULK, BULK), client.asked);
  }

  /** Sends a count, and takes down how much it was asked for. */
  private static final class Client extends RequestSocket {
    private final Deque<Integer> sends = new ArrayDeque<>();
    private final List<Integer> asked = new ArrayList<>();
    private boolean secure;
    private int sent;
    private int seen;

    private byte[] next(int most) {
      asked.add(most);
      byte[] bytes = new byte[sends.remove()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) sent;
        sent++;
      }
      return bytes;
    }

    @Override
    public byte[] get() {
      return next(SMALL);
    }

    @Override
    @SuppressWarnings("removal") // a later server lacks it
    public int read(BufferData buffer) {
      if (sends.element() < 0) {
        asked.add(BULK);
        return sends.remove();
      }
      byte[] bytes = next(BULK);
      buffer.write(bytes);
      return bytes.length;
    }

    @Override
    public boolean isSecure() {
      return secure;
    }
  }
}
