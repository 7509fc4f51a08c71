package dev.limpet.node.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnreadLinesTest {
  private static final int LARGE = 1 << 20;

  private final UnreadLines.Room room = new UnreadLines.Room(LARGE);
  private final CountDownLatch reading = new CountDownLatch(1);
  private final SlowReader client = new SlowReader();

  /** A client that takes nothing before it reads, and may go then. */
  private final class SlowReader extends OutputStream {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private volatile boolean gone;
    private boolean ended;
    private int flushes;

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      awaitReader();
      if (gone) {
        throw new IOException("gone");
      }
      taken.write(source, offset, length);
    }

    @Override
    public void flush() {
      flushes++;
    }

    @Override
    public void close() {
      ended = true;
    }

    private void awaitReader() throws IOException {
      try {
        reading.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void lines_wait_for_a_client_that_is_not_reading_and_come_in_their_order() throws IOException {
    UnreadLines lines = new UnreadLines(client, room);
    StringBuilder written = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      lines.write(ascii(i + "\n"));
      lines.flush();
      written.append(i).append('\n');
    }
    reading.countDown();
    lines.close();
    assertEquals(written.toString(), client.taken.toString(StandardCharsets.US_ASCII));
    assertEquals(1000, client.flushes);
    assertTrue(client.ended);
  }

  @Test
  void a_client_that_has_gone_ends_what_is_written_for_it() throws IOException {
    client.gone = true;
    reading.countDown();
    UnreadLines lines = new UnreadLines(client, room);
    lines.write(ascii("nobody reads this"));
    IOException e = assertThrows(IOException.class, lines::close);
    assertTrue(String.valueOf(e.getCause()).endsWith("gone"), () -> "not " + e.getCause());
    assertThrows(IOException.class, () -> lines.write(1));
    assertFalse(client.ended, "an answer that is cut must not end as if it were whole");
  }

  @Test
  void an_error_of_the_machine_stays_one() {
    Error broken = new OutOfMemoryError("for a test");
    UnreadLines lines =
        new UnreadLines(
            new OutputStream() {
              @Override
              public void write(int value) {
                throw broken;
              }
            },
            room);
    Error thrown =
        assertThrows(
            OutOfMemoryError.class,
            () -> {
              lines.write(1);
              lines.close();
            });
    assertSame(broken, thrown);
  }

  @Test
  void without_room_the_next_line_waits_and_what_was_left_gives_its_room_back() throws IOException {
    UnreadLines first = new UnreadLines(client, room);
    first.write(new byte[LARGE]);
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    UnreadLines second = new UnreadLines(other, room);
    CompletableFuture<Void> waits =
        CompletableFuture.runAsync(
            () -> {
              try {
                second.write(ascii("later"));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            Thread::startVirtualThread);
    while (!room.isAwaited()) {
      Thread.onSpinWait();
    }
    assertFalse(waits.isDone());
    client.gone = true;
    first.leave();
    reading.countDown();
    waits.join();
    second.close();
    assertEquals("later", other.toString(StandardCharsets.US_ASCII));
  }
}
