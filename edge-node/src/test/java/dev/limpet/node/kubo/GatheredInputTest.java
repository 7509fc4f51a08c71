package dev.limpet.node.kubo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GatheredInputTest {
  private static final int PIECE = 4 << 10;
  private static final int MANY = 16 * PIECE;

  private final byte[] sent = new byte[1 << 20];
  private final Pieces socket = new Pieces();
  private final GatheredInput in = new GatheredInput(socket, socket::gather);

  GatheredInputTest() {
    new Random(7).nextBytes(sent);
  }

  /** A socket in which a piece is there at each read, and more of them when somebody has waited. */
  private final class Pieces extends InputStream {
    private ByteArrayInputStream left = new ByteArrayInputStream(sent);
    private int here = PIECE;
    private int reads;
    private int gathered;

    void gather() {
      gathered++;
      here = MANY;
    }

    void again() {
      left = new ByteArrayInputStream(sent);
      reads = 0;
      gathered = 0;
      here = PIECE;
    }

    @Override
    public int read() {
      throw new AssertionError("one by one");
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      reads++;
      int count = left.read(target, offset, Math.min(length, here));
      here = PIECE;
      return count;
    }
  }

  /** Read with room for more than is ever there. */
  private byte[] whole() throws IOException {
    byte[] room = new byte[2 * MANY];
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    for (int count = in.read(room); count >= 0; count = in.read(room)) {
      got.write(room, 0, count);
    }
    return got.toByteArray();
  }

  @Test
  void a_long_answer_in_small_pieces_is_read_in_few() throws IOException {
    in.begin();
    assertArrayEquals(sent, whole());
    int asTheyCame = (int) GatheredInput.SHORT_BYTES / PIECE;
    int gathered = (sent.length - asTheyCame * PIECE + MANY - 1) / MANY;
    assertEquals(gathered + 1, socket.gathered); // once more for the end
    assertEquals(asTheyCame + gathered + 1, socket.reads);
  }

  @Test
  void the_beginning_of_each_answer_is_read_as_it_comes() throws IOException {
    for (int answer = 0; answer < 3; answer++) {
      socket.again();
      in.begin();
      assertEquals(
          GatheredInput.SHORT_BYTES, in.readNBytes((int) GatheredInput.SHORT_BYTES).length);
      assertEquals(0, socket.gathered);
      assertEquals(PIECE, in.read(new byte[MANY], 0, MANY));
      assertEquals(0, socket.gathered);
    }
  }

  @Test
  void nothing_is_waited_for_while_much_is_there() throws IOException {
    in.begin();
    byte[] piece = new byte[MANY];
    for (int read = 0; read < 10; read++) {
      socket.here = MANY;
      assertEquals(MANY, in.read(piece, 0, MANY));
    }
    assertEquals(0, socket.gathered);
    assertEquals(sent[10 * MANY] & 0xff, in.read());
  }
}
