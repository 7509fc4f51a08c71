package dev.limpet.node.store;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.DagJson;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.DataRef;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows the names below a CID to the CID that they mean: through directories of UnixFS, and
 * through the maps, lists and links of dag-cbor and dag-json. Symbolic links are not followed.
 */
public final class ContentPaths {
  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

  private final BlockSource blocks;
  private final UnixFsReader reader;

  /** Reads directories from there. */
  public ContentPaths(BlockSource blocks) {
    this.blocks = blocks;
    this.reader = new UnixFsReader(blocks);
  }

  /**
   * Where a path leads.
   *
   * @param cids the root, then for each name the block that it leads to or stays in
   * @param within names at the end that are a place in the last block and not a block of their own;
   *     none for a directory, a file, or a link
   */
  public record Followed(List<Cid> cids, List<String> within) {
    /** Keeps copies. */
    public Followed {
      cids = List.copyOf(cids);
      within = List.copyOf(within);
    }

    /** The block at the end. */
    public Cid cid() {
      return cids.getLast();
    }
  }

  /**
   * The CID at the end of the path; the root itself without one, which is then not looked for.
   *
   * @throws PathNotFoundException when a name is not there, or is below something that has none
   * @throws dev.limpet.content.block.BlockNotFoundException when a block on the way is not here
   */
  public Followed follow(DataRef data) {
    List<Cid> cids = new ArrayList<>(List.of(data.root()));
    List<String> within = new ArrayList<>();
    Ipld place = null;
    for (String name : data.path()) {
      Cid cid = cids.getLast();
      Ipld inside = place == null ? document(cid) : place;
      if (inside == null) {
        cids.add(entry(cid, name));
        continue;
      }
      Ipld found = child(inside, name);
      if (found == null) {
        throw new PathNotFoundException(cid + " has no '" + name + "' there");
      }
      if (found instanceof Ipld.LinkNode(Cid next)) {
        cids.add(next);
        within.clear();
        place = null;
      } else {
        cids.add(cid);
        within.add(name);
        place = found;
      }
    }
    return new Followed(cids, within);
  }

  /** The value of a block that is a document; null for what may be a directory. */
  private @Nullable Ipld document(Cid cid) {
    if (cid.codec() == Multicodec.DAG_CBOR) {
      return DagCbor.decode(blocks.require(cid));
    }
    return cid.codec() == Multicodec.DAG_JSON ? DagJson.decode(blocks.require(cid)) : null;
  }

  private static @Nullable Ipld child(Ipld value, String name) {
    return switch (value) {
      case Ipld.MapNode map -> map.get(name);
      case Ipld.ListNode list -> {
        int index = INDEX.matcher(name).matches() ? Integer.parseInt(name) : Integer.MAX_VALUE;
        yield index < list.items().size() ? list.items().get(index) : null;
      }
      default -> null;
    };
  }

  private Cid entry(Cid cid, String name) {
    boolean unixFs = cid.codec() == Multicodec.DAG_PB;
    if (!unixFs || !(reader.entry(cid) instanceof UnixFsDirectory directory)) {
      throw new PathNotFoundException(
          cid + " is no directory, so there is no '" + name + "' in it");
    }
    DirectoryEntry found = reader.lookup(directory, name);
    if (found == null) {
      throw new PathNotFoundException("the directory " + cid + " has no '" + name + "'");
    }
    return found.cid();
  }
}
