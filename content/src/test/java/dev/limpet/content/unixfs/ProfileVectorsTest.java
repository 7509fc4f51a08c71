package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.block.BlockSink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fourteen published vectors of IPIP-499, seven for each profile. Their inputs are ChaCha20 key
 * streams whose key is the SHA-256 of a seed text.
 */
class ProfileVectorsTest {
  /** As published: the digit 0 stands twice. */
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz01234567890-_";

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "unixfs-v1-2025, bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    "unixfs-v0-2015, Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"
  })
  void hello_world(String profile, String cid) throws IOException {
    byte[] text = "hello world".getBytes(StandardCharsets.UTF_8);
    assertFile(profile, cid, new ByteArrayInputStream(text));
  }

  @ParameterizedTest
  @CsvSource({
    "unixfs-v1-2025, chunk-v1-seed, bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
    "unixfs-v0-2015, chunk-v0-seed, QmWmRj3dFDZdb6ABvbmKhEL6TmPbAfBZ1t5BxsEyJrcZhE"
  })
  void one_chunk_is_one_block(String profile, String seed, String cid) throws Exception {
    assertFile(profile, cid, new KeyStream(seed, chunk(profile)));
  }

  @ParameterizedTest
  @CsvSource({
    "unixfs-v1-2025, chunk-v1-seed, bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
    "unixfs-v0-2015, chunk-v0-seed, QmYyLxtzZyW22zpoVAtKANLRHpDjZtNeDjQdJrcQNWoRkJ"
  })
  void one_byte_more_is_two_leaves_below_a_node(String profile, String seed, String cid)
      throws Exception {
    assertFile(profile, cid, new KeyStream(seed, chunk(profile) + 1));
  }

  @Test
  void a_full_node_has_174_leaves() throws Exception {
    String profile = "unixfs-v0-2015";
    long full = 174 * chunk(profile);
    assertFile(
        profile, "QmUbBALi174SnogsUzLpYbD4xPiBSFANF4iztWCsHbMKh2", new KeyStream("v0-seed", full));
    assertFile(
        profile,
        "QmV81WL765sC8DXsRhE5fJv2rwhS4icHRaf3J9Zk5FdRnW",
        new KeyStream("v0-seed", full + 1));
  }

  @Test
  @Tag("nightly")
  void a_full_node_has_1024_leaves() throws Exception {
    assertFile(
        "unixfs-v1-2025",
        "bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm",
        new KeyStream("v1-2025-seed", 1024L << 20));
  }

  @Test
  @Tag("nightly")
  void one_byte_more_is_a_second_level() throws Exception {
    assertFile(
        "unixfs-v1-2025",
        "bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe",
        new KeyStream("v1-2025-seed", (1024L << 20) + 1));
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({
    "unixfs-v1-2025, 4766, 11, 21, bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4",
    "unixfs-v0-2015, 4096, 30, 30, QmX5GtRk3TSSEHtdrykgqm4eqMEn3n2XhfkFAis5fjyZmN"
  })
  void a_directory_at_the_threshold_is_flat(
      String profile, int names, int chars, int lastChars, String cid) throws Exception {
    assertDirectory(profile, new int[] {names, chars, lastChars}, cid);
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({
    "unixfs-v1-2025, 4766, 11, 22, bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu",
    "unixfs-v0-2015, 4033, 31, 31, QmeMiJzmhpJAUgynAcxTQYek5PPKgdv3qEvFsdV3XpVnvP"
  })
  void one_byte_more_is_a_hamt(String profile, int names, int chars, int lastChars, String cid)
      throws Exception {
    assertDirectory(profile, new int[] {names, chars, lastChars}, cid);
  }

  private static UnixFsProfile profile(String name) {
    return Objects.requireNonNull(UnixFsProfile.named(name));
  }

  private static long chunk(String profile) {
    return profile(profile).chunker().maxBytes();
  }

  private static void assertFile(String profile, String cid, InputStream in) throws IOException {
    AtomicLong stored = new AtomicLong();
    BlockSink sink = block -> stored.addAndGet(block.bytes().length);
    ImportedRoot root = new UnixFsImporter(sink, profile(profile)).importFile(in);
    assertEquals(cid, root.cid().toString());
    assertEquals(stored.get(), root.dagSize());
  }

  /** {@code names}: how many, their length, and that of the last one. */
  private void assertDirectory(String profile, int[] names, String cid)
      throws IOException, GeneralSecurityException {
    InputStream stream = new KeyStream("hamt-" + profile, 1 << 20);
    for (int i = 0; i < names[0]; i++) {
      byte[] bytes = stream.readNBytes(i == names[0] - 1 ? names[2] : names[1]);
      StringBuilder name = new StringBuilder();
      for (byte b : bytes) {
        name.append(ALPHABET.charAt((b & 0xff) % ALPHABET.length()));
      }
      Files.writeString(directory.resolve(name.toString()), "x");
    }
    ImportOptions all = ImportOptions.standard().withHidden(true);
    ImportedRoot root = new UnixFsImporter(_ -> {}, profile(profile)).importTree(directory, all);
    assertEquals(cid, root.cid().toString());
    assertEquals(names[0], root.size());
  }
}
