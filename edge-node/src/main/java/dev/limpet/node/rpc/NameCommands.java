package dev.limpet.node.rpc;

import dev.limpet.node.name.NameKeys;
import dev.limpet.node.name.NameRecords;
import dev.limpet.node.name.Names;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.ipns.IpnsName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code key/gen|list|rename|rm} and {@code name/publish|resolve}: names that a key owns. */
final class NameCommands {
  /** Keys of one {@code key/rm}. */
  static final int MAX_REMOVED_KEYS = 100;

  private final NameKeys keys;
  private final NameRecords records;
  private final PeerId self;
  private final RpcPaths paths;

  NameCommands(Names names, PeerId self, RpcPaths paths) {
    this.keys = names.keys();
    this.records = names.records();
    this.self = self;
    this.paths = paths;
  }

  void list(Call call) throws IOException {
    ShownKey shown = ShownKey.ofList(call.options());
    List<JsonObject> all = new ArrayList<>();
    all.add(shown.told(NameKeys.SELF, self));
    keys.list().forEach((name, owner) -> all.add(shown.told(name, owner)));
    call.answer().json(new JsonObject().putObjects("Keys", all));
  }

  void generate(Call call) throws IOException {
    ShownKey shown = ShownKey.ofName(call.options());
    String name = call.argument("name");
    String type = call.options().text("ed25519", "type", "t");
    if (!type.equals("ed25519")) {
      throw RpcException.failed(
          "unrecognized key type: " + type + "; a node has keys of type ed25519");
    }
    PeerId owner = keys.generate(name);
    call.acted(name, shown.of(owner));
    call.answer().json(shown.told(name, owner));
  }

  void rename(Call call) throws IOException {
    ShownKey shown = ShownKey.ofName(call.options());
    List<String> names = call.arguments("name");
    if (names.size() < 2) {
      throw RpcException.usage("argument \"newName\" is required");
    }
    boolean force = call.options().flag(false, "force", "f");
    NameKeys.Renamed renamed = keys.rename(names.getFirst(), names.get(1), force);
    call.acted(names.getFirst(), names.get(1));
    call.answer()
        .json(
            new JsonObject()
                .put("Was", names.getFirst())
                .put("Now", names.get(1))
                .put("Id", shown.of(renamed.owner()))
                .put("Overwrite", renamed.overwritten()));
  }

  void remove(Call call) throws IOException {
    ShownKey shown = ShownKey.ofName(call.options());
    List<String> names = call.arguments("name");
    if (names.size() > MAX_REMOVED_KEYS) {
      throw RpcException.usage("at most " + MAX_REMOVED_KEYS + " keys can be removed at once");
    }
    List<JsonObject> gone = new ArrayList<>();
    for (String name : names) {
      gone.add(shown.told(name, keys.remove(name)));
      call.acted(name, "");
    }
    call.answer().json(new JsonObject().putObjects("Keys", gone));
  }

  /** Signs, and keeps the record here. */
  void publish(Call call) throws IOException {
    Options options = call.options();
    ShownKey shown = ShownKey.ofName(options);
    String path = RpcPaths.ofUri(call.argument("ipfs-path"));
    NodeIdentity key = keys.find(options.text(NameKeys.SELF, "key", "k"));
    String value = path.startsWith("/ipns/") ? path : "/ipfs/" + RpcPaths.ref(path);
    if (options.flag(true, "resolve")) {
      paths.requireHere(value);
    }
    records.publish(key, value, Validity.of(options));
    call.acted(shown.of(key.peerId()), value);
    call.answer().json(new JsonObject().put("Name", shown.of(key.peerId())).put("Value", value));
  }

  /** Only names that keys of this node have signed. */
  void resolve(Call call) throws IOException {
    List<String> names = call.named();
    String name = names.isEmpty() ? new IpnsName(self).toString() : names.getFirst();
    String path = name.startsWith("/") ? name : "/ipns/" + name;
    boolean recursive = call.options().flag(true, "recursive", "r");
    String value = records.resolve(path, recursive);
    if (call.options().flag(false, "stream", "s")) {
      call.answer().beginLines();
      call.answer().put(new JsonObject().put("Path", value));
    } else {
      call.answer().json(new JsonObject().put("Path", value));
    }
  }
}
