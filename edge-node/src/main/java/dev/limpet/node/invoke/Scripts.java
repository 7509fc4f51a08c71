package dev.limpet.node.invoke;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Scripts that are whole here. What a script consists of is looked at once; later calls only see
 * that its blocks are still there, and mostly read none of them, since a runtime that has read its
 * script once begins with an image of that.
 */
final class Scripts {
  /** A script of 4 MiB has a few; a folder one for each file. */
  static final int MAX_SCRIPT_BLOCKS = 4096;

  /** Folders inside each other, and the inner nodes of files. */
  static final int MAX_SCRIPT_DEPTH = 32;

  /** Some 100 bytes for each block. */
  static final int MAX_KNOWN_SCRIPTS = 1000;

  private final BlockSource blocks;
  private final Consumer<KnownFunction> fetch;
  private final SingleFlight<Cid> fetches = new SingleFlight<>();
  private final Cache<Cid, Whole> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN_SCRIPTS).executor(Runnable::run).build();

  /** What a script is, and all its blocks. */
  private record Whole(UnixFsEntry root, List<Cid> blocks) {}

  /**
   * Scripts in a store.
   *
   * @param blocks where they are read from
   * @param fetch brings the blocks of a function that are not there
   */
  Scripts(BlockSource blocks, Consumer<KnownFunction> fetch) {
    this.blocks = blocks;
    this.fetch = fetch;
  }

  /**
   * The script of a function, or null when it has none.
   *
   * @throws LimpetException {@code function-not-found}, {@code bad-script}, {@code unreachable},
   *     {@code out-of-time}
   */
  @Nullable Script ready(KnownFunction function, Deadline deadline) {
    Cid script = function.manifest().script();
    if (script == null) {
      return null;
    }
    Whole whole = find(script);
    if (whole == null) {
      boolean _ = fetches.run(script, deadline, () -> fetch.accept(function));
      whole = find(script);
    }
    if (whole == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND, "the script of " + function.cid() + " is not whole");
    }
    UnixFsEntry root = whole.root();
    return new Script(
        script.toString(),
        GuestCall.fixedArguments(function),
        () -> UnixFsMount.of(blocks, root).root());
  }

  /**
   * Refuses a function whose script is not here.
   *
   * @throws LimpetException {@code bad-car}
   */
  void requireHere(KnownFunction function) {
    Cid script = function.manifest().script();
    if (script != null && find(script) == null) {
      throw new LimpetException(
          ErrorCode.BAD_CAR, "the CAR of a function has its script " + script + " too");
    }
  }

  private @Nullable Whole find(Cid script) {
    Whole found = known.getIfPresent(script);
    if (found == null) {
      found = look(script);
      if (found != null) {
        known.put(script, found);
      }
      return found;
    }
    for (Cid block : found.blocks()) {
      if (blocks.sizeOf(block) < 0) {
        return null;
      }
    }
    return found;
  }

  private @Nullable Whole look(Cid script) {
    try {
      UnixFsEntry root = new UnixFsReader(blocks).entry(script);
      if (root instanceof UnixFsSymlink) {
        throw bad(script, "is a link", null);
      }
      List<Cid> all = new ArrayList<>();
      DagLimits limits = new DagLimits(MAX_SCRIPT_BLOCKS, MAX_SCRIPT_DEPTH);
      Dag.walk(blocks, script, limits, (cid, bytes) -> all.add(cid));
      return new Whole(root, List.copyOf(all));
    } catch (BlockNotFoundException e) {
      return null;
    } catch (ContentException e) {
      throw bad(script, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static LimpetException bad(Cid script, String why, @Nullable Throwable cause) {
    return new LimpetException(ErrorCode.BAD_SCRIPT, "the script " + script + " " + why, cause);
  }
}
