package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagStat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code dag/stat}: how large DAGs are, and how much of them they share. */
final class DagStatCommand implements Command {
  /** DAGs of one answer. */
  static final int MAX_STAT_ROOTS = 64;

  /** Different blocks of all of them, whose sizes are in memory when there are several. */
  static final int MAX_STAT_BLOCKS = 1_000_000;

  private final BlockSource data;
  private final RpcPaths paths;

  DagStatCommand(BlockSource data, RpcPaths paths) {
    this.data = data;
    this.paths = paths;
  }

  @Override
  public void run(Call call) throws IOException {
    List<Cid> roots = new ArrayList<>();
    for (String path : call.arguments("root")) {
      roots.add(paths.resolve(path));
    }
    if (roots.size() > MAX_STAT_ROOTS) {
      throw RpcException.usage("at most " + MAX_STAT_ROOTS + " DAGs can be asked for at once");
    }
    Map<Cid, Long> seen = new HashMap<>();
    List<JsonObject> stats = new ArrayList<>();
    long counted = 0;
    long unique = 0;
    long blocks = 0;
    for (Cid root : roots) {
      DagStat stat = Dag.stat(roots.size() == 1 ? data : new Noted(data, seen), root);
      Cid missing = stat.firstMissing();
      if (missing != null) {
        String where = missing.equals(root) ? "" : "error traversing DAG: ";
        throw RpcException.failed(where + Failure.missing(missing));
      }
      counted += stat.bytes();
      stats.add(told(call.text(root), stat));
      blocks = roots.size() == 1 ? stat.blocks() : seen.size();
      unique = counted;
    }
    if (roots.size() > 1) {
      unique = seen.values().stream().mapToLong(Long::longValue).sum();
    }
    call.answer().beginLines();
    JsonObject line = new JsonObject().put("UniqueBlocks", blocks).put("TotalSize", unique);
    if (counted > unique) {
      line.put("SharedSize", counted - unique);
    }
    call.answer()
        .put(
            line.put("Ratio", unique == 0 ? 1 : (float) counted / unique)
                .putObjects("DagStats", stats));
  }

  private static JsonObject told(String root, DagStat stat) {
    return new JsonObject()
        .put("Cid", root)
        .put("Size", stat.bytes())
        .put("NumBlocks", stat.blocks());
  }

  /** Notes each block that is found. */
  private record Noted(BlockSource blocks, Map<Cid, Long> seen) implements BlockSource {
    @Override
    public byte @Nullable [] get(Cid cid) {
      byte[] bytes = blocks.get(cid);
      if (bytes != null) {
        note(cid, bytes.length);
      }
      return bytes;
    }

    @Override
    public long sizeOf(Cid cid) {
      long size = blocks.sizeOf(cid);
      if (size >= 0 && !cid.isIdentity()) {
        note(cid, size);
      }
      return size;
    }

    private void note(Cid cid, long size) {
      Long before = seen.put(cid, size);
      if (before == null && seen.size() > MAX_STAT_BLOCKS) {
        throw RpcException.failed(
            "the DAGs have more than " + MAX_STAT_BLOCKS + " blocks; ask for one after the other");
      }
    }
  }
}
