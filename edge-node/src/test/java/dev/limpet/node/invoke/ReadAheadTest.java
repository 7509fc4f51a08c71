package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.wasmhost.data.DataFile;
import dev.limpet.wasmhost.data.DataUnavailableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {
  private static final int MIB = 1 << 20;
  private static final int STEP = 64 << 10;
  private static final int BLOCKS = 5;

  private final InMemoryBlockstore blocks = new InMemoryBlockstore();
  private final List<Integer> asked = new ArrayList<>();
  private final List<Integer> askedAhead = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private Cid root = Cid.of(Multicodec.RAW, new byte[0]);

  ReadAheadTest() {}

  private static byte[] block(int number) {
    byte[] bytes = new byte[MIB];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }

  @BeforeEach
  void importFile() throws IOException {
    byte[] content = new byte[BLOCKS * MIB];
    for (int i = 0; i < BLOCKS; i++) {
      System.arraycopy(block(i), 0, content, i * MIB, MIB);
    }
    UnixFsImporter importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
    root = importer.importFile(new ByteArrayInputStream(content)).cid();
  }

  /** Writes down the numbers of the leaves. */
  private BlockSource counting(List<Integer> numbers) {
    return cid -> {
      byte[] bytes = blocks.get(cid);
      if (cid.codec() == Multicodec.RAW) {
        numbers.add(bytes == null ? -1 : (int) bytes[0]);
      }
      return bytes;
    };
  }

  private DataFile file() {
    ReadAhead ahead = new ReadAhead(counting(askedAhead), waiting::add);
    UnixFsFile entry = (UnixFsFile) new UnixFsReader(blocks).entry(root);
    return (DataFile) new UnixFsMount(counting(asked), entry, ahead).root();
  }

  private void read(DataFile file, long from, long to) {
    byte[] piece = new byte[STEP];
    for (long at = from; at < to; at += STEP) {
      file.readFully(at, piece, 0, STEP);
      runWaiting();
    }
  }

  private void runWaiting() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  @Test
  void who_reads_on_finds_the_next_block_read_before_it_is_asked_for() {
    DataFile file = file();
    read(file, 0, MIB);
    assertEquals(List.of(0), asked);
    assertEquals(List.of(1, 2), askedAhead);
    read(file, MIB, 2 * MIB);
    assertEquals(List.of(0, 1), asked);
    assertEquals(List.of(1, 2, 3), askedAhead);
    read(file, 2 * MIB, (long) BLOCKS * MIB);
    assertEquals(List.of(0, 1, 2, 3, 4), asked);
    assertEquals(List.of(1, 2, 3, 4), askedAhead);
  }

  @Test
  void a_store_that_keeps_nothing_in_memory_is_asked_for_each_block_once() {
    AheadBlocks ahead = new AheadBlocks(counting(asked));
    BlockCounter touched = new BlockCounter(ahead);
    UnixFsFile entry = (UnixFsFile) new UnixFsReader(blocks).entry(root);
    ReadAhead reading = new ReadAhead(ahead.filling(), waiting::add);
    DataFile file = (DataFile) new UnixFsMount(touched, entry, reading).root();
    read(file, 0, MIB);
    assertEquals(List.of(0, 1, 2), asked);
    assertEquals(MIB, touched.bytes() - blocks.require(root).length);
    read(file, MIB, (long) BLOCKS * MIB);
    assertEquals(List.of(0, 1, 2, 3, 4), asked);
    assertEquals(BLOCKS + 1, touched.blocks());
  }

  @Test
  void what_a_guest_does_not_take_makes_room_for_what_comes_later() {
    List<Integer> read = new ArrayList<>();
    AheadBlocks ahead = new AheadBlocks(counting(read));
    for (int i = 0; i <= AheadBlocks.MAX_AHEAD_BLOCKS; i++) {
      byte[] bytes = {(byte) i};
      blocks.put(new Block(Cid.of(Multicodec.RAW, bytes), bytes));
      assertArrayEquals(bytes, ahead.filling().require(Cid.of(Multicodec.RAW, bytes)));
    }
    read.clear();
    assertArrayEquals(new byte[] {1}, ahead.require(Cid.of(Multicodec.RAW, new byte[] {1})));
    assertEquals(List.of(), read);
    assertArrayEquals(new byte[] {0}, ahead.require(Cid.of(Multicodec.RAW, new byte[] {0})));
    assertEquals(List.of(0), read);
  }

  private Cid small(int number) {
    byte[] bytes = {(byte) number};
    Cid cid = Cid.of(Multicodec.RAW, bytes);
    blocks.put(new Block(cid, bytes));
    return cid;
  }

  /** Has so many blocks read ahead, numbered from there on. */
  private void fill(AheadBlocks ahead, int first, int count) {
    for (int i = first; i < first + count; i++) {
      ahead.filling().require(small(i));
    }
  }

  @Test
  void inputs_that_are_read_in_turn_do_not_push_out_what_was_read_ahead_of_each_other() {
    List<Integer> read = new ArrayList<>();
    AheadBlocks one = new AheadBlocks(counting(read));
    AheadBlocks other = one.beside();
    int many = AheadBlocks.MAX_AHEAD_BLOCKS;
    fill(one, 0, many);
    fill(other, many, 2 * many);
    read.clear();
    for (int i = 0; i < many; i++) {
      one.require(small(i));
    }
    assertEquals(List.of(), read);
    other.require(small(3 * many - 1));
    assertEquals(List.of(), read);
    other.require(small(many));
    assertEquals(List.of(many), read);
  }

  @Test
  void the_inputs_of_a_call_hold_no_more_than_their_bound_together() {
    List<Integer> read = new ArrayList<>();
    AheadBlocks first = new AheadBlocks(counting(read));
    List<AheadBlocks> mounts = new ArrayList<>(List.of(first));
    int each = AheadBlocks.MAX_AHEAD_BLOCKS - 1;
    int most = AheadBlocks.MAX_AHEAD_OF_CALL;
    while (mounts.size() * each < most + each) {
      mounts.add(first.beside());
    }
    for (int i = 0; i < mounts.size(); i++) {
      fill(mounts.get(i), i * each, each);
    }
    read.clear();
    for (int i = mounts.size() * each - 1; i >= 0; i--) {
      mounts.get(i / each).require(small(i));
    }
    assertEquals(mounts.size() * each - most, read.size());
    for (int i = 0; i < mounts.size(); i++) {
      int mount = i;
      long lost = read.stream().filter(number -> number / each == mount).count();
      assertTrue(each - lost >= most / mounts.size(), "mount " + i + ": " + read);
    }
  }

  @Test
  void who_jumps_about_has_nothing_read_ahead() {
    DataFile file = file();
    Random random = new Random(4);
    byte[] piece = new byte[4096];
    for (int i = 0; i < 1000; i++) {
      file.readFully(random.nextInt(BLOCKS * MIB - 4096), piece, 0, 4096);
    }
    for (int i = 0; i < 8; i++) {
      read(file, 0, STEP);
    }
    assertEquals(List.of(), askedAhead);
    assertEquals(0, waiting.size());
  }

  @Test
  void nothing_is_done_for_what_is_in_memory() {
    UnixFsFile entry = (UnixFsFile) new UnixFsReader(blocks).entry(root);
    ReadAhead ahead = new ReadAhead(blocks, waiting::add);
    DataFile file = (DataFile) new UnixFsMount(counting(asked), entry, ahead).root();
    byte[] piece = new byte[STEP];
    for (long at = 0; at < 2 * MIB; at += STEP) {
      file.readFully(at, piece, 0, STEP);
    }
    assertEquals(0, waiting.size());
    blocks.delete(Cid.of(Multicodec.RAW, block(4)));
    for (long at = 2 * MIB; at < 4 * MIB; at += STEP) {
      file.readFully(at, piece, 0, STEP);
    }
    assertEquals(1, waiting.size());
  }

  @Test
  void no_more_than_two_blocks_are_on_their_way_and_before_the_root_is_known_one()
      throws IOException {
    for (UnixFsProfile profile : List.of(UnixFsProfile.V1_2025, UnixFsProfile.V0_2015)) {
      byte[] content = new byte[BLOCKS * MIB];
      new Random(7).nextBytes(content);
      UnixFsImporter importer = new UnixFsImporter(blocks, profile);
      root = importer.importFile(new ByteArrayInputStream(content)).cid();
      DataFile file = file();
      byte[] piece = new byte[STEP];
      for (long at = 0; at < MIB; at += STEP) {
        file.readFully(at, piece, 0, STEP);
      }
      assertEquals(1, waiting.size());
      runWaiting();
      for (long at = MIB; at < 3 * MIB; at += STEP) {
        file.readFully(at, piece, 0, STEP);
      }
      assertEquals(2, waiting.size());
      runWaiting();
    }
  }

  @Test
  void a_block_that_is_missing_is_missed_when_it_is_read() {
    blocks.delete(Cid.of(Multicodec.RAW, block(1)));
    DataFile file = file();
    read(file, 0, MIB);
    assertEquals(List.of(-1), askedAhead);
    assertThrows(DataUnavailableException.class, () -> read(file, MIB, MIB + STEP));
  }

  @Test
  void another_file_begins_anew() {
    Cid other = other();
    ReadAhead ahead = new ReadAhead(counting(askedAhead), Runnable::run);
    UnixFsReader reader = new UnixFsReader(blocks);
    UnixFsFile first = (UnixFsFile) reader.entry(root);
    UnixFsFile second = (UnixFsFile) reader.entry(other);
    ahead.read(first, 0, MIB, MIB);
    assertEquals(List.of(1), askedAhead);
    ahead.read(second, MIB, STEP, 2 * MIB);
    assertEquals(List.of(1), askedAhead);
    ahead.read(second, MIB + STEP, MIB / 2, 2 * MIB);
    assertEquals(List.of(1, 9), askedAhead);
  }

  private Cid other() {
    byte[] content = new byte[3 * MIB];
    Arrays.fill(content, (byte) 9);
    content[0] = 8;
    UnixFsImporter importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
    try {
      return importer.importFile(new ByteArrayInputStream(content)).cid();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
