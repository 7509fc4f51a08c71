package dev.limpet.node.rpc;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.Collector;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.StoreCheck;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.StoreInfo;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** {@code repo/stat|gc|verify|version}: the store itself. */
final class RepoCommands {
  /** The format of Kubo's repositories at the version whose shapes are answered. */
  static final String REPO_VERSION = "18";

  private final NodeStore store;
  private final String folder;

  /**
   * Of this store.
   *
   * @param folder where it lies
   */
  RepoCommands(NodeStore store, String folder) {
    this.store = store;
    this.folder = folder;
  }

  void stat(Call call) throws IOException {
    boolean sizeOnly = call.options().flag(false, "size-only", "s");
    StoreInfo info = store.info();
    call.answer()
        .json(
            new JsonObject()
                .put("RepoSize", store.storedBytes())
                .put("StorageMax", store.quotaBytes())
                .put("NumObjects", sizeOnly ? 0 : info.blocks())
                .put("RepoPath", sizeOnly ? "" : folder)
                .put("Version", sizeOnly ? "" : "fs-repo@" + REPO_VERSION));
  }

  void version(Call call) throws IOException {
    call.answer().json(new JsonObject().put("Version", REPO_VERSION));
  }

  /**
   * A line for each block that went; {@code quiet} and {@code silent} are the client's business.
   * Others wait for a collection to end, and it waits for none who reads.
   */
  void gc(Call call) throws IOException {
    boolean silent = call.options().flag(false, "silent");
    call.answer().beginLines();
    ToldWork<Cid> work = new ToldWork<>();
    try {
      Collector.Collected collected =
          work.run(
              told -> store.collect(silent ? _ -> {} : told),
              cid -> call.answer().put(new JsonObject().put("Key", JsonObject.link(cid))));
      call.acted("", collected.blocks() + " blocks, " + collected.bytes() + " bytes");
    } catch (CancellationException e) {
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ContentException e) {
      throw RpcException.failed(Collector.nothing(e));
    }
    if (work.untold() > 0) {
      throw RpcException.failed(
          "all was collected; "
              + work.untold()
              + " more blocks went than are listed, since the list was read too slowly");
    }
  }

  private StoreCheck verified(Consumer<Long> told) {
    try {
      return store.verifier().run(told::accept);
    } catch (CancellationException e) {
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    }
  }

  /**
   * A line for each block that was read, and what was found at the end. What is damaged counts as
   * missing from then on, whether or not it is said to be dropped.
   */
  void verify(Call call) throws IOException {
    if (call.options().flag(false, "heal")) {
      throw RpcException.failed(
          "this action must be run in online mode; a node mends what it can from copies that it"
              + " has, and drops the rest: run it with --drop");
    }
    boolean drop = call.options().flag(false, "drop");
    String timeout = call.options().text("0", "heal-timeout");
    if (GoDuration.parse(timeout).isEmpty()) {
      throw RpcException.failed("invalid heal-timeout: time: invalid duration \"" + timeout + "\"");
    }
    call.answer().beginLines();
    long[] count = {0};
    Consumer<Long> told =
        Lines.of(
            _ -> call.answer().put(new JsonObject().put("Msg", "").put("Progress", ++count[0])));
    StoreCheck check = verified(told);
    for (Cid cid : check.damaged()) {
      String gone = drop ? ", removed" : "";
      message(call, "block " + cid + " was corrupt (its bytes are not what it names)" + gone);
    }
    int damaged = check.damaged().size();
    String found = "verify complete, " + damaged + " blocks corrupt";
    if (damaged > 0 && !drop) {
      throw RpcException.failed(found);
    }
    message(
        call,
        damaged > 0
            ? found + ", " + damaged + " removed"
            : "verify complete, all blocks validated.");
  }

  private static void message(Call call, String text) throws IOException {
    call.answer().put(new JsonObject().put("Msg", text).put("Progress", 0));
  }
}
