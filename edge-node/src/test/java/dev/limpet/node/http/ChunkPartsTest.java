package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.RequestException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Large chunks of a request's body, read as the server reads each: its line, its bytes, its end.
 */
final class ChunkPartsTest {
  private static final int PART = GuardedReader.CHUNK_PART_BYTES;
  private static final int SEED = 20_261_127;

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final GuardedReader reader =
      new GuardedReader(DataReader.create(() -> null), new Client(), () -> false);
  private int largest;

  private void send(byte[] chunk, String end) {
    sent.writeBytes(Integer.toHexString(chunk.length).getBytes(StandardCharsets.US_ASCII));
    sent.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    sent.writeBytes(chunk);
    sent.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
  }

  /** As the server does. */
  private void readAll() {
    int length = Integer.parseInt(reader.readLine(), 16);
    while (length > 0) {
      largest = Math.max(largest, length);
      BufferData bytes = reader.readBuffer(length);
      reader.skip(2);
      body.writeBytes(bytes.readBytes());
      length = Integer.parseInt(reader.readLine(), 16);
    }
    assertTrue(reader.readLine().isEmpty(), "the end of the body");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 7, 8 << 20})
  void a_chunk_comes_whole_and_no_more_of_it_than_a_part_at_once(int bytes) {
    byte[] chunk = new byte[bytes];
    new Random(SEED).nextBytes(chunk);
    send(chunk, "\r\n");
    send(new byte[] {7}, "\r\n");
    send(new byte[0], "\r\n");
    readAll();
    byte[] whole = Arrays.copyOf(chunk, bytes + 1);
    whole[bytes] = 7;
    assertArrayEquals(whole, body.toByteArray(), "seed " + SEED);
    assertTrue(largest <= PART, () -> "a part of " + largest);
  }

  @Test
  void what_stands_in_place_of_the_end_of_a_large_chunk_is_refused() {
    send(new byte[2 * PART], "ab");
    assertThrows(RequestException.class, this::readAll);
    assertEquals(PART, body.size(), "the part before the last has come");
  }

  @Test
  void a_chunk_that_states_more_than_a_chunk_may_have_is_refused_before_it_comes() {
    sent.writeBytes("800001\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThrows(RequestException.class, this::readAll);
  }

  /** Sends what was given to it, some KiB at once. */
  private final class Client extends RequestSocket {
    private static final int AT_ONCE = 5000;

    private byte[] all = {};
    private int position;

    private byte[] next() {
      if (all.length == 0) {
        all = sent.toByteArray();
      }
      int count = Math.min(AT_ONCE, all.length - position);
      position += count;
      return Arrays.copyOfRange(all, position - count, position);
    }

    @Override
    public byte[] get() {
      return next();
    }

    @Override
    @SuppressWarnings("removal") // a later server lacks it
    public int read(BufferData buffer) {
      byte[] bytes = next();
      buffer.write(bytes);
      return bytes.length;
    }
  }
}
