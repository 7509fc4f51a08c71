package dev.limpet.node.rpc;

import static java.util.Map.entry;

import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.node.http.Resource;
import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.node.name.Names;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.PeerId;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * All commands, and who may use them: what names its data by a CID is for whoever may read data;
 * what changes something, or lists what is here, is for the owner.
 */
public final class Rpc {
  private static final Map<String, String> ACTIONS =
      Map.ofEntries(
          entry("add", "add"),
          entry("block/put", "add"),
          entry("dag/put", "add"),
          entry("dag/import", "add"),
          entry("block/rm", "block-rm"),
          entry("pin/add", "pin"),
          entry("pin/rm", "unpin"),
          entry("repo/gc", "store-gc"),
          entry("key/gen", "key-gen"),
          entry("key/rename", "key-rename"),
          entry("key/rm", "key-rm"),
          entry("name/publish", "name-publish"));

  private final Map<String, Command> reading = new HashMap<>();
  private final Map<String, Command> managing = new HashMap<>();
  private final ReadAheads aheads = ReadAheads.ofHeap();
  private final Parts parts;

  /**
   * What the commands work on.
   *
   * @param store the data
   * @param names that keys of the node own
   * @param metrics where uploads are counted
   * @param self who the node is
   * @param url where it listens
   * @param origins of pages that are trusted
   * @param folder where the store lies
   */
  public record Parts(
      NodeStore store,
      Names names,
      NodeMetrics metrics,
      PeerId self,
      Supplier<URI> url,
      List<String> origins,
      String folder) {}

  private Rpc(Parts parts) {
    this.parts = parts;
  }

  /** The resources of a node that answer them. */
  public static List<Resource> resources(Parts parts) {
    Rpc rpc = new Rpc(parts);
    UnixFsReader reader = new UnixFsReader(parts.store.data());
    RpcPaths paths = new RpcPaths(parts.store.data(), parts.names.records());
    rpc.data(reader, paths);
    rpc.changes(paths);
    rpc.names(paths);
    rpc.node();
    BrowserRule browsers = new BrowserRule(parts.origins);
    return List.of(
        new RpcResource(Resource.Need.MANAGE, rpc.managing, ACTIONS, false, browsers),
        new RpcResource(Resource.Need.READ, rpc.reading, Map.of(), true, browsers));
  }

  private void data(UnixFsReader reader, RpcPaths paths) {
    NodeStore store = parts.store;
    FileCommands files = new FileCommands(store, reader, paths, aheads);
    reading.put("cat", files::cat);
    reading.put("get", files::get);
    reading.put("ls", new LsCommand(store.data(), reader, paths));
    RefsCommands refs = new RefsCommands(store, paths);
    reading.put("refs", refs::refs);
    managing.put("refs/local", inFolder("refs/local", refs::local));
    reading.put("dag/stat", new DagStatCommand(store.data(), paths));
  }

  private void changes(RpcPaths paths) {
    NodeStore store = parts.store;
    Uploads uploads = new Uploads(store, parts.metrics, aheads);
    Writing writing = new Writing(uploads);
    managing.put("add", new AddCommand(uploads));
    BlockCommands blocks = new BlockCommands(store, paths, writing);
    reading.put("block/get", blocks::get);
    reading.put("block/stat", blocks::stat);
    managing.put("block/put", blocks::put);
    managing.put("block/rm", inFolder("block/rm", blocks::rm));
    DagCommands dags = new DagCommands(store, paths, writing);
    reading.put("dag/get", dags::get);
    reading.put("dag/resolve", dags::resolve);
    reading.put("dag/export", dags::export);
    reading.put("resolve", dags::path);
    managing.put("dag/put", dags::put);
    managing.put("dag/import", new DagImport(uploads));
    PinCommands pins = new PinCommands(store, paths);
    managing.put("pin/add", pins::add);
    managing.put("pin/ls", pins::ls);
    managing.put("pin/rm", pins::rm);
    RepoCommands repo = new RepoCommands(store, parts.folder);
    managing.put("repo/stat", inFolder("repo/stat", repo::stat));
    managing.put("repo/gc", inFolder("repo/gc", repo::gc));
    managing.put("repo/verify", inFolder("repo/verify", repo::verify));
    managing.put("repo/version", repo::version);
  }

  /**
   * A command about all blocks of the node's folder. Where a Kubo keeps the data that would be the
   * least part of them, and to answer with it would be wrong: then it says where to ask.
   */
  private Command inFolder(String name, Command command) {
    String elsewhere = parts.store.elsewhere();
    if (elsewhere == null) {
      return command;
    }
    String said = name.replace('/', ' ');
    return _ -> {
      throw RpcException.failed(
          "the data of this node is in the Kubo at " + elsewhere + ": run \"" + said + "\" there");
    };
  }

  private void node() {
    NodeCommands node =
        new NodeCommands(parts.self, parts.url, parts.store.quotaBytes(), this::commands);
    reading.put("version", node::version);
    reading.put("id", node::id);
    reading.put("commands", node::commands);
    managing.put("swarm/peers", node::peers);
    managing.put("config/show", node::config);
  }

  private void names(RpcPaths paths) {
    NameCommands names = new NameCommands(parts.names, parts.self, paths);
    managing.put("key/gen", names::generate);
    managing.put("key/list", names::list);
    managing.put("key/rename", names::rename);
    managing.put("key/rm", names::remove);
    managing.put("name/publish", names::publish);
    reading.put("name/resolve", names::resolve);
  }

  private Iterable<String> commands() {
    TreeSet<String> names = new TreeSet<>(reading.keySet());
    names.addAll(managing.keySet());
    return names;
  }
}
