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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The seven published vectors of {@code unixfs-v1-2025} (IPIP-499). Their inputs are ChaCha20 key
 * streams whose key is the SHA-256 of a seed text.
 */
class ProfileVectorsTest {
  private static final int CHUNK = 1 << 20;
  private static final String NAME_SEED = "hamt-unixfs-v1-2025";

  /** As published: the digit 0 stands twice. */
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz01234567890-_";

  private static final int NAMES = 4766;
  private static final int NAME_CHARS = 11;

  @TempDir private Path directory = Path.of("");

  @Test
  void hello_world() throws IOException {
    byte[] text = "hello world".getBytes(StandardCharsets.UTF_8);
    assertFile(
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
        new ByteArrayInputStream(text));
  }

  @Test
  void one_chunk_is_a_raw_block() throws Exception {
    assertFile(
        "bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
        new KeyStream("chunk-v1-seed", CHUNK));
  }

  @Test
  void one_byte_more_is_two_leaves_below_a_node() throws Exception {
    assertFile(
        "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
        new KeyStream("chunk-v1-seed", CHUNK + 1L));
  }

  @Test
  @Tag("nightly")
  void a_full_node_has_1024_leaves() throws Exception {
    assertFile(
        "bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm",
        new KeyStream("v1-2025-seed", 1024L * CHUNK));
  }

  @Test
  @Tag("nightly")
  void one_byte_more_is_a_second_level() throws Exception {
    assertFile(
        "bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe",
        new KeyStream("v1-2025-seed", 1024L * CHUNK + 1));
  }

  @Test
  void a_directory_at_the_threshold_is_flat() throws Exception {
    assertDirectory("bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4", 21);
  }

  @Test
  void one_byte_more_is_a_hamt() throws Exception {
    assertDirectory("bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu", 22);
  }

  private static void assertFile(String cid, InputStream in) throws IOException {
    AtomicLong stored = new AtomicLong();
    BlockSink sink = block -> stored.addAndGet(block.bytes().length);
    ImportedRoot root = new UnixFsImporter(sink, UnixFsProfile.V1_2025).importFile(in);
    assertEquals(cid, root.cid().toString());
    assertEquals(stored.get(), root.dagSize());
  }

  private void assertDirectory(String cid, int lastNameChars)
      throws IOException, GeneralSecurityException {
    InputStream stream = new KeyStream(NAME_SEED, 1 << 20);
    for (int i = 0; i < NAMES; i++) {
      byte[] bytes = stream.readNBytes(i == NAMES - 1 ? lastNameChars : NAME_CHARS);
      StringBuilder name = new StringBuilder();
      for (byte b : bytes) {
        name.append(ALPHABET.charAt((b & 0xff) % ALPHABET.length()));
      }
      Files.writeString(directory.resolve(name.toString()), "x");
    }
    ImportOptions all = ImportOptions.standard().withHidden(true);
    ImportedRoot root =
        new UnixFsImporter(_ -> {}, UnixFsProfile.V1_2025).importTree(directory, all);
    assertEquals(cid, root.cid().toString());
    assertEquals(NAMES, root.size());
  }
}
