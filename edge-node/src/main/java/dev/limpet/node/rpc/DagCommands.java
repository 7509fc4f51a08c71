package dev.limpet.node.rpc;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.node.store.NodeStore;
import java.io.IOException;
import java.util.List;

/** {@code dag/get|put|resolve|export}: values of blocks, and whole DAGs. */
final class DagCommands {
  /** A value as it comes; in DAG-JSON it is larger than its block. */
  static final int MAX_DAG_PUT_BYTES = 4 << 20;

  private static final String IPLD = "/ipld/";
  private static final String DEFAULT_INPUT = "dag-json";
  private static final String DEFAULT_STORED = "dag-cbor";

  private final BlockSource data;
  private final RpcPaths paths;
  private final Writing writing;

  DagCommands(NodeStore store, RpcPaths paths, Writing writing) {
    this.data = store.data();
    this.paths = paths;
    this.writing = writing;
  }

  void get(Call call) throws IOException {
    long codec = Codecs.codec(call.options().text(DEFAULT_INPUT, "output-codec"));
    ContentPaths.Followed followed = paths.follow(call.argument("ref"));
    Cid cid = followed.cid();
    byte[] block = data.require(cid);
    byte[] told =
        codec == cid.codec() && followed.within().isEmpty()
            ? block
            : Codecs.encode(codec, within(Codecs.decode(cid.codec(), block), followed.within()));
    call.answer().beginBytes("text/plain", -1);
    call.answer().write(told);
  }

  /** The place in a value, which was found before. */
  private static Ipld within(Ipld value, List<String> names) {
    Ipld place = value;
    for (String name : names) {
      Ipld next =
          switch (place) {
            case Ipld.MapNode map -> map.get(name);
            case Ipld.ListNode list -> list.items().get(Integer.parseInt(name));
            default -> null;
          };
      if (next == null) {
        throw RpcException.failed("key not found: \"" + name + "\"");
      }
      place = next;
    }
    return place;
  }

  void put(Call call) throws IOException {
    Options options = call.options();
    long input = Codecs.codec(options.text(DEFAULT_INPUT, "input-codec"));
    long stored = Codecs.codec(options.text(DEFAULT_STORED, "store-codec"));
    String function = options.text("sha2-256", "hash");
    long hash = Multihash.functionCode(function).orElseThrow(() -> Codecs.unknown(function));
    writing.put(
        call,
        "object data",
        part -> {
          byte[] bytes = part.body().readNBytes(MAX_DAG_PUT_BYTES + 1);
          if (bytes.length > MAX_DAG_PUT_BYTES) {
            throw RpcException.failed(BlockCommands.TOO_BIG);
          }
          byte[] block = Codecs.encode(stored, Codecs.decode(input, bytes));
          if (block.length > Block.MAX_BLOCK_BYTES) {
            throw RpcException.failed(BlockCommands.TOO_BIG);
          }
          Cid cid = Cid.v1(stored, Multihash.hash(hash, block));
          return new Writing.Put(
              new Block(cid, block), new JsonObject().put("Cid", JsonObject.link(cid)));
        });
  }

  void resolve(Call call) throws IOException {
    ContentPaths.Followed followed = paths.follow(call.argument("ref"));
    call.answer()
        .json(
            new JsonObject()
                .put("Cid", JsonObject.link(followed.cid()))
                .put("RemPath", rest(followed)));
  }

  /** The path without the names that blocks of their own stand for. */
  void path(Call call) throws IOException {
    String name = RpcPaths.ofUri(call.argument("name"));
    if (RpcPaths.isNamed(name) && !call.options().flag(true, "recursive", "r")) {
      call.answer().json(new JsonObject().put("Path", paths.oneStep(name)));
      return;
    }
    ContentPaths.Followed followed = paths.follow(name);
    String cid = CidForm.of(call.options(), name).of(followed.cid());
    String space = name.startsWith(IPLD) ? IPLD : "/ipfs/";
    call.answer().json(new JsonObject().put("Path", space + cid + rest(followed)));
  }

  private static String rest(ContentPaths.Followed followed) {
    return followed.within().isEmpty() ? "" : "/" + String.join("/", followed.within());
  }

  void export(Call call) throws IOException {
    Cid root = paths.resolve(call.argument("root"));
    if (data.sizeOf(root) < 0) {
      throw new BlockNotFoundException(root);
    }
    boolean partial = call.options().flag(false, "local-only");
    call.answer().beginBytes("application/vnd.ipld.car", -1);
    if (partial) {
      CarExport.writeHere(data, root, call.answer());
    } else {
      CarExport.write(data, root, call.answer());
    }
  }
}
