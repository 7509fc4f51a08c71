package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.SharedWork;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodesInTurn;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Brings a module here that a node holds as data: somebody called a function by the CID of a module
 * that was added and never deployed. It passes the same gate as a deploy.
 */
public final class ModuleFetch {
  /** Modules that are on their way at once; each is held in memory. */
  static final int MAX_FETCHES = 4;

  /** For one of them, from all who are asked. */
  private static final Duration TIME = Duration.ofSeconds(20);

  private final Catalog catalog;
  private final HolderIndex index;
  private final NodeClient client;
  private final BlockingWork work;
  private final Intake intake = new Intake();
  private final Permits permits = new Permits("modules on their way", MAX_FETCHES);
  private final SharedWork<Cid, StoredFunction> running = new SharedWork<>();

  /** Fetches into {@code catalog} from who {@code index} says. */
  public ModuleFetch(Catalog catalog, HolderIndex index, NodeClient client, BlockingWork work) {
    this.catalog = catalog;
    this.index = index;
    this.client = client;
    this.work = work;
  }

  /**
   * The function that a module CID means, after its module was brought here; calls that ask for the
   * same one share the way. Fails with {@code function-not-found} when no node that is here has it.
   */
  public Future<StoredFunction> function(Cid module) {
    return running.of(module, () -> source(module).compose(this::keep));
  }

  private Future<StoredFunction> keep(ModuleSource source) {
    FunctionManifest manifest = FunctionManifest.ofModule(source.cid(), source.abi());
    return work.run(
        () -> {
          Intake.checkSupported(manifest);
          return catalog.keep(new Parcel(manifest, source, null), null).function();
        });
  }

  /** The module itself, admitted by the gate and not kept. */
  Future<ModuleSource> source(Cid module) {
    return car(module, unknown(module), car -> intake.fromNode(module, car));
  }

  /** The script itself, not kept. */
  Future<ScriptSource> script(Cid script) {
    LimpetException unknown =
        new LimpetException(
            ErrorCode.FUNCTION_NOT_FOUND,
            "the script " + script + " is not here, and no node that is here holds it as data");
    return car(script, unknown, car -> intake.scriptFromNode(script, car));
  }

  private <T> Future<T> car(Cid root, LimpetException unknown, Function<byte[], T> open) {
    List<NodeLink> holders = holders(root);
    if (holders.isEmpty()) {
      return Future.failedFuture(unknown);
    }
    NodesInTurn.Question<T> question =
        (holder, left) ->
            client
                .send(
                    holder.request(
                        HttpMethod.GET,
                        "/ipfs/" + root + "?format=car",
                        List.of(Map.entry("Accept", "application/vnd.ipld.car"))),
                    null,
                    new NodeClient.Bounds(left, Intake.MAX_CAR_BYTES))
                .compose(answer -> work.run(() -> open.apply(body(root, answer))));
    return permits.during(() -> NodesInTurn.ask(holders, TIME, question, ModuleFetch::isOfNode));
  }

  /** Whether another node may do better: what the bytes are is the same everywhere. */
  private static boolean isOfNode(Throwable why) {
    return why instanceof LimpetException e
        && (e.code() == ErrorCode.NODE_FAILED || e.code() == ErrorCode.HASH_MISMATCH);
  }

  private static byte[] body(Cid root, NodeClient.Answer answer) {
    if (!answer.isSuccess()) {
      throw new LimpetException(
          ErrorCode.NODE_FAILED, "a node said that it holds " + root + " and does not give it");
    }
    return answer.body().getBytes();
  }

  /** Those that can be asked, the ones that answered of late first. */
  private List<NodeLink> holders(Cid module) {
    List<NodeLink> links = new ArrayList<>();
    if (module.codec() != Multicodec.RAW && module.codec() != Multicodec.DAG_PB) {
      return links; // no file
    }
    List<KnownNode> nodes =
        index.holders(module).stream()
            .filter(ModuleFetch::mayGive)
            .map(Holder::node)
            .sorted(Comparator.comparing(node -> !node.isReadable() || node.isSuspect()))
            .limit(Placement.MAX_CHOICES)
            .toList();
    for (KnownNode node : nodes) {
      NodeLink link = node.link();
      if (link != null) {
        links.add(link);
      }
    }
    return links;
  }

  private static boolean mayGive(Holder holder) {
    return holder.dagSize() <= Intake.MAX_CAR_BYTES
        && holder.holds() != Holds.PARTIAL
        && !holder.hasFailed()
        && holder.node().servesData();
  }

  static LimpetException unknown(Cid function) {
    return new LimpetException(
        ErrorCode.FUNCTION_NOT_FOUND,
        "no function "
            + function
            + " was deployed here, and no node that is here holds it as a module; deploy it first");
  }
}
