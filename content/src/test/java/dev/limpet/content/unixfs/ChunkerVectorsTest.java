package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files cut and laid out in other ways than the profiles do. The roots are those that Kubo 0.43.0
 * gave them: CIDv1 with raw leaves, then CIDv0; {@link KuboPropertyTest} compares with Kubo itself.
 */
class ChunkerVectorsTest {
  private static byte[] content(String name) throws Exception {
    try (KeyStream stream = new KeyStream("chunkers", 3 << 20)) {
      return switch (name) {
        case "stream" -> stream.readAllBytes();
        case "hundred" -> stream.readNBytes(100);
        case "zeros" -> new byte[2_000_000];
        default -> new byte[0];
      };
    }
  }

  private static UnixFsProfile profile(int version, String chunker, FileLayout layout) {
    ShardingRule rule = ShardingRule.usual(ShardingRule.Measure.LINKS);
    return new UnixFsProfile(version, version == 1, Chunker.parse(chunker), layout, rule);
  }

  @ParameterizedTest
  @CsvSource({
    "stream rabin 7, bafybeiejy5ub6hbndnhhro3mixovxx2pm4uljl5czzybwkii2dzvoqp7fi,"
        + " QmXsLgdDaAkcxwiejuhxFJBe4sX9nx271HGdPeyQe5ep5V",
    "stream rabin t7, bafybeicplxzj7cmn7x4yl4v4bwjfxtcgxtaaxnkgd724c6rbveucqp2sta,"
        + " QmWdsgwq6yHXRN2GRatgyBvH1UHWbqEv7TsUzJq5ytze87",
    "stream rabin-4096 7, bafybeifn3e6ldymfhqb4zvvkwvu2eemvexpxbq23yhrr2po533j6s5g7ua,"
        + " QmWhnt915ytyeh4crkqUqDxc1N7AhSUQYhvexnaH7tgLPB",
    "stream rabin-1000-3000-9000 t7, bafybeid7r6iht7egmyrvkvlkivgc5usm2qk33asqer2mne7qxqjm244xim,"
        + " QmVcZKBoaan9RxLVYqMz85QUnEnkvMKMJf6zhkEoeFLt5u",
    "stream rabin-min:1000-avg:3000-max:9000 7,"
        + " bafybeif6rll27fqlyfs3h33xj4hy3duhcw2rjvqiur26o4isjztpk5qdnq,"
        + " QmUyThXWAZvveDUGNQ9zw6SMZN9MwUhK32bFMgtCViBPna",
    "stream buzhash 7, bafybeieewh2cbflvevl6me76nobbb7up424g65ymhb2ieol3cdtp3owen4,"
        + " QmRKX35uzC3BW86jk8YozLT2RuVcK1xd5gNwq9Ncn1ifdN",
    "stream buzhash t7, bafybeidsshceswlc6h72avkbnjsognkg2zjoxucccfj6vgoeownj45qoem,"
        + " QmRYMKxWhzyYyAhG4tDue1B6wE2ZryG5Tv5Jp853Q1thTV",
    "stream size-1000 t7, bafybeiha33ccdb2qyyktm73ltwer4qzhzguq4o2oxs52lfczdrkfocxhky,"
        + " QmQust7vRRs9ePo8ZE9RUKySW1DSz5urxqmpqibTcYLa4x",
    "zeros rabin 7, bafybeidgccl7qau3pqbh2vzp7srlykuxu4zppyxpfhnpa7djectentr44y,"
        + " QmbDShLvdWwPXuhZEdKZu8WrFuge5kJFf6HExnmS8pdmiy",
    "zeros buzhash t7, bafybeiagvstb5oj4eu4jsgbnrt56zrvhthfxmjuo3arjwt3x46fhbifoci,"
        + " QmbB6L29WobGkjiivqAvWjiQLJWDjAjzA3U4rQTH6wHjo8",
    "hundred rabin t7, bafybeiethonrtg5vum5zpgicowi3uuixsurh7nerziz7bk6bwohpbhrvri,"
        + " QmZEmS7guxiPPFB8Ht2HCeKhX8yrNT2MhUsiCsjLLNADNn",
    "hundred buzhash 7, bafkreiefcmcr3vosf7q3drckjp3m6srw22dfdawinjh2zjwzovcclrwg7i,"
        + " Qme8m56MiB3LDR99VgdeqopiJoxgC8rjovPYqpvy5Dr8X4",
    "nothing rabin 7, bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku,"
        + " QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
    "nothing buzhash t7, bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y,"
        + " QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"
  })
  void a_file_is_cut_and_laid_out_as_kubo_does_it(String setting, String v1, String v0)
      throws Exception {
    String[] each = setting.split(" ", -1);
    byte[] bytes = content(each[0]);
    FileLayout layout = each[2].equals("7") ? FileLayout.balanced(7) : FileLayout.trickle(7);
    for (int version = 0; version < 2; version++) {
      InMemoryBlockstore blocks = new InMemoryBlockstore();
      UnixFsImporter importer = new UnixFsImporter(blocks, profile(version, each[1], layout));
      Cid root = importer.importFile(new ByteArrayInputStream(bytes)).cid();
      assertEquals(version == 0 ? v0 : v1, root.toString());
      assertArrayEquals(bytes, read(blocks, root));
    }
  }

