package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class GuardedWriterTest {
  private static final Duration ANY = Duration.ZERO;

  /** Does with a write what the test says. */
  private static class Scripted implements DataWriter {
    private final Runnable script;

    Scripted(Runnable script) {
      this.script = script;
    }

    @Override
    public void write(BufferData... buffers) {
      script.run();
    }

    @Override
    public void write(BufferData buffer) {
      script.run();
    }

    @Override
    public void writeNow(BufferData... buffers) {
      script.run();
    }

    @Override
    public void writeNow(BufferData buffer) {
      script.run();
    }
  }

  private static void nothing() {}

  private static BufferData bytes(int length) {
    return BufferData.create(new byte[length]);
  }

  @Test
  void a_write_is_still_only_when_two_looks_see_the_same_of_it() {
    BufferData data = bytes(10);
    GuardedWriter[] writer = new GuardedWriter[1];
    Runnable looks =
        () -> {
          assertFalse(writer[0].isStill(ANY), "seen for the first time");
          assertTrue(writer[0].isStill(ANY));
          assertFalse(writer[0].isStill(Duration.ofDays(1)), "not for so long");
          data.read();
          assertFalse(writer[0].isStill(ANY), "a byte has left");
          assertTrue(writer[0].isStill(ANY));
        };
    writer[0] = new GuardedWriter(new Scripted(looks));
    assertFalse(writer[0].isStill(ANY));
    writer[0].write(data);
    assertFalse(writer[0].isStill(ANY), "nothing is under way");
    assertEquals(9, data.available(), "the looks were made");
  }

  @Test
  void the_next_write_is_another_though_as_much_is_left_of_it() {
    BufferData data = bytes(10);
    GuardedWriter[] writer = new GuardedWriter[1];
    int[] looks = {0};
    writer[0] =
        new GuardedWriter(
            new Scripted(
                () -> {
                  looks[0]++;
                  assertFalse(writer[0].isStill(ANY));
                }));
    writer[0].write(data);
    writer[0].writeNow(data);
    writer[0].write(data, bytes(3));
    writer[0].writeNow(bytes(7), bytes(6));
    assertEquals(4, looks[0]);
  }

  @Test
  void large_data_leaves_in_parts_each_of_which_is_a_write_of_its_own() {
    byte[] large = new byte[200_000];
    new Random(3).nextBytes(large);
    ByteArrayOutputStream left = new ByteArrayOutputStream();
    GuardedWriter[] writer = new GuardedWriter[1];
    List<Integer> parts = new ArrayList<>();
    Scripted socket =
        new Scripted(() -> assertFalse(writer[0].isStill(ANY))) {
          @Override
          public void write(BufferData buffer) {
            super.write(buffer);
            parts.add(buffer.available());
            buffer.writeTo(left);
          }
        };
    writer[0] = new GuardedWriter(socket);
    writer[0].write(BufferData.create(large));
    assertArrayEquals(large, left.toByteArray());
    assertEquals(List.of(65_536, 65_536, 65_536, 3_392), parts);
    parts.clear();
    left.reset();
    writer[0].write(bytes(5), BufferData.create(large));
    assertEquals(large.length + 5, left.size());
    assertEquals(List.of(65_536, 65_536, 65_536, 3_397), parts);
    parts.clear();
    writer[0].write(bytes(65_545)); // a part of a body, framed as a chunk
    writer[0].write(bytes(2 * 65_536 + 9)); // the first two, as the server joins them
    assertEquals(List.of(65_545, 65_536, 65_545), parts);
  }

  @Test
  void a_body_leaves_in_one_write_with_its_head_and_with_no_other() {
    List<String> left = new ArrayList<>();
    Scripted socket =
        new Scripted(() -> {}) {
          @Override
          public void write(BufferData buffer) {
            byte[] bytes = new byte[buffer.available()];
            int _ = buffer.read(bytes);
            left.add(new String(bytes, StandardCharsets.US_ASCII));
          }
        };
    GuardedWriter writer = new GuardedWriter(socket);
    byte[] body = "a body".getBytes(StandardCharsets.US_ASCII);
    writer.writeBody(body, () -> writer.write(BufferData.create("a head, ")));
    writer.write(BufferData.create("another answer"));
    assertThrows(
        IllegalStateException.class,
        () ->
            writer.writeBody(
                body,
                () -> {
                  throw new IllegalStateException("a header that cannot be");
                }));
    writer.write(BufferData.create("a problem"));
    assertEquals(List.of("a head, a body", "another answer", "a problem"), left);
  }

  @Test
  void a_body_that_fits_no_array_that_is_kept_leaves_whole() {
    byte[] body = new byte[AnswerArrays.ARRAY_BYTES];
    new Random(5).nextBytes(body);
    ByteArrayOutputStream left = new ByteArrayOutputStream();
    Scripted socket =
        new Scripted(() -> {}) {
          @Override
          public void write(BufferData buffer) {
            buffer.writeTo(left);
          }
        };
    GuardedWriter writer = new GuardedWriter(socket);
    writer.writeBody(body, () -> writer.write(BufferData.create("head")));
    assertArrayEquals(body, Arrays.copyOfRange(left.toByteArray(), 4, left.size()));
  }

  @Test
  void one_that_is_cut_is_interrupted_and_what_its_thread_does_next_is_not()
      throws InterruptedException {
    CountDownLatch writes = new CountDownLatch(1);
    AtomicBoolean cut = new AtomicBoolean();
    AtomicBoolean interruptedLater = new AtomicBoolean(true);
    GuardedWriter writer =
        new GuardedWriter(
            new Scripted(
                () -> {
                  writes.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    cut.set(true);
                    Thread.currentThread().interrupt(); // as a channel does
                  }
                }));
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  writer.write(bytes(10));
                  interruptedLater.set(Thread.currentThread().isInterrupted());
                });
    writes.await();
    assertFalse(writer.cutWhenStill(ANY, GuardedWriterTest::nothing));
    assertTrue(writer.cutWhenStill(ANY, GuardedWriterTest::nothing));
    thread.join();
    assertTrue(cut.get());
    assertFalse(interruptedLater.get());
    assertFalse(writer.cutWhenStill(ANY, Assertions::fail), "it has ended");
  }

  @Test
  void a_goodbye_is_watched_as_a_write_is() {
    GuardedWriter writer = new GuardedWriter(new Scripted(() -> {}));
    boolean[] told = {false};
    boolean[] cut = {false};
    writer.closing(
        () -> {
          assertFalse(writer.cutWhenStill(ANY, GuardedWriterTest::nothing));
          cut[0] =
              writer.cutWhenStill(ANY, () -> told[0] = !Thread.currentThread().isInterrupted());
          assertTrue(Thread.currentThread().isInterrupted());
        });
    assertTrue(cut[0]);
    assertTrue(told[0], "before the thread heard of it");
    assertFalse(Thread.currentThread().isInterrupted());
  }
}
