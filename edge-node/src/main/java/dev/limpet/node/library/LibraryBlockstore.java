package dev.limpet.node.library;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.kubo.KuboException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a Kubo, read and put by the library. It is asked for what it has, never to fetch.
 * The library reads a block as a whole into memory, however long it is, so that its length is asked
 * for first; each block is hashed when it comes.
 */
public final class LibraryBlockstore implements Blockstore {
  private static final int SHA2_256_BYTES = 32;

  private final LibraryClient client;

  /**
   * The blocks behind a client.
   *
   * @param client closed with this store
   */
  public LibraryBlockstore(LibraryClient client) {
    this.client = client;
  }

  private <T> T asked(LibraryClient.Work<T> work) {
    try {
      return client.call(work);
    } catch (IOException e) {
      throw client.address().failed(e);
    }
  }

  private static Argument offline(Cid cid) {
    return new Argument(cid.toV1(), "&offline=true");
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    if (cid.isIdentity()) {
      return cid.multihash().digest();
    }
    long size = sizeOf(cid);
    if (size < 0) {
      return null;
    }
    if (size > Block.MAX_BLOCK_BYTES) {
      throw new StoreFailedException(
          "a block of " + size + " bytes in the Kubo is over " + Block.MAX_BLOCK_BYTES);
    }
    byte[] bytes = asked(ipfs -> ipfs.block.get(offline(cid)));
    if (!cid.multihash().matches(bytes)) {
      throw new HashMismatchException(cid);
    }
    return bytes;
  }

  @Override
  public long sizeOf(Cid cid) {
    if (cid.isIdentity()) {
      return cid.multihash().digestLength();
    }
    try {
      Map<?, ?> stat = client.call(ipfs -> ipfs.block.stat(offline(cid)));
      if (stat != null && stat.get("Size") instanceof Number size && size.longValue() >= 0) {
        return size.longValue();
      }
      throw client.address().failed(new IOException("it does not say the size of a block"));
    } catch (KuboException e) {
      if (e.isNotFound()) {
        return -1;
      }
      throw client.address().failed(e);
    } catch (IOException e) {
      throw client.address().failed(e);
    }
  }

  @Override
  public boolean has(Cid cid) {
    return sizeOf(cid) >= 0;
  }

  /**
   * Blocks are kept by their multihash, so that the codec does not matter.
   *
   * @throws StoreFailedException also when the hash is not a whole SHA2-256: the library cannot
   *     name another
   */
  @Override
  public void put(Block block) {
    Cid cid = block.cid();
    if (cid.isIdentity()) {
      return;
    }
    if (cid.multihash().code() != Multicodec.SHA2_256
        || cid.multihash().digestLength() != SHA2_256_BYTES) {
      throw new StoreFailedException(
          "java-ipfs-http-client puts blocks with SHA2-256 only, which "
              + cid
              + " has not: use --store kubo:URL");
    }
    byte[] key = asked(ipfs -> ipfs.block.put(block.bytes(), Optional.of("raw")).hash.toBytes());
    if (!isOf(key, cid)) {
      throw new StoreFailedException("the Kubo takes " + cid + " for another block");
    }
  }

  /** Versions of the library give a CID or only its multihash. */
  private static boolean isOf(byte[] key, Cid cid) {
    try {
      return Arrays.equals(key, cid.multihash().toBytes())
          || Cid.decodeLink(key).multihash().equals(cid.multihash());
    } catch (CidFormatException e) {
      return false;
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
    String lines =
        asked(ipfs -> NewerMethods.remove(ipfs, new Argument(cid.toV1(), "&force=true")));
    if (lines.contains("\"Error\":\"")) {
      throw client.address().failed(new KuboException(lines.strip()));
    }
  }

  /** There is no such command: what the Kubo has acknowledged is as durable as it will be. */
  @Override
  public void sync() {
    var _ = asked(_ -> 0);
  }

  @Override
  public long storedBytes() {
    return asked(NewerMethods::size).stored();
  }

  @Override
  public long quotaBytes() {
    return asked(NewerMethods::size).most();
  }

  @Override
  public void close() {
    client.close();
  }
}
