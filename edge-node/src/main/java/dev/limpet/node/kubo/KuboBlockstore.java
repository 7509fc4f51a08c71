package dev.limpet.node.kubo;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.Ipld;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a Kubo. It is asked for what it has, never to fetch; each block is hashed when it
 * comes. What is put is as durable as that Kubo makes it: by default it does not force blocks to
 * the disk. There is no quota but the Kubo's own, which it does not enforce.
 */
public final class KuboBlockstore implements Blockstore {
  /** How long the size of the whole repository is believed; it is for people to look at. */
  private static final long SIZE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final KuboClient client;
  private final @Nullable KuboGateway gateway;
  private final ReentrantLock sizing = new ReentrantLock();
  private volatile boolean closed;
  private @Nullable Size size;

  private record Size(long stored, long most, long at) {}

  /**
   * The blocks behind a client.
   *
   * @param client closed with this store
   */
  public KuboBlockstore(KuboClient client) {
    this(client, null);
  }

  private KuboBlockstore(KuboClient client, @Nullable KuboGateway gateway) {
    this.client = client;
    this.gateway = gateway;
  }

  /**
   * The blocks behind a client, and behind the gateway of that Kubo where it has one here.
   *
   * @param client closed with this store
   * @param silence how long a gateway may send nothing while an answer is waited for
   */
  public static KuboBlockstore withGateway(KuboClient client, Duration silence) {
    return new KuboBlockstore(client, new KuboGateway(client, silence));
  }

  /** A call and what is made of its answer. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> T asked(Work<T> work) {
    if (closed) {
      throw new StoreFailedException("the store is closed");
    }
    try {
      return work.run();
    } catch (IOException e) {
      throw client.address().failed(e);
    }
  }

  private static String argument(Cid cid) {
    return "?arg=" + cid.toV1() + "&offline=true";
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    if (cid.isIdentity()) {
      return cid.multihash().digest();
    }
    byte[] near = gateway == null || closed ? null : gateway.get(cid);
    return near == null ? fromRpc(cid) : near;
  }

  private byte @Nullable [] fromRpc(Cid cid) {
    byte[] bytes =
        asked(
                () -> {
                  try (KuboAnswer answer = client.call("block/get" + argument(cid))) {
                    return Optional.of(answer.bytes(Block.MAX_BLOCK_BYTES));
                  } catch (KuboException e) {
                    requireNotFound(e);
                    return Optional.<byte[]>empty();
                  }
                })
            .orElse(null);
    if (bytes != null && !cid.multihash().matches(bytes)) {
      throw new HashMismatchException(cid);
    }
    if (gateway != null) {
      gateway.came(bytes == null ? 0 : bytes.length);
    }
    return bytes;
  }

  private static void requireNotFound(KuboException refusal) throws KuboException {
    if (!refusal.isNotFound()) {
      throw refusal;
    }
  }

  @Override
  public long sizeOf(Cid cid) {
    if (cid.isIdentity()) {
      return cid.multihash().digestLength();
    }
    return asked(
        () -> {
          try (KuboAnswer answer = client.call("block/stat" + argument(cid))) {
            return number(answer.only(), "Size");
          } catch (KuboException e) {
            requireNotFound(e);
            return -1L;
          }
        });
  }

  private static long number(Map<String, Ipld> entries, String key) throws IOException {
    if (entries.get(key) instanceof Ipld.Int(long value) && value >= 0) {
      return value;
    }
    throw new IOException("it does not say " + key);
  }

  @Override
  public boolean has(Cid cid) {
    return sizeOf(cid) >= 0;
  }

  /** Blocks are kept by their multihash, so that the codec does not matter. */
  @Override
  public void put(Block block) {
    if (block.cid().isIdentity()) {
      return;
    }
    Multihash hash = block.cid().multihash();
    String command =
        "block/put?cid-codec=raw&allow-big-block=false&pin=false&mhtype="
            + hash.functionName()
            + "&mhlen="
            + hash.digestLength();
    boolean same =
        asked(
            () -> {
              try (KuboAnswer answer = client.upload(command, block.bytes())) {
                return answer.only().get("Key") instanceof Ipld.Text(String key)
                    && Cid.parse(key).multihash().equals(hash);
              } catch (CidFormatException e) {
                throw new IOException("it names a block by what is no CID", e);
              }
            });
    if (!same) {
      throw new StoreFailedException(
          "the Kubo at " + client.address() + " takes " + block.cid() + " for another block");
    }
  }

  /**
   * Removes a block.
   *
   * @throws StoreFailedException also when it is pinned
   */
  @Override
  public void delete(Cid cid) {
    if (cid.isIdentity()) {
      return;
    }
    asked(
        () -> {
          try (KuboAnswer answer = client.call("block/rm?arg=" + cid.toV1() + "&force=true")) {
            Map<String, Ipld> line = answer.next();
            while (line != null) {
              if (line.get("Error") instanceof Ipld.Text(String error) && !error.isEmpty()) {
                throw new KuboException(error);
              }
              line = answer.next();
            }
            return cid;
          }
        });
  }

  /** Kubo has no such command: what it has acknowledged is as durable as it will be. */
  @Override
  public void sync() {
    if (closed) {
      throw new StoreFailedException("the store is closed");
    }
  }

  @Override
  public long storedBytes() {
    return size().stored();
  }

  @Override
  public long quotaBytes() {
    return size().most();
  }

  private Size size() {
    sizing.lock();
    try {
      Size known = size;
      if (known == null || System.nanoTime() - known.at() > SIZE_NANOS) {
        known = asked(this::stat);
        size = known;
      }
      return known;
    } finally {
      sizing.unlock();
    }
  }

  private Size stat() throws IOException {
    try (KuboAnswer answer = client.call("repo/stat?size-only=true")) {
      Map<String, Ipld> entries = answer.only();
      return new Size(
          number(entries, "RepoSize"), number(entries, "StorageMax"), System.nanoTime());
    }
  }

  @Override
  public void close() {
    closed = true;
    if (gateway != null) {
      gateway.close();
    }
    client.close();
  }
}
