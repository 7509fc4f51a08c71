package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.CachingBlockstore;
import dev.limpet.node.kubo.KuboAddress;
import dev.limpet.node.kubo.KuboBlockstore;
import dev.limpet.node.kubo.KuboClient;
import dev.limpet.node.kubo.KuboPins;
import dev.limpet.node.kubo.RpcPins;
import dev.limpet.node.library.LibraryBlockstore;
import dev.limpet.node.library.LibraryClient;
import dev.limpet.node.library.LibraryPins;
import java.time.Duration;

/**
 * A Kubo that keeps the owner's data instead of the node's own folder.
 *
 * @param address where it listens
 * @param refresh how often it is asked for its pins
 * @param client which code asks it
 */
public record KuboStore(KuboAddress address, Duration refresh, Client client) {
  /** What speaks to the Kubo. */
  public enum Client {
    /** Our own. */
    OWN,
    /** The library java-ipfs-http-client, which the user has put on the class path. */
    LIBRARY
  }

  /** A Kubo that our own client asks. */
  public KuboStore(KuboAddress address, Duration refresh) {
    this(address, refresh, Client.OWN);
  }

  /** A Kubo that sends nothing for so long while it is waited for has failed. */
  static final Duration SILENCE = Duration.ofSeconds(30);

  /**
   * How it is reached.
   *
   * @param backend how health and status call it
   * @param address where it is
   * @param blocks its blocks behind a cache, which may have one that it has lost
   * @param stored the same without the cache: what it has now
   * @param pins its pins
   */
  record Door(
      String backend, KuboAddress address, Blockstore blocks, Blockstore stored, KuboPins pins) {
    /** The version of the Kubo and what asks it. */
    String withVersion(String version) {
      String kubo = ("kubo " + version).strip();
      return backend.equals(OWN_BACKEND) ? kubo : kubo + " by " + backend;
    }
  }

  private static final String OWN_BACKEND = "kubo";

  /**
   * Opens the way to it; nothing is sent yet.
   *
   * @param cacheBytes how much of the heap its blocks may use
   */
  Door door(long cacheBytes) {
    return switch (client) {
      case OWN -> {
        KuboClient own = new KuboClient(address, SILENCE);
        KuboBlockstore blocks = KuboBlockstore.withGateway(own, SILENCE);
        yield door(OWN_BACKEND, blocks, new RpcPins(own), cacheBytes);
      }
      case LIBRARY -> {
        LibraryClient library = new LibraryClient(address, SILENCE);
        yield door(
            "java-ipfs-http-client",
            new LibraryBlockstore(library),
            new LibraryPins(library),
            cacheBytes);
      }
    };
  }

  private Door door(String backend, Blockstore blocks, KuboPins pins, long cacheBytes) {
    CachingBlockstore cached = CachingBlockstore.beforeFar(blocks, cacheBytes);
    return new Door(backend, address, cached, blocks, pins);
  }
}
