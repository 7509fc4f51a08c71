package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagStat;
import dev.limpet.node.http.DagsResource;
import dev.limpet.node.store.KeptDags;
import dev.limpet.node.store.NodeStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code pin/add|ls|rm}: what the owner keeps. */
final class PinCommands {
  /** Pins that one call adds or removes. */
  static final int MAX_CALL_PINS = 512;

  /** Names of pins as Kubo takes them; those that {@code limpet pin} gives may be longer. */
  static final int MAX_RPC_PIN_NAME_BYTES = 255;

  private static final String ALL = "all";
  private static final String INDIRECT = "indirect";
  private static final List<String> TYPES = List.of("direct", INDIRECT, "recursive", ALL);

  private final NodeStore store;
  private final KeptDags kept;
  private final BlockSource data;
  private final RpcPaths paths;

  PinCommands(NodeStore store, RpcPaths paths) {
    this.store = store;
    this.kept = store.kept();
    this.data = store.data();
    this.paths = paths;
  }

  void add(Call call) throws IOException {
    Options options = call.options();
    boolean recursive = options.flag(true, "recursive", "r");
    String name = name(options);
    List<Cid> roots = resolved(call);
    if (options.flag(false, "progress")) {
      call.answer().beginLines();
    }
    for (Cid root : roots) {
      DagStat stat = recursive ? Dag.stat(data, root) : null;
      Cid missing = stat == null ? (data.sizeOf(root) < 0 ? root : null) : stat.firstMissing();
      if (missing != null) {
        throw RpcException.failed("pin: " + Failure.missing(missing));
      }
      if (!recursive) {
        refuseWider(root);
      }
      Pin _ = recursive ? kept.pin(root, name) : kept.pinDirect(root, name);
      call.acted(root.toString(), name);
      if (stat != null && options.flag(false, "progress")) {
        call.answer()
            .put(new JsonObject().put("Progress", stat.blocks()).put("Bytes", stat.bytes()));
      }
    }
    DagsResource.awaitTold(store.holdings());
    call.answer().json(pins(call, roots));
  }

  /** Kubo takes the other form of its CID for another pin; here it is the same one. */
  private void refuseWider(Cid root) {
    Pin before = kept.pinOf(root);
    if (before != null && before.kind() == PinKind.RECURSIVE && before.root().equals(root)) {
      throw RpcException.failed("pin: " + root + " already pinned recursively");
    }
  }

  private static String name(Options options) {
    return requireName(options.text("", "name", "n"));
  }

  /**
   * The name of a pin as it is.
   *
   * @throws RpcException when it is too long for one
   */
  static String requireName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_RPC_PIN_NAME_BYTES) {
      throw RpcException.failed(
          "pin name is " + bytes + " bytes (max " + MAX_RPC_PIN_NAME_BYTES + " bytes)");
    }
    return name;
  }

  private List<Cid> resolved(Call call) throws IOException {
    List<String> names = call.arguments("ipfs-path");
    if (names.size() > MAX_CALL_PINS) {
      throw RpcException.usage("at most " + MAX_CALL_PINS + " pins can be named at once");
    }
    List<Cid> cids = new ArrayList<>();
    for (String name : names) {
      cids.add(paths.resolve(name));
    }
    return cids;
  }

  private static JsonObject pins(Call call, List<Cid> roots) {
    return new JsonObject().putTexts("Pins", roots.stream().map(call::text).toList());
  }

  void rm(Call call) throws IOException {
    boolean recursive = call.options().flag(true, "recursive", "r");
    List<Cid> roots = resolved(call);
    for (Cid root : roots) {
      Pin pin = kept.pinOf(root);
      if (pin == null) {
        throw RpcException.failed("not pinned or pinned indirectly");
      }
      if (!recursive && pin.kind() == PinKind.RECURSIVE) {
        throw RpcException.failed(root + " is pinned recursively");
      }
      if (!kept.unpin(root)) {
        throw RpcException.failed("not pinned or pinned indirectly");
      }
      call.acted(root.toString(), "");
    }
    DagsResource.awaitTold(store.holdings());
    call.answer().json(pins(call, roots));
  }

  void ls(Call call) throws IOException {
    Options options = call.options();
    String type = options.text(ALL, "type", "t");
    if (!TYPES.contains(type)) {
      throw RpcException.failed(
          "invalid type '" + type + "', must be one of {direct, indirect, recursive, all}");
    }
    List<String> wanted = call.named();
    String name = name(options);
    boolean names = options.flag(false, "names") || !name.isEmpty();
    Told told = new Told(call, names, options.flag(false, "stream", "s"));
    told.begin();
    if (wanted.isEmpty()) {
      each(type, name, told);
    } else {
      named(call, wanted, type, told);
    }
    told.end();
  }

  private void each(String type, String name, Told told) throws IOException {
    for (Pin pin : kept.pins()) {
      boolean asked = type.equals(ALL) || type.equals(pin.kind().text());
      if (asked && pin.name().contains(name)) {
        told.tell(pin.root(), pin.kind().text(), pin.name());
      }
    }
    if ((type.equals(ALL) || type.equals(INDIRECT)) && name.isEmpty()) {
      Lines.Writing<Cid> writing = cid -> told.tell(cid, INDIRECT, "");
      Lines.each(visitor -> kept.visitBelowPins((cid, _) -> visitor.accept(cid)), writing);
    }
  }

  private void named(Call call, List<String> wanted, String type, Told told) throws IOException {
    Map<Cid, String> asked = new LinkedHashMap<>();
    for (String path : wanted) {
      asked.put(paths.resolve(path), path);
    }
    Map<Cid, Cid> via = new LinkedHashMap<>();
    boolean below = asked.keySet().stream().anyMatch(cid -> kept.pinOf(cid) == null);
    if (below && (type.equals(ALL) || type.equals(INDIRECT))) {
      kept.visitBelowPins(
          (cid, root) -> {
            if (asked.containsKey(cid)) {
              via.putIfAbsent(cid, root);
            }
          });
    }
    for (var each : asked.entrySet()) {
      Pin pin = kept.pinOf(each.getKey());
      Cid above = via.get(each.getKey());
      if (pin != null && (type.equals(ALL) || type.equals(pin.kind().text()))) {
        told.tell(each.getKey(), pin.kind().text(), pin.name());
      } else if (above != null) {
        told.tell(each.getKey(), "indirect through " + call.text(above), "");
      } else {
        throw RpcException.failed("path '" + each.getValue() + "' is not pinned");
      }
    }
  }

  /** One document, or a line for each, written as they are found. */
  private static final class Told {
    private final Call call;
    private final boolean names;
    private final boolean stream;
    private boolean any;

    Told(Call call, boolean names, boolean stream) {
      this.call = call;
      this.names = names;
      this.stream = stream;
    }

    void begin() throws IOException {
      if (stream) {
        call.answer().beginLines();
      } else {
        call.answer().beginJson();
        text("{\"Keys\":{");
      }
    }

    void tell(Cid cid, String type, String name) throws IOException {
      String shown = names ? name : "";
      if (stream) {
        JsonObject line = new JsonObject().put("Cid", call.text(cid));
        call.answer().put((shown.isEmpty() ? line : line.put("Name", shown)).put("Type", type));
        return;
      }
      JsonObject pin = new JsonObject().put("Type", type).put("Name", shown);
      text((any ? "," : "") + "\"" + call.text(cid) + "\":" + pin);
      any = true;
    }

    void end() throws IOException {
      if (!stream) {
        text("}}\n");
      }
    }

    private void text(String text) throws IOException {
      call.answer().write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