  private static byte[] read(InMemoryBlockstore blocks, Cid root) {
    UnixFsReader reader = new UnixFsReader(blocks);
    UnixFsFile file = (UnixFsFile) reader.entry(root);
    byte[] bytes = new byte[(int) file.size()];
    reader.readFully(file, 0, bytes, 0, bytes.length);
    return bytes;
  }

  /** What they are for, and what a file that is cut by size does not have. */
  @ParameterizedTest
  @ValueSource(strings = {"rabin-20000", "buzhash"})
  void a_byte_put_in_front_leaves_most_leaves_as_they_were(String chunker) throws Exception {
    byte[] bytes = content("stream");
    byte[] longer = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, longer, 1, bytes.length);
    Set<Cid> before = leaves(chunker, bytes);
    Set<Cid> after = leaves(chunker, longer);
    assertTrue(before.size() > 5, () -> before.size() + " leaves");
    after.removeAll(before);
    assertTrue(after.size() <= 4, () -> after.size() + " of " + before.size() + " are new");
  }

  private static Set<Cid> leaves(String chunker, byte[] bytes) throws IOException {
    Set<Cid> leaves = new HashSet<>();
    BlockSink sink = block -> leaves.add(block.cid());
    var _ =
        new UnixFsImporter(sink, profile(1, chunker, FileLayout.balanced(1024)))
            .importFile(new ByteArrayInputStream(bytes));
    return leaves;
  }

  @ParameterizedTest
  @ValueSource(strings = {"rabin", "rabin-300", "rabin-16-17-18", "buzhash", "size-77"})
  void a_leaf_is_within_the_sizes_of_its_chunker_and_nothing_is_lost(String text) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Chunker chunker = Chunker.parse(text);
    byte[] bytes = new byte[3 * chunker.maxBytes() + random.nextInt(1000)];
    random.nextBytes(bytes);
    int from = 0;
    while (from < bytes.length) {
      byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
      int cut = chunker.cut(rest, rest.length);
      assertTrue(cut > 0 && cut <= Math.min(rest.length, chunker.maxBytes()), "seed " + seed);
      assertEquals(cut, chunker.cut(rest, cut), "seed " + seed);
      from += cut;
    }
    assertEquals(bytes.length, from);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rabin-",
        "rabin-47",
        "rabin-15-20-30",
        "rabin-16-16-30",
        "rabin-16-30-30",
        "rabin-16-30-2096897",
        "rabin-1400000",
        "rabin-99999999999",
        "rabin-max:16-avg:20-min:30",
        "rabin-16-30",
        "buzhash-2",
        "size-0",
        "size-2096897",
        "size--1",
        "fixed-100"
      })
  void what_is_no_chunker_is_refused_with_a_sentence(String text) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Chunker.parse(text));
    assertTrue(String.valueOf(refusal.getMessage()).contains(" "), refusal.getMessage());
  }

  @Test
  void blocks_of_the_widest_trickled_node_fit() throws IOException {
    Block[] largest = {Block.of(0x55, new byte[0])};
    BlockSink sink =
        block -> largest[0] = block.bytes().length > largest[0].bytes().length ? block : largest[0];
    FileLayout layout = FileLayout.trickle(FileLayout.MAX_WIDTH);
    byte[] bytes = new byte[40_000];
    var _ =
        new UnixFsImporter(sink, profile(1, "size-1", layout))
            .importFile(new ByteArrayInputStream(bytes));
    assertTrue(largest[0].bytes().length > 1 << 20, "bytes: " + largest[0].bytes().length);
  }
}
