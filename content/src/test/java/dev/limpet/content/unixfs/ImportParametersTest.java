package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One tree under many parameters. The roots are those that Kubo 0.43.0 gave it; {@link
 * KuboPropertyTest} compares with Kubo itself where there is one.
 */
class ImportParametersTest {
  @TempDir private Path folder = Path.of("");

  private final InMemoryBlockstore store = new InMemoryBlockstore();

  @BeforeEach
  void tree() throws IOException {
    Path tree = Files.createDirectory(folder.resolve("t0"));
    Files.createDirectory(tree.resolve("empty"));
    Path below = Files.createDirectory(tree.resolve("below"));
    for (int i = 0; i < 20; i++) {
      Files.write(below.resolve("file-" + i), new byte[i * 100]);
    }
    Files.writeString(tree.resolve(".hidden"), "h");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("below/file-3"));
    for (Path path : List.of(below.resolve("file-0"), below.resolve("file-19"), below)) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
    }
    try (var all = Files.walk(tree)) {
      for (Path path : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
        if (!path.equals(below)) {
          String usual = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(usual));
        }
        boolean old = path.endsWith("file-7");
        Instant time = Instant.ofEpochSecond(old ? -5 : 1_700_000_000, old ? 0 : 250_000);
        Files.setLastModifiedTime(path, FileTime.from(time));
      }
    }
    Files.delete(tree.resolve("link"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("below/file-3"));
    Files.setLastModifiedTime(tree, FileTime.from(Instant.ofEpochSecond(1_700_000_000)));
  }

  private ImportedRoot root(UnixFsProfile profile, ImportOptions options) {
    return new UnixFsImporter(store, profile).importTree(folder.resolve("t0"), options);
  }

  @ParameterizedTest
  @CsvSource({
    "unixfs-v1-2025, bafybeifhrny3u5rmfh7uchepdfwplxaq6tpjkpo62ho2za5f3uetorypua",
    "unixfs-v0-2015, QmYfLrgGhHPpAzJRZrYVnKESKHCjtxhexqYQK9E7XzgGW3",
    "kubo-cidv1, bafybeifhrny3u5rmfh7uchepdfwplxaq6tpjkpo62ho2za5f3uetorypua"
  })
  void a_profile_is_all_of_its_parameters(String profile, String cid) throws IOException {
    UnixFsProfile known = Objects.requireNonNull(UnixFsProfile.named(profile));
    ImportedRoot root = root(known, ImportOptions.standard());
    assertEquals(cid, root.cid().toString());
    SameTree.assertSame(
        new UnixFsReader(store), root.cid(), folder.resolve("t0"), ImportOptions.standard());
  }

  /**
   * Version, raw leaves, chunker, width with a t if trickled, measure, threshold, links and
   * fan-out.
   */
  private static UnixFsProfile profile(String parameters) {
    String[] each = parameters.split(" ", -1);
    ShardingRule rule =
        new ShardingRule(
            ShardingRule.Measure.valueOf(each[4]),
            Long.parseLong(each[5]),
            Integer.parseInt(each[6]),
            Integer.parseInt(each[7]));
    return new UnixFsProfile(
        Integer.parseInt(each[0]),
        Boolean.parseBoolean(each[1]),
        each[2].matches("-?[0-9]+")
            ? new FixedSize(Integer.parseInt(each[2]))
            : Chunker.parse(each[2]),
        layout(each[3]),
        rule);
  }

  private static FileLayout layout(String width) {
    return width.startsWith("t")
        ? FileLayout.trickle(Integer.parseInt(width.substring(1)))
        : FileLayout.balanced(Integer.parseInt(width));
  }

  @ParameterizedTest
  @CsvSource({
    "0 false 64 2 LINKS 500 0 8, QmNSkrPMxLRhjkUhbaETfcKGgGubBuWyZ4yT8owmAqM2gf",
    "0 true 100 5 BLOCK 500 0 1024, QmfAEWdMV9xK5qTyWSWKqMR4ym3T4BxEXBLzmNPuwhpQ8E",
    "1 false 1000 3 NONE 1 10 16, bafybeicspco4ffvtbelighcwmbfcx6qd4hfyxouecnzjdyl3qx6ou4kbj4",
    "1 true 7 174 BLOCK 1 0 256, bafybeidvbydgt32ndunn33gzig5gtfhrtlaaqywjdjq3rxm27wevxjktnu",
    "1 true 300 4 LINKS 1 0 64, bafybeicyroqcmcnjwgbauu4m5efgikhxajepaiqmz6elsi25qu5iqdux7y"
  })
  void each_parameter_of_a_profile_is_heeded(String parameters, String cid) throws IOException {
    UnixFsProfile profile = profile(parameters);
    ImportedRoot root = root(profile, ImportOptions.standard());
    assertEquals(cid, root.cid().toString());
    SameTree.assertSame(
        new UnixFsReader(store), root.cid(), folder.resolve("t0"), ImportOptions.standard());
  }

  @ParameterizedTest
  @CsvSource({
    "hidden empty, bafybeigb4hnplfrwm4cfidaq56tlqmo3pq4dmknn2vzy4coxkn43nz23ra",
    "followed, bafybeifjrylcnhdflceqp3mexb4le5g22tgb3k7p55wrgaaenda7ene2yy",
    "followed empty mode, bafybeigh7xl7mog2p55jzzdwdmvu6jvh4xg2um7yifxkrg5djumhb5ywwa",
    "followed empty mode mtime, bafybeiaqkqj3etyn5vkj73w6eridrnxzue4hcvg7mdsqpr5hxvandm6hp4"
  })
  void each_option_of_what_is_taken_is_heeded(String taken, String cid) throws IOException {
    Set<String> each = Set.of(taken.split(" ", -1));
    ImportOptions options =
        ImportOptions.standard()
            .withHidden(each.contains("hidden"))
            .withFollowedLinks(each.contains("followed"))
            .withEmptyDirectories(each.contains("empty"))
            .withMetadata(each.contains("mode"), each.contains("mtime"));
    ImportedRoot root = root(UnixFsProfile.KUBO_CIDV1, options);
    assertEquals(cid, root.cid().toString());
    SameTree.assertSame(new UnixFsReader(store), root.cid(), folder.resolve("t0"), options);
  }

  @ParameterizedTest
  @CsvSource({
    "0640, , false, bafybeiaiwla62gdl7purzgpz6jfc33xee7pi56g7tiyjxajvfz2hzpt2pm",
    "0, 5.000000007, false, bafybeihiuob6wes7ptscsbknzpoplklwcorwhhn553yvcdavkraannfzsq",
    "0777, -3, true, bafybeihwd5j5few45dxrh2ixyfenjlcwdzjwz7qx7d6jsuwdcodkpkh7la",
    "0001, 1, true, bafybeiaordz6tkztakocri5eif2dqfk4g6lxr6roqyu5mtozr2rx3fn6fy"
  })
  void permissions_and_times_may_be_the_same_for_all(
      String mode, @Nullable BigDecimal time, boolean preserved, String cid) throws IOException {
    Instant mtime = null;
    if (time != null) {
      int nanos = time.remainder(BigDecimal.ONE).movePointRight(9).intValueExact();
      mtime = Instant.ofEpochSecond(time.longValue(), nanos);
    }
    ImportOptions options =
        ImportOptions.standard()
            .withMetadata(preserved, preserved)
            .withFixedMode(Integer.parseInt(mode, 8))
            .withFixedMtime(mtime);
    ImportedRoot root = root(UnixFsProfile.KUBO_CIDV1, options);
    assertEquals(cid, root.cid().toString());
    SameTree.assertSame(new UnixFsReader(store), root.cid(), folder.resolve("t0"), options);
  }

  @Test
  void permissions_of_no_file_are_refused() {
    ImportOptions options = ImportOptions.standard();
    assertThrows(IllegalArgumentException.class, () -> options.withFixedMode(01000));
    assertThrows(IllegalArgumentException.class, () -> options.withFixedMode(-1));
  }

  @Test
  void a_profile_that_is_not_published_has_no_name() {
    assertNull(UnixFsProfile.named("unixfs-v2"));
    assertEquals(
        List.of("unixfs-v1-2025", "unixfs-v0-2015", "kubo-cidv1"),
        List.copyOf(UnixFsProfile.names()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 true 1 2 LINKS 1 0 8",
        "-1 true 1 2 LINKS 1 0 8",
        "1 true 0 2 LINKS 1 0 8",
        "1 true 2096897 2 LINKS 1 0 8",
        "1 true 1 1 LINKS 1 0 8",
        "1 true 1 32769 LINKS 1 0 8",
        "1 true 1 2 LINKS 0 0 8",
        "1 true 1 2 LINKS 1 -1 8",
        "1 true 1 2 LINKS 1 0 4",
        "1 true 1 2 LINKS 1 0 24",
        "1 true 1 2 LINKS 1 0 2048"
      })
  void parameters_that_no_reader_takes_are_refused_with_a_sentence(String parameters) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> profile(parameters));
    assertTrue(String.valueOf(refusal.getMessage()).contains(" "), refusal.getMessage());
  }

  @Test
  void a_chunk_of_the_largest_size_fits_a_block_in_either_form() throws IOException {
    Files.write(folder.resolve("t0/large"), new byte[Chunker.MAX_CHUNK_BYTES + 1]);
    for (boolean raw : new boolean[] {true, false}) {
      ShardingRule rule = ShardingRule.usual(ShardingRule.Measure.BLOCK);
      UnixFsProfile profile =
          new UnixFsProfile(
              0, raw, new FixedSize(Chunker.MAX_CHUNK_BYTES), FileLayout.balanced(2), rule);
      ImportOptions options = ImportOptions.standard().withMetadata(!raw, !raw);
      assertTrue(root(profile, options).size() > Chunker.MAX_CHUNK_BYTES);
    }
  }

  @Test
  void links_that_lead_back_are_refused_when_they_are_followed() throws IOException {
    Files.createSymbolicLink(folder.resolve("t0/below/up"), Path.of(".."));
    ImportOptions followed = ImportOptions.standard().withFollowedLinks(true);
    ContentLimitException refusal =
        assertThrows(ContentLimitException.class, () -> root(UnixFsProfile.V1_2025, followed));
    assertTrue(refusal.getMessage().contains("that it is in"), refusal.getMessage());
  }

  @Test
  void a_directory_that_is_linked_twice_is_taken_twice_when_links_are_followed()
      throws IOException {
    Files.createSymbolicLink(folder.resolve("t0/again"), Path.of("below"));
    ImportOptions followed = ImportOptions.standard().withFollowedLinks(true);
    ImportedRoot root = root(UnixFsProfile.V1_2025, followed);
    UnixFsReader reader = new UnixFsReader(store);
    assertEquals(
        reader.resolve(ContentPath.parse(root.cid() + "/below")),
        reader.resolve(ContentPath.parse(root.cid() + "/again")));
    assertInstanceOf(UnixFsFile.class, reader.resolve(ContentPath.parse(root.cid() + "/link")));
  }
}
