package dev.limpet.node.rpc;

import dev.limpet.content.cid.Multibase;
import dev.limpet.node.name.NameKeys;
import dev.limpet.node.name.NameRecords;
import dev.limpet.node.name.Names;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.ipns.IpnsName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code key/gen|list|rename|rm} and {@code name/publish|resolve}: names that a key owns. */
final class NameCommands {
  /** Keys of one {@code key/rm}. */
  static final int MAX_REMOVED_KEYS = 100;

  private static final Duration LIFETIME = Duration.ofDays(2);
  private static final Duration TTL = Duration.ofMinutes(5);

  private static final Pattern PART = Pattern.compile("[0-9]{1,9}(?:h|ms|m|s)");

  /** As Go writes them: {@code 48h}, {@code 1m0s}, {@code 500ms}. */
  private static final Pattern DURATION = Pattern.compile("(?:" + PART + ")+");

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

  /** How keys are shown. */
  private enum Shown {
    PEER_ID,
    BASE36,
    BASE32;

    static Shown of(Options options) {
      String base = options.text("base36", "ipns-base");
      return switch (base) {
        case "b58mh" -> PEER_ID;
        case "base36" -> BASE36;
        case "base32" -> BASE32;
        default -> throw RpcException.failed("unknown encoding: " + base);
      };
    }

    String of(PeerId owner) {
      return switch (this) {
        case PEER_ID -> owner.toString();
        case BASE36 -> new IpnsName(owner).toString();
        case BASE32 -> new IpnsName(owner).cid().toString(Multibase.BASE32);
      };
    }

    JsonObject told(String name, PeerId owner) {
      return new JsonObject().put("Name", name).put("Id", of(owner));
    }
  }

  void list(Call call) throws IOException {
    Shown shown = Shown.of(call.options());
    List<JsonObject> all = new ArrayList<>();
    all.add(shown.told(NameKeys.SELF, self));
    keys.list().forEach((name, owner) -> all.add(shown.told(name, owner)));
    call.answer().json(new JsonObject().putObjects("Keys", all));
  }

  void generate(Call call) throws IOException {
    Shown shown = Shown.of(call.options());
    String name = call.options().argument("name");
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
    Shown shown = Shown.of(call.options());
    List<String> names = call.options().required("name");
    if (names.size() != 2) {
      throw RpcException.usage("argument \"newName\" is required");
    }
    boolean force = call.options().flag(false, "force", "f");
    NameKeys.Renamed renamed = keys.rename(names.getFirst(), names.getLast(), force);
    call.acted(names.getFirst(), names.getLast());
    call.answer()
        .json(
            new JsonObject()
                .put("Was", names.getFirst())
                .put("Now", names.getLast())
                .put("Id", shown.of(renamed.owner()))
                .put("Overwrite", renamed.overwritten()));
  }

  void remove(Call call) throws IOException {
    Shown shown = Shown.of(call.options());
    List<String> names = call.options().required("name");
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
    Shown shown = Shown.of(options);
    String path = options.argument("ipfs-path");
    NodeIdentity key = keys.find(options.text(NameKeys.SELF, "key", "k"));
    String value = path.startsWith("/ipns/") ? path : "/ipfs/" + RpcPaths.ref(path);
    if (options.flag(true, "resolve")) {
      paths.requireHere(value);
    }
    Duration lifetime = duration(options, LIFETIME, "lifetime", "t");
    Duration ttl = duration(options, TTL, "ttl");
    records.publish(key, value, lifetime, ttl);
    call.acted(shown.of(key.peerId()), value);
    call.answer().json(new JsonObject().put("Name", shown.of(key.peerId())).put("Value", value));
  }

  private static Duration duration(Options options, Duration usual, String... names) {
    String text = options.text("", names);
    if (text.isEmpty()) {
      return usual;
    }
    if (!DURATION.matcher(text).matches()) {
      throw RpcException.failed(
          "error parsing " + names[0] + " option: time: invalid duration \"" + text + "\"");
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      sum = sum.plus(Durations.parse(part.group()));
    }
    return sum;
  }

  /** Only names that keys of this node have signed. */
  void resolve(Call call) throws IOException {
    List<String> names = call.options().arguments();
    String name = names.isEmpty() ? new IpnsName(self).toString() : names.getFirst();
    String path = name.startsWith("/") ? name : "/ipns/" + name;
    boolean recursive = call.options().flag(true, "recursive", "r");
    String value = records.resolve(path, recursive);
    call.answer().json(new JsonObject().put("Path", value));
  }
}
