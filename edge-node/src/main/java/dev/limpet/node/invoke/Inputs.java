package dev.limpet.node.invoke;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.CancelToken;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds the data of a call, and brings it here when that is allowed. */
final class Inputs {
  /** Paths whose meaning is remembered; it can never change. Some 300 bytes each. */
  static final int MAX_RESOLVED_PATHS = 10_000;

  private final LocalData data;
  private final Sources sources;
  private final DataFetch fetch = new DataFetch();
  private final SingleFlight<DataRef> fetches = new SingleFlight<>();
  private final Cache<DataRef, ResolvedInput> resolved =
      Caffeine.newBuilder().maximumSize(MAX_RESOLVED_PATHS).executor(Runnable::run).build();

  Inputs(LocalData data, Sources sources) {
    this.data = data;
    this.sources = sources;
  }

  /**
   * Finds all inputs of a call.
   *
   * @throws LimpetException {@code data-not-found} for a path that does not exist, {@code not-held}
   *     when data is not here and must not be fetched, and what {@link DataFetch#fetch} throws
   */
  List<ResolvedInput> find(
      Invocation invocation, Deadline deadline, CancelToken cancel, FetchMeter meter) {
    List<ResolvedInput> found = new ArrayList<>(invocation.inputs().size());
    for (int i = 0; i < invocation.inputs().size(); i++) {
      Invocation.Input input = invocation.inputs().get(i);
      DataRef ref = input.ref();
      ResolvedInput here = local(ref);
      while (here == null) {
        List<DataSource> able = sources.of(invocation, i);
        List<DataFinder> last = sources.last(invocation);
        if (able.isEmpty() && last.isEmpty()) {
          throw new LimpetException(ErrorCode.NOT_HELD, "this node does not hold all of " + ref);
        }
        DataFetch.Order order =
            new DataFetch.Order(ref, able, deadline, cancel::isCancelled, meter);
        boolean _ = fetches.run(ref, deadline, () -> fetch(order, last, data::keepFetched));
        here = local(ref);
        deadline.check("while data was fetched");
      }
      found.add(new ResolvedInput(input.mount(), here.entry(), here.bytes()));
    }
    return found;
  }

  /**
   * Brings a DAG here for the gateway; does nothing when all of it is here.
   *
   * @throws LimpetException what {@link DataFetch#fetch} throws
   */
  void copy(DataFetch.Order order) {
    while (local(order.ref()) == null) {
      boolean _ =
          fetches.run(order.ref(), order.deadline(), () -> fetch(order, List.of(), data::keepCopy));
      order.check();
    }
  }

  private void fetch(DataFetch.Order order, List<DataFinder> last, Predicate<Cid> keep) {
    if (local(order.ref()) == null) {
      fetch.fetch(order, last, arrival(order.ref(), keep));
    }
  }

  private DataFetch.Arrival arrival(DataRef ref, Predicate<Cid> keep) {
    return new DataFetch.Arrival() {
      @Override
      public boolean isWhole() {
        return arrived(ref, keep);
      }

      @Override
      public long size() {
        return resolve(ref) instanceof UnixFsFile file ? file.size() : -1;
      }

      @Override
      public long missingFrom(long from) {
        return resolve(ref) instanceof UnixFsFile file
            ? new UnixFsReader(data.blocks()).firstMissing(file, from)
            : from;
      }

      @Override
      public List<DirectoryEntry> entries(int most) {
        return resolve(ref) instanceof UnixFsDirectory directory
            ? listed(directory, most)
            : List.of();
      }

      @Override
      public DataFetch.Arrival of(DirectoryEntry entry) {
        return new EntryArrival(entry.cid(), data);
      }
    };
  }

  /** All entries, or none when there are more than that or not all of its own blocks are here. */
  private List<DirectoryEntry> listed(UnixFsDirectory directory, int most) {
    try {
      DirectoryPage page = new UnixFsReader(data.blocks()).list(directory, null, most);
      return page.last() ? page.entries() : List.of();
    } catch (BlockNotFoundException e) {
      return List.of();
    }
  }

  private boolean arrived(DataRef ref, Predicate<Cid> keep) {
    UnixFsEntry entry = resolve(ref);
    return entry != null && keep.test(entry.cid());
  }

  /** The data when all of it is here, else null. */
  private @Nullable ResolvedInput local(DataRef ref) {
    ResolvedInput known = resolved.getIfPresent(ref);
    if (known == null) {
      UnixFsEntry entry = resolve(ref);
      if (entry == null || !data.holds(entry.cid())) {
        return null;
      }
      known = new ResolvedInput("", entry, bytes(entry));
      resolved.put(ref, known);
      return known;
    }
    return data.holds(known.entry().cid()) ? known : null;
  }

  private long bytes(UnixFsEntry entry) {
    return switch (entry) {
      case UnixFsFile file -> file.size();
      case UnixFsDirectory directory -> data.directoryBytes(directory.cid());
      case UnixFsSymlink _ -> -1;
    };
  }

  /** What a path names, or null when a block on the way is not here. */
  private @Nullable UnixFsEntry resolve(DataRef ref) {
    try {
      UnixFsEntry entry =
          new UnixFsReader(data.blocks()).resolve(new ContentPath(ref.root(), ref.path()));
      if (entry instanceof UnixFsSymlink link) {
        throw new LimpetException(
            ErrorCode.DATA_NOT_FOUND,
            ref + " is a symbolic link; name what it points to: " + link.target());
      }
      return entry;
    } catch (BlockNotFoundException e) {
      return null;
    } catch (PathNotFoundException e) {
      throw new LimpetException(ErrorCode.DATA_NOT_FOUND, ref + ": " + e.getMessage(), e);
    } catch (StoreFailedException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, e.getMessage(), e);
    } catch (ContentException e) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED,
          "functions read files and directories of UnixFS; " + ref + ": " + e.getMessage(),
          e);
    }
  }
}
