package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.SharedWork;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings a module here that a node holds as data: somebody called a function by the CID of a module
 * that was added and never deployed. It passes the same gate as a deploy.
 */
public final class ModuleFetch {
  /** Modules that are on their way at once; each is held in memory. */
  static final int MAX_FETCHES = 4;

  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(Duration.ofSeconds(20), Intake.MAX_CAR_BYTES);

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
    NodeLink holder = holder(root);
    if (holder == null) {
      return Future.failedFuture(unknown);
    }
    return permits.during(
        () ->
            client
                .send(
                    holder.request(
                        HttpMethod.GET,
                        "/ipfs/" + root + "?format=car",
                        List.of(Map.entry("Accept", "application/vnd.ipld.car"))),
                    null,
                    BOUNDS)
                .compose(answer -> work.run(() -> open.apply(body(root, answer)))));
  }

  private static byte[] body(Cid root, NodeClient.Answer answer) {
    if (!answer.isSuccess()) {
      throw new LimpetException(
          ErrorCode.NODE_FAILED, "a node said that it holds " + root + " and does not give it");
    }
    return answer.body().getBytes();
  }

  private @Nullable NodeLink holder(Cid module) {
    boolean file = module.codec() == Multicodec.RAW || module.codec() == Multicodec.DAG_PB;
    if (!file) {
      return null;
    }
    for (Holder holder : index.holders(module)) {
      boolean fits = holder.dagSize() <= Intake.MAX_CAR_BYTES;
      boolean held = holder.holds() != Holds.PARTIAL && !holder.hasFailed();
      if (held && fits && holder.node().servesData()) {
        return holder.node().link();
      }
    }
    return null;
  }

  static LimpetException unknown(Cid function) {
    return new LimpetException(
        ErrorCode.FUNCTION_NOT_FOUND,
        "no function "
            + function
            + " was deployed here, and no node that is here holds it as a module; deploy it first");
  }
}
