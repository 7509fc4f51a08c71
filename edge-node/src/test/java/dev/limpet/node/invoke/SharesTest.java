package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.protocol.DataRef;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is cut for several sources, and what one of them gives as well. */
class SharesTest {
  private static final Cid CID = Cid.of(Multicodec.RAW, new byte[] {1});
  private static final DataRef REF = new DataRef(CID, List.of("data"));
  private static final long MIB = 1 << 20;
  private static final Shares.Bounds WIDE = new Shares.Bounds(100, Long.MAX_VALUE);

  /** A directory of which the list alone is here. */
  private record Listed(List<DirectoryEntry> all) implements DataFetch.Arrival {
    @Override
    public boolean isWhole() {
      return false;
    }

    @Override
    public long size() {
      return -1;
    }

    @Override
    public long missingFrom(long from) {
      return from;
    }

    @Override
    public List<DirectoryEntry> entries(int most) {
      return all.size() > most ? List.of() : all;
    }

    @Override
    public DataFetch.Arrival of(DirectoryEntry entry) {
      return new Listed(List.of());
    }
  }

  /** A file of which nothing is here but its root. */
  private record Announced(long size) implements DataFetch.Arrival {
    @Override
    public boolean isWhole() {
      return false;
    }

    @Override
    public long missingFrom(long from) {
      return from;
    }
  }

  private static List<Share> of(DirectoryEntry... entries) {
    return within(WIDE, entries);
  }

  private static List<Share> within(Shares.Bounds bounds, DirectoryEntry... entries) {
    return Shares.of(REF, new Listed(List.of(entries)), bounds);
  }

  private static DirectoryEntry entry(String name, long bytes) {
    return new DirectoryEntry(name, CID, bytes);
  }

  @Test
  void entries_of_a_directory_come_whole_and_the_largest_first() {
    List<Share> shares = of(entry("a", MIB), entry("b", 9 * MIB), entry("c", 2 * MIB));
    List<String> paths = shares.stream().map(share -> share.part().ref().toEncoded()).toList();
    assertEquals(List.of(CID + "/data/b", CID + "/data/c", CID + "/data/a"), paths);
    for (Share share : shares) {
      assertEquals(0, share.part().from());
      assertEquals(DataSource.END, share.part().to());
    }
    assertEquals(List.of(2L, 1L, 1L), shares.stream().map(Share::weight).toList());
  }

  @Test
  void a_directory_of_little_or_of_many_small_files_comes_from_one_source() {
    assertEquals(List.of(), of(entry("a", 2 * MIB), entry("b", 2 * MIB)));
    DirectoryEntry small = entry("a", Shares.ENTRY_BYTES - 1);
    List<DirectoryEntry> many = Collections.nCopies(Shares.MAX_PARTS, small);
    assertEquals(List.of(), of(many.toArray(DirectoryEntry[]::new)));
    List<DirectoryEntry> larger = Collections.nCopies(Shares.MAX_PARTS, entry("a", MIB));
    assertEquals(Shares.MAX_PARTS, of(larger.toArray(DirectoryEntry[]::new)).size());
    List<DirectoryEntry> more = Collections.nCopies(Shares.MAX_PARTS + 1, entry("a", MIB));
    assertEquals(List.of(), of(more.toArray(DirectoryEntry[]::new)));
  }

  @Test
  void what_may_travel_only_if_its_blocks_are_the_same_is_not_cut() {
    Shares.Bounds exact = new Shares.Bounds(100, 9 * MIB);
    assertEquals(2, within(exact, entry("a", 5 * MIB), entry("b", 4 * MIB)).size());
    assertEquals(List.of(), within(exact, entry("a", 5 * MIB), entry("b", 4 * MIB + 1)));
    assertEquals(3, Shares.of(REF, new Announced(9 * MIB), exact).size());
    assertEquals(List.of(), Shares.of(REF, new Announced(9 * MIB + 1), exact));
  }

  @Test
  void entries_that_are_not_much_larger_than_what_leads_to_them_come_from_one_source() {
    DirectoryEntry[] entries = {entry("a", 4 * MIB), entry("b", 4 * MIB)};
    assertEquals(2, within(new Shares.Bounds(MIB / 2, Long.MAX_VALUE), entries).size());
    assertEquals(List.of(), within(new Shares.Bounds(MIB / 2 + 1, Long.MAX_VALUE), entries));
  }

  @Test
  void sizes_that_no_disk_has_and_names_that_no_path_has_cut_nothing_wrong() {
    long most = Long.MAX_VALUE;
    assertEquals(List.of(), of(entry("a", most), entry("b", most)));
    assertEquals(List.of(), of(entry("..", 9 * MIB), entry("b", 9 * MIB)));
    assertEquals(List.of(), of(entry("a/b", 9 * MIB), entry("b", 9 * MIB)));
  }
}
