package dev.limpet.content.car;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.Vectors;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Multicodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CarV2Test {
  private static final byte[] PRAGMA = HexFormat.of().parseHex("0aa16776657273696f6e02");

  private final Block one = Block.of(Multicodec.RAW, new byte[] {1});
  private final Block two = Block.of(Multicodec.RAW, new byte[300]);

  private byte[] first() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(bytes, List.of(one.cid()));
    writer.write(one);
    writer.write(two);
    return bytes.toByteArray();
  }

  /** A CARv2 whose header tells these numbers, with padding before the data and an index behind. */
  private static byte[] second(byte[] first, long offset, long size, int padding) {
    ByteBuffer file =
        ByteBuffer.allocate(PRAGMA.length + 40 + padding + first.length + 10)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put(PRAGMA).putLong(0).putLong(0).putLong(offset).putLong(size).putLong(offset + size);
    file.put(new byte[padding]).put(first).put(new byte[10]);
    return file.array();
  }

  private static List<Block> drain(byte[] car) throws IOException {
    List<Block> blocks = new ArrayList<>();
    CarReader reader = new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded());
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.add(block);
    }
    return blocks;
  }

  private static void refused(String why, byte[] car) {
    var refusal = assertThrows(CarFormatException.class, () -> drain(car));
    assertTrue(String.valueOf(refusal.getMessage()).contains(why), refusal.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "4000"})
  void the_data_of_a_version_2_is_read_wherever_it_lies(int padding) throws IOException {
    byte[] first = first();
    byte[] car = second(first, 51L + padding, first.length, padding);
    assertEquals(List.of(one, two), drain(car));
    CarReader reader = new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded());
    assertEquals(List.of(one.cid()), reader.roots());
  }

  @Test
  void a_section_that_goes_beyond_the_data_is_refused_with_the_offset() throws IOException {
    byte[] first = first();
    byte[] car = second(first, 51, first.length - 1, 0);
    CarFormatException refusal = assertThrows(CarFormatException.class, () -> drain(car));
    long section = 51 + first.length - CarWriter.sectionBytes(two.cid(), two.bytes().length);
    assertEquals(
        "what begins at byte %d of the CAR goes beyond the end of its data, %d"
            .formatted(section, 51 + first.length - 1),
        refusal.getMessage());
    refused("what begins at byte 51 of the CAR goes beyond", second(first, 51, 10, 0));
    byte[] onlyHeader = second(first, 51, 59, 0);
    assertEquals(List.of(), drain(onlyHeader));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 100",
    "50, 100",
    "-1, 100",
    "51, 0",
    "51, -1",
    "9223372036854775807, 1",
    "51, 9223372036854775807"
  })
  void an_offset_or_size_that_cannot_be_is_refused(long offset, long size) throws IOException {
    refused("header at byte 11 says that its data begins at", second(first(), offset, size, 0));
  }

  @Test
  void an_offset_behind_the_end_is_a_cut_file_and_a_size_beyond_the_limits_is_refused()
      throws IOException {
    byte[] far = second(first(), 1L << 40, 100, 0);
    refused("ends at byte " + far.length + ", in the middle of what began at byte 51", far);
    CarLimits limits = new CarLimits(1 << 20, 10);
    assertThrows(
        ContentLimitException.class, () -> new CarReader(new ByteArrayInputStream(far), limits));
  }

  @Test
  void a_version_2_inside_of_a_version_2_is_refused() throws IOException {
    byte[] inner = second(first(), 51, first().length, 0);
    refused("header at byte 51 is of another version", second(inner, 51, inner.length, 0));
  }

  @Test
  void a_cut_or_mutated_version_2_is_refused_or_read() throws IOException {
    byte[] first = first();
    byte[] car = second(first, 51, first.length, 0);
    byte[] cut = Arrays.copyOf(car, 51 + first.length - 1);
    refused("the CAR ends at byte " + cut.length, cut);
    Vectors.torture(
        car,
        5_000,
        bytes -> {
          try {
            assertTrue(drain(bytes).size() <= 2);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
