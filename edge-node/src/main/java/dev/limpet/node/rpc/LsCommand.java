package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code ls}: the entries of directories. */
final class LsCommand implements Command {
  /** Entries of one answer that is not streamed; with {@code stream=true} there is no limit. */
  static final int MAX_LS_ENTRIES = 100_000;

  private static final int PAGE_ENTRIES = 1000;
  private static final int DIRECTORY = 1;
  private static final int FILE = 2;
  private static final int SYMLINK = 4;
  private static final String NO_TIME = "0001-01-01T00:00:00Z";

  private final BlockSource data;
  private final UnixFsReader reader;
  private final RpcPaths paths;

  LsCommand(BlockSource data, UnixFsReader reader, RpcPaths paths) {
    this.data = data;
    this.reader = reader;
    this.paths = paths;
  }

  /**
   * How entries are told.
   *
   * @param call whose answer it is
   * @param looked whether each is looked at, for its type and size
   */
  private record Told(Call call, boolean looked) {}

  @Override
  public void run(Call call) throws IOException {
    boolean type = call.options().flag(true, "resolve-type");
    Told told = new Told(call, call.options().flag(true, "size") || type);
    List<String> names = call.arguments("ipfs-path");
    if (call.options().flag(false, "stream", "s")) {
      call.answer().beginLines();
      for (String name : names) {
        each(
            name,
            entry -> call.answer().put(objects(List.of(object(name, List.of(link(entry, told)))))));
      }
      return;
    }
    List<JsonObject> all = new ArrayList<>();
    int[] count = {0};
    for (String name : names) {
      List<JsonObject> links = new ArrayList<>();
      each(
          name,
          entry -> {
            if (++count[0] > MAX_LS_ENTRIES) {
              throw RpcException.failed(
                  "there are more than " + MAX_LS_ENTRIES + " entries; ask with --stream");
            }
            links.add(link(entry, told));
          });
      all.add(object(name, links));
    }
    call.answer().json(objects(all));
  }

  private interface Visitor {
    void visit(DirectoryEntry entry) throws IOException;
  }

  private void each(String name, Visitor visitor) throws IOException {
    Cid cid = paths.resolve(name);
    if (cid.codec() != Multicodec.DAG_PB
        || !(reader.entry(cid) instanceof UnixFsDirectory directory)) {
      for (DirectoryEntry piece : pieces(cid)) {
        visitor.visit(piece);
      }
      return;
    }
    String after = null;
    boolean last = false;
    while (!last) {
      DirectoryPage page = reader.list(directory, after, PAGE_ENTRIES);
      for (DirectoryEntry entry : page.entries()) {
        visitor.visit(entry);
        after = entry.name();
      }
      last = page.last();
    }
  }

  /** What a file or document links to, which has no names. */
  private List<DirectoryEntry> pieces(Cid cid) {
    byte[] block = data.require(cid);
    if (cid.codec() == Multicodec.DAG_PB) {
      return DagPb.decode(block).links().stream().map(LsCommand::piece).toList();
    }
    return Dag.links(cid, block).stream().map(link -> new DirectoryEntry("", link, 0)).toList();
  }

  private static DirectoryEntry piece(PbLink link) {
    return new DirectoryEntry(link.name(), link.cid(), link.tsize());
  }

  private static JsonObject objects(List<JsonObject> objects) {
    return new JsonObject().putObjects("Objects", objects);
  }

  private static JsonObject object(String name, List<JsonObject> links) {
    return new JsonObject().put("Hash", name).putObjects("Links", links);
  }

  private JsonObject link(DirectoryEntry entry, Told told) {
    JsonObject link =
        new JsonObject().put("Name", entry.name()).put("Hash", told.call.text(entry.cid()));
    if (entry.cid().codec() == Multicodec.RAW) {
      return plain(link, entry.tsize(), FILE, "");
    }
    if (!told.looked || entry.cid().codec() != Multicodec.DAG_PB) {
      return plain(link, 0, 0, "");
    }
    UnixFsEntry found = reader.entry(entry.cid());
    return switch (found) {
      case UnixFsFile file ->
          attributed(typed(link, file.size(), FILE, ""), file.mode(), file.mtimeSeconds());
      case UnixFsDirectory below ->
          attributed(typed(link, 0, DIRECTORY, ""), below.mode(), below.mtimeSeconds());
      case UnixFsSymlink symlink ->
          plain(link, symlink.target().length(), SYMLINK, symlink.target());
    };
  }

  private static JsonObject plain(JsonObject link, long size, int type, String target) {
    return attributed(typed(link, size, type, target), -1, 0);
  }

  private static JsonObject typed(JsonObject link, long size, int type, String target) {
    return link.put("Size", size).put("Type", type).put("Target", target);
  }

  private static JsonObject attributed(JsonObject link, int mode, long mtimeSeconds) {
    return link.put("Mode", Math.max(0, mode))
        .put(
            "ModTime",
            mtimeSeconds == 0 ? NO_TIME : Instant.ofEpochSecond(mtimeSeconds).toString());
  }
}
