package dev.limpet.node.rpc;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.node.store.BlockRemoval;
import dev.limpet.node.store.NodeStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code block/get|put|stat|rm}: single blocks. */
final class BlockCommands {
  /** Blocks of one {@code block/rm}, each an argument. */
  static final int MAX_REMOVED_BLOCKS = 512;

  static final String TOO_BIG =
      "produced block is over 2MiB: big blocks can't be exchanged with other peers. consider using"
          + " UnixFS for automatic chunking of bigger files; a node takes no bigger ones";

  private final NodeStore store;
  private final BlockSource data;
  private final RpcPaths paths;
  private final Writing writing;

  BlockCommands(NodeStore store, RpcPaths paths, Writing writing) {
    this.store = store;
    this.data = store.data();
    this.paths = paths;
    this.writing = writing;
  }

  void get(Call call) throws IOException {
    Cid cid = paths.resolve(call.argument("cid"));
    byte[] bytes = data.require(cid);
    call.answer().beginBytes("application/vnd.ipld.raw", -1);
    call.answer().write(bytes);
  }

  void stat(Call call) throws IOException {
    Cid cid = paths.resolve(call.argument("cid"));
    long size = data.sizeOf(cid);
    if (size < 0) {
      throw new BlockNotFoundException(cid);
    }
    call.answer().json(keyed(call.text(cid), size));
  }

  private static JsonObject keyed(String cid, long size) {
    return new JsonObject().put("Key", cid).put("Size", size);
  }

  /** Each part is a block; the answer has a line for each, when all are on the disk. */
  void put(Call call) throws IOException {
    Form form = Form.of(call.options());
    writing.put(
        call,
        "data",
        part -> {
          byte[] bytes = part.body().readNBytes(Block.MAX_BLOCK_BYTES + 1);
          if (bytes.length > Block.MAX_BLOCK_BYTES) {
            throw RpcException.failed(TOO_BIG);
          }
          Block block = new Block(form.cid(bytes), bytes);
          return new Writing.Put(block, keyed(call.text(block.cid()), bytes.length));
        });
  }

  /** The form of the CID of what is put. */
  private record Form(boolean versionZero, long codec, long hash) {
    static Form of(Options options) {
      String format = options.text("", "format", "f");
      long hash = Codecs.hash(options.text("sha2-256", "mhtype"));
      String codec = options.text("raw", "cid-codec");
      if (!format.isEmpty() && !codec.equals("raw")) {
        throw RpcException.failed(
            "unable to use \"format\" (deprecated) and a custom \"cid-codec\" at the same time");
      }
      int length = options.integer(-1, "mhlen");
      if (length >= 0 && length != digestBytes(hash)) {
        throw RpcException.failed("digests are not cut short here; leave --mhlen out");
      }
      return switch (format) {
        case "v0" -> new Form(true, Multicodec.DAG_PB, hash);
        case "protobuf" -> new Form(false, Multicodec.DAG_PB, hash);
        case "cbor" -> new Form(false, Multicodec.DAG_CBOR, hash);
        case "" -> new Form(false, Codecs.codec(codec), hash);
        default -> new Form(false, Codecs.codec(format), hash);
      };
    }

    private static int digestBytes(long hash) {
      return Multihash.hash(hash, new byte[0]).digestLength();
    }

    Cid cid(byte[] bytes) {
      Multihash multihash = Multihash.hash(hash, bytes);
      try {
        return versionZero ? Cid.v0(multihash) : Cid.v1(codec, multihash);
      } catch (CidFormatException e) {
        throw RpcException.failed(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Always an answer with a line for each block, whose error says why it is still here. */
  void rm(Call call) throws IOException {
    boolean force = call.options().flag(false, "force", "f");
    boolean quiet = call.options().flag(false, "quiet", "q");
    List<String> names = call.arguments("cid");
    if (names.size() > MAX_REMOVED_BLOCKS) {
      throw RpcException.usage("at most " + MAX_REMOVED_BLOCKS + " blocks can be removed at once");
    }
    List<Cid> cids = new ArrayList<>();
    for (String name : names) {
      cids.add(paths.resolve(name));
    }
    call.answer().beginLines();
    int gone = 0;
    for (BlockRemoval.Outcome outcome : store.removal().remove(cids)) {
      String error =
          switch (outcome.state()) {
            case REMOVED -> "";
            case ABSENT -> force ? "" : "ipld: could not find " + outcome.cid();
            case RECURSIVE -> "pinned: recursive";
            case DIRECT -> "pinned: direct";
            case INDIRECT -> "pinned via " + outcome.via();
            case IN_USE -> "an upload needs it; try again";
          };
      gone += outcome.state() == BlockRemoval.State.REMOVED ? 1 : 0;
      JsonObject line = new JsonObject().put("Hash", call.text(outcome.cid()));
      if (!error.isEmpty()) {
        call.answer().put(line.put("Error", error));
      } else if (!quiet) {
        call.answer().put(line);
      }
    }
    call.acted(cids.getFirst().toString(), gone + " blocks removed");
  }
}
