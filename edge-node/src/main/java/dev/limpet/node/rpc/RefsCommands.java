package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.node.store.NodeStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code refs} and {@code refs/local}: what blocks link to, and what is here. */
final class RefsCommands {
  /** Lines of one answer: without {@code unique} a small DAG can name itself again and again. */
  static final int MAX_REFS = 1_500_000;

  /** Links from the root to a block, as walks elsewhere go. */
  static final int MAX_REFS_DEPTH = 1024;

  private final NodeStore store;
  private final BlockSource data;
  private final RpcPaths paths;

  RefsCommands(NodeStore store, RpcPaths paths) {
    this.store = store;
    this.data = store.data();
    this.paths = paths;
  }

  /** All blocks that are here, kept or fetched; only their hashes are known, so they are raw. */
  void local(Call call) throws IOException {
    call.answer().beginLines();
    Lines.each(store::visitBlocks, cid -> call.answer().put(ref(call.text(cid))));
  }

  void refs(Call call) throws IOException {
    Options options = call.options();
    boolean edges = options.flag(false, "edges", "e");
    String format = options.text("<dst>", "format");
    if (edges && !format.equals("<dst>")) {
      throw RpcException.failed("using format argument with edges is not allowed");
    }
    boolean recursive = options.flag(false, "recursive", "r");
    int depth = Math.clamp(options.integer(-1, "max-depth"), -1, MAX_REFS_DEPTH);
    Walk walk =
        new Walk(
            call,
            edges ? "<src> -> <dst>" : format,
            options.flag(false, "unique", "u"),
            recursive ? depth : 1);
    List<Cid> roots = new ArrayList<>();
    for (String path : call.arguments("ipfs-path")) {
      roots.add(paths.resolve(path));
    }
    call.answer().beginLines();
    for (Cid root : roots) {
      try {
        walk.from(root);
      } catch (BlockNotFoundException e) {
        call.answer().put(failure(Failure.missing(e.cid())));
      } catch (ContentException e) {
        call.answer().put(failure(String.valueOf(e.getMessage())));
      }
    }
  }

  private static JsonObject ref(String text) {
    return new JsonObject().put("Ref", text).put("Err", "");
  }

  private static JsonObject failure(String why) {
    return new JsonObject().put("Ref", "").put("Err", why);
  }

  /** One walk, depth first, in the order of the links. */
  private final class Walk {
    private final Call call;
    private final String format;
    private final boolean unique;
    private final int maxDepth;

    /** How deep each was found, at least; only when they are told once. */
    private final Map<Cid, Integer> depths = new HashMap<>();

    private int followed;

    Walk(Call call, String format, boolean unique, int maxDepth) {
      this.call = call;
      this.format = format;
      this.unique = unique;
      this.maxDepth = maxDepth;
    }

    /** Tells of what a root leads to. */
    void from(Cid root) throws IOException {
      List<PbLink> links = links(root);
      if (maxDepth != 0) {
        each(root, links, 1);
      }
    }

    /** Tells of the links of a block; what they lead to is so deep, and must be here. */
    private void each(Cid from, List<PbLink> links, int depth) throws IOException {
      if (depth > MAX_REFS_DEPTH) {
        throw RpcException.failed("the DAG is deeper than " + MAX_REFS_DEPTH + " links");
      }
      boolean deeper = maxDepth < 0 || depth < maxDepth;
      for (PbLink link : links) {
        Integer before = unique ? depths.get(link.cid()) : null;
        if (before != null && (maxDepth < 0 || before <= depth)) {
          continue;
        }
        if (++followed > MAX_REFS) {
          throw RpcException.failed("there are more than " + MAX_REFS + " references");
        }
        List<PbLink> below = deeper ? links(link.cid()) : here(link.cid());
        if (before == null) {
          call.answer().put(ref(line(from, link)));
        }
        if (unique) {
          depths.put(link.cid(), depth);
        }
        if (!below.isEmpty()) {
          each(link.cid(), below, depth + 1);
        }
      }
    }

    private String line(Cid from, PbLink link) {
      return format
          .replace("<src>", call.text(from))
          .replace("<dst>", call.text(link.cid()))
          .replace("<linkname>", link.name());
    }
  }

  /** Of a block whose links nobody asks for. */
  private List<PbLink> here(Cid cid) {
    if (data.sizeOf(cid) < 0) {
      throw new BlockNotFoundException(cid);
    }
    return List.of();
  }

  private List<PbLink> links(Cid cid) {
    if (cid.codec() == Multicodec.RAW) {
      return here(cid);
    }
    byte[] block = data.require(cid);
    if (cid.codec() == Multicodec.DAG_PB) {
      return DagPb.decode(block).links();
    }
    return Dag.links(cid, block).stream().map(link -> new PbLink(link, null, -1)).toList();
  }
}
