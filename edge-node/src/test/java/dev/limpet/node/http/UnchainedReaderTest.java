package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnchainedReaderTest {
  private static final long SEED = 20_261_127;
  private static final int READ = 4;

  private final Random random = new Random(SEED);

  /** Bytes in pieces, and then the end. */
  private static final class Pieces {
    private final byte[] all;
    private final Random random;
    private int given;

    Pieces(byte[] all, Random random) {
      this.all = all;
      this.random = random;
    }

    byte @Nullable [] next() {
      if (given == all.length) {
        return null;
      }
      int length = Math.min(1 + random.nextInt(50), all.length - given);
      given += length;
      return Arrays.copyOfRange(all, given - length, given);
    }
  }

  private static String text(BufferData data) {
    byte[] bytes = new byte[data.available()];
    int _ = data.read(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void what_is_read_in_any_way_is_what_the_servers_own_reader_reads() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4_000; i++) {
      lines.append("a line ").append(random.nextInt()).append("\r\n");
    }
    byte[] all = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
    DataReader ours = new UnchainedReader(new Pieces(all, new Random(1))::next);
    DataReader theirs = DataReader.create(new Pieces(all, new Random(2))::next);
    for (int at = 0, step = 0; at < all.length - 400; step++) {
      int length = 1 + random.nextInt(200);
      String seed = "seed " + SEED + ", step " + step;
      boolean within = all[at] == '\n'; // of an end of a line, of which no line can be read
      switch (within ? READ : random.nextInt(8)) {
        case 0 -> assertEquals(theirs.readAsciiString(length), ours.readAsciiString(length), seed);
        case 1 ->
            assertEquals(text(theirs.readBuffer(length)), text(ours.readBuffer(length)), seed);
        case 2 -> {
          String line = theirs.readLine();
          assertEquals(line, ours.readLine(), seed);
          length = line.length() + 2;
        }
        case 3 -> {
          theirs.skip(length);
          ours.skip(length);
        }
        case READ -> {
          assertEquals(theirs.read(), ours.read(), seed);
          length = 1;
        }
        case 5 -> {
          assertEquals(theirs.findNewLine(500), ours.findNewLine(500), seed);
          assertEquals(theirs.lookup(), ours.lookup(), seed);
          assertEquals(theirs.startsWithNewLine(), ours.startsWithNewLine(), seed);
          length = 0;
        }
        case 6 -> {
          assertEquals(text(theirs.getBuffer(length)), text(ours.getBuffer(length)), seed);
          length = 0;
        }
        default ->
            assertEquals(
                new String(theirs.readBytes(length), StandardCharsets.ISO_8859_1),
                new String(ours.readBytes(length), StandardCharsets.ISO_8859_1),
                seed);
      }
      at += length;
    }
  }

  @Test
  void the_end_is_told_as_the_servers_own_reader_tells_it() {
    DataReader reader = new UnchainedReader(() -> null);
    assertThrows(DataReader.InsufficientDataAvailableException.class, reader::ensureAvailable);
  }

  @Test
  void there_is_no_way_to_read_that_passes_by() {
    List<String> missing = new ArrayList<>();
    for (Method method : DataReader.class.getDeclaredMethods()) {
      boolean counts =
          Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers());
      if (counts
          && Arrays.stream(UnchainedReader.class.getDeclaredMethods())
              .noneMatch(
                  own ->
                      own.getName().equals(method.getName())
                          && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()))) {
        missing.add(method.toString());
      }
    }
    assertTrue(missing.isEmpty(), missing::toString);
  }
}
