package dev.limpet.node.rpc;

import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.Release;
import dev.limpet.protocol.ipns.IpnsName;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** {@code version id swarm/peers config/show commands}: the node itself. */
final class NodeCommands {
  /** The Kubo whose shapes are answered; clients compare it with what they need. */
  static final String KUBO_VERSION = "0.43.0";

  private final PeerId self;
  private final Supplier<URI> url;
  private final long storageMax;
  private final Supplier<Iterable<String>> commands;

  /**
   * Of this node.
   *
   * @param self who it is
   * @param url where it listens
   * @param storageMax bytes that it may keep
   * @param commands all there are
   */
  NodeCommands(
      PeerId self, Supplier<URI> url, long storageMax, Supplier<Iterable<String>> commands) {
    this.self = self;
    this.url = url;
    this.storageMax = storageMax;
    this.commands = commands;
  }

  private static String agent() {
    return "limpet/" + Release.VERSION;
  }

  void version(Call call) throws IOException {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    call.answer()
        .json(
            new JsonObject()
                .put("Version", KUBO_VERSION)
                .put("Commit", agent())
                .put("Repo", RepoCommands.REPO_VERSION)
                .put("System", (arch.equals("aarch64") ? "arm64" : arch) + "/" + system)
                .put("Golang", "none, Java " + Runtime.version().feature()));
  }

  /** Of itself; of others offline and only what their ids say: a node has no swarm. */
  void id(Call call) throws IOException {
    ShownKey shown = ShownKey.of(call.options(), "b58mh", "peerid-base");
    List<String> named = call.named();
    PeerId asked = named.isEmpty() ? self : peer(named.getFirst());
    boolean isSelf = asked.equals(self);
    if (!isSelf && !call.options().flag(false, "offline")) {
      throw RpcException.failed(
          "a node cannot query information on remote peers; if you only want to convert"
              + " --peerid-base, pass --offline option");
    }
    call.answer()
        .json(
            new JsonObject()
                .put("ID", shown.of(asked))
                .put("PublicKey", Base64.getEncoder().encodeToString(asked.toProtobuf()))
                .putTexts("Addresses", isSelf ? List.of() : List.of("/p2p/" + asked))
                .put("AgentVersion", isSelf ? agent() : "")
                .putTexts("Protocols", List.of()));
  }

  /** From a peer id, or the name that it owns. */
  private static PeerId peer(String text) {
    try {
      return text.startsWith("k") || text.startsWith("b")
          ? IpnsName.parse(text).owner()
          : PeerId.parse(text);
    } catch (IllegalArgumentException e) {
      throw RpcException.failed("invalid peer id");
    }
  }

  /** A node has no swarm: its peers are its gateway's business. */
  void peers(Call call) throws IOException {
    call.answer().json(new JsonObject().putObjects("Peers", List.of()));
  }

  /** What clients of Kubo look for in its configuration, as far as a node has it. */
  void config(Call call) throws IOException {
    URI at = url.get();
    String api = "/ip4/" + at.getHost() + "/tcp/" + at.getPort();
    JsonObject addresses =
        new JsonObject().put("API", api).put("Gateway", api).putTexts("Swarm", List.of());
    call.answer()
        .json(
            new JsonObject()
                .put("Addresses", addresses)
                .putTexts("Bootstrap", List.of())
                .put("Datastore", new JsonObject().put("StorageMax", storageMax + "B"))
                .put("Identity", new JsonObject().put("PeerID", self.toString())));
  }

  /** One branch of the tree of commands. */
  private static final class Branch {
    private final Map<String, Branch> below = new TreeMap<>();

    JsonObject told(String name) {
      List<JsonObject> subcommands = new ArrayList<>();
      below.forEach((key, branch) -> subcommands.add(branch.told(key)));
      return new JsonObject()
          .put("Name", name)
          .putObjects("Subcommands", subcommands)
          .putObjects("Options", List.of());
    }
  }

  void commands(Call call) throws IOException {
    Branch root = new Branch();
    for (String command : commands.get()) {
      Branch branch = root;
      for (String name : command.split("/", -1)) {
        branch = branch.below.computeIfAbsent(name, _ -> new Branch());
      }
    }
    call.answer().json(root.told("ipfs"));
  }
}
