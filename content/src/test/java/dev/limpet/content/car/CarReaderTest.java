package dev.limpet.content.car;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.cid.Varint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CarReaderTest {
  private final Block one = raw("one");
  private final Block two = raw("two, and a little longer");

  @Test
  void what_was_written_is_read_in_order() throws IOException {
    byte[] car = car(List.of(one.cid()), one, two);
    CarReader reader = reader(car);
    assertEquals(List.of(one.cid()), reader.roots());
    assertEquals(one, reader.next());
    assertEquals(two, reader.next());
    assertNull(reader.next());
    assertEquals(car.length, reader.offset());
  }

  @Test
  void blocks_for_a_sink_that_holds_nothing_share_an_array_and_for_another_have_their_own()
      throws IOException {
    Block first = raw("as long");
    Block second = raw("as this");
    byte[] car = car(List.of(), first, second, one);
    CarReader shared = reader(car);
    Passing passing = new Passing();
    Block read = shared.nextFor(passing);
    assertEquals(first, read);
    Block next = shared.nextFor(passing);
    assertEquals(second, next);
    assertSame(Objects.requireNonNull(read).bytes(), Objects.requireNonNull(next).bytes());
    assertEquals(one, shared.nextFor(passing));
    CarReader apart = reader(car);
    List<Block> kept = new ArrayList<>();
    BlockSink keeping = kept::add;
    for (int i = 0; i < 3; i++) {
      keeping.put(Objects.requireNonNull(apart.nextFor(keeping)));
    }
    assertEquals(List.of(first, second, one), kept);
  }

  /** Has done with a block when it was put. */
  private static final class Passing implements BlockSink {
    @Override
    public void put(Block block) {}

    @Override
    public boolean holdsNothing() {
      return true;
    }
  }

  @Test
  void the_bytes_of_a_header_are_those_of_the_specification() throws IOException {
    byte[] car = car(List.of(one.cid()));
    byte[] start = {
      0x3a, (byte) 0xa2, 0x65, 'r', 'o', 'o', 't', 's', (byte) 0x81, (byte) 0xd8, 0x2a
    };
    assertEquals(HexFormat.of().formatHex(start), HexFormat.of().formatHex(car, 0, start.length));
    assertEquals(59, car.length);
  }

  @Test
  void a_car_without_roots_or_blocks_is_a_car() throws IOException {
    CarReader reader = reader(car(List.of()));
    assertEquals(List.of(), reader.roots());
    assertNull(reader.next());
  }

  @Test
  void an_identity_block_and_a_version_0_cid_are_read() throws IOException {
    byte[] text = "x".repeat(128).getBytes(StandardCharsets.UTF_8);
    Block inline = new Block(Cid.v1(Multicodec.RAW, Multihash.identity(text)), text);
    byte[] node = {0x0a, 0x02, 0x08, 0x01};
    Block old = new Block(Cid.v0(Multihash.sha256(node)), node);
    CarReader reader = reader(car(List.of(), inline, old));
    assertEquals(inline, reader.next());
    assertEquals(old, reader.next());
  }

  @Test
  void a_block_that_is_not_what_its_cid_says_is_refused() throws IOException {
    byte[] car = car(List.of(), one);
    car[car.length - 1] ^= 1;
    var refused = assertThrows(HashMismatchException.class, () -> drain(car));
    assertTrue(refused.getMessage().contains("at byte 18"), refused.getMessage());
  }

  @Test
  void a_car_cut_anywhere_inside_a_section_is_refused_with_the_offset() throws IOException {
    byte[] whole = car(List.of(one.cid()), one, two);
    long header = 59;
    long first = header + CarWriter.sectionBytes(one.cid(), one.bytes().length);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length != header && length != first) {
        var refused = assertThrows(CarFormatException.class, () -> drain(cut), "cut at " + length);
        assertTrue(refused.getMessage().contains("byte " + length), refused.getMessage());
      }
    }
  }

  @Test
  void trailing_zeros_and_lengths_without_end_are_refused_with_the_offset() throws IOException {
    byte[] car = car(List.of(), one);
    String there = " at byte " + car.length;
    refused("has an empty section" + there, append(car, new byte[] {0, 0, 0}));
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) 0xff);
    refused("section" + there + " is longer than", append(car, endless));
    refused("length" + there + " is not minimal", append(car, new byte[] {(byte) 0x85, 0}));
  }

  private static void refused(String why, byte[] car) {
    var refusal = assertThrows(CarFormatException.class, () -> drain(car));
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }

  @Test
  void a_section_larger_than_a_block_can_be_is_refused_before_it_is_read() throws IOException {
    byte[] length = Varint.encode(Cid.MAX_CID_BYTES + Block.MAX_BLOCK_BYTES + 1L);
    refused("section at byte 18 is longer than", append(car(List.of()), length));
  }

  @Test
  void what_is_no_car_is_refused() {
    for (String text : List.of("", "GET / HTTP/1.1\r\n", "\u0000", "<html>")) {
      refused("at byte 0", text.getBytes(StandardCharsets.UTF_8));
    }
    byte[] version3 = HexFormat.of().parseHex("0aa16776657273696f6e03");
    var refused = assertThrows(CarFormatException.class, () -> drain(version3));
    assertTrue(String.valueOf(refused.getMessage()).contains("CARv1"));
    byte[] rootless = HexFormat.of().parseHex("0aa16776657273696f6e01");
    refused = assertThrows(CarFormatException.class, () -> drain(rootless));
    assertTrue(String.valueOf(refused.getMessage()).contains("no list of roots"));
  }

  @Test
  void more_than_the_limits_is_refused() throws IOException {
    byte[] car = car(List.of(), one, two);
    assertThrows(ContentLimitException.class, () -> drain(car, new CarLimits(1 << 20, 1)));
    assertThrows(ContentLimitException.class, () -> drain(car, new CarLimits(60, 10)));
    assertEquals(2, drain(car, new CarLimits(car.length, 2)).size());
  }

  @Test
  void random_damage_ends_in_a_refusal_or_in_the_same_blocks() throws IOException {
    long seed = 20_261_124;
    Random random = new Random(seed);
    byte[] whole = car(List.of(one.cid()), one, two);
    for (int round = 0; round < 5_000; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        for (Block block : drain(damaged)) {
          assertTrue(block.cid().multihash().matches(block.bytes()), "seed " + seed);
        }
      } catch (ContentException e) {
        assertTrue(!String.valueOf(e.getMessage()).isEmpty(), "seed " + seed);
      }
    }
  }

  private static Block raw(String text) {
    return Block.of(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] car(List<Cid> roots, Block... blocks) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(bytes, roots);
    for (Block block : blocks) {
      writer.write(block);
    }
    return bytes.toByteArray();
  }

  private static CarReader reader(byte[] car) throws IOException {
    return new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded());
  }

  private static List<Block> drain(byte[] car) throws IOException {
    return drain(car, CarLimits.unbounded());
  }

  private static List<Block> drain(byte[] car, CarLimits limits) throws IOException {
    List<Block> blocks = new ArrayList<>();
    CarReader reader = new CarReader(new ByteArrayInputStream(car), limits);
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.add(block);
    }
    return blocks;
  }

  private static byte[] append(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
