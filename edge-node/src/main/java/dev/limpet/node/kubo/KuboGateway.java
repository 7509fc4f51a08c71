package dev.limpet.node.kubo;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Ipld;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The gateway of a Kubo on this machine, for its blocks: Kubo's RPC sends them in pieces of 4 KiB,
 * each a write of its own, and its gateway with their length and in large ones. It is a short cut
 * and no more: what does not come from it, whole and with the right hash, is asked of the RPC. For
 * a request as such a gateway does more than the RPC, so while small blocks come, that is asked.
 */
final class KuboGateway implements AutoCloseable {
  /** For how long a gateway is left alone that is not there or has failed. */
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** From here on the pieces of the RPC cost more than a request of a gateway. */
  static final int LARGE_BYTES = 32 << 10;

  /** So many small blocks in a row are no nodes between large leaves: others like them follow. */
  static final int SMALL_IN_A_ROW = 4;

  private static final System.Logger LOG = System.getLogger(KuboGateway.class.getName());
  private static final Pattern ADDRESS =
      Pattern.compile("/(ip4|ip6)/([0-9a-fA-F:.]{2,45})/tcp/([1-9][0-9]{0,4})(?:/http)?");
  private static final int LAST_PORT = 65_535;

  private final KuboClient rpc;
  private final Duration silence;
  private final ReentrantLock looking = new ReentrantLock();
  private final AtomicInteger smallInARow = new AtomicInteger();

  /** Who takes it out closes it. */
  private final AtomicReference<@Nullable KuboClient> gateway = new AtomicReference<>();

  private volatile long pausedAt;
  private volatile boolean paused;
  private volatile boolean closed;

  /**
   * Nothing is asked yet.
   *
   * @param rpc tells where the gateway is
   * @param silence how long it may send nothing while an answer is waited for
   */
  KuboGateway(KuboClient rpc, Duration silence) {
    this.rpc = rpc;
    this.silence = silence;
  }

  /** The bytes of a block, checked; null when it does not come from here. */
  byte @Nullable [] get(Cid cid) {
    KuboClient known = smallInARow.get() < SMALL_IN_A_ROW ? gateway() : null;
    if (known == null) {
      return null;
    }
    try (KuboAnswer answer = known.get("ipfs/" + cid.toV1() + "?format=raw")) {
      byte[] bytes = answer.bytes(Block.MAX_BLOCK_BYTES);
      if (cid.multihash().matches(bytes)) {
        came(bytes.length);
        return bytes;
      }
      leave("it sends other bytes than were asked for");
    } catch (KuboException e) {
      if (!e.isNotHere()) {
        leave(String.valueOf(e.getMessage()));
      }
    } catch (IOException e) {
      leave(String.valueOf(e.getMessage()));
    }
    return null;
  }

  /** A block of this length has come, this way or the other; 0 for one that is not there. */
  void came(int length) {
    if (length >= LARGE_BYTES) {
      smallInARow.set(0);
    } else {
      smallInARow.updateAndGet(before -> Math.min(SMALL_IN_A_ROW, before + 1));
    }
  }

  private @Nullable KuboClient gateway() {
    KuboClient known = gateway.get();
    if (known != null || closed || isPaused() || !looking.tryLock()) {
      return known;
    }
    try {
      known = gateway.get();
      return known != null || closed || isPaused() ? known : look();
    } finally {
      looking.unlock();
    }
  }

  private boolean isPaused() {
    return paused && System.nanoTime() - pausedAt < PAUSE_NANOS;
  }

  private void pause() {
    pausedAt = System.nanoTime();
    paused = true;
  }

  private @Nullable KuboClient look() {
    try {
      URI url = rpc.address().isSecure() ? null : find();
      if (url != null) {
        KuboClient found = KuboClient.ofGateway(new KuboAddress(url, null), silence);
        gateway.set(found);
        if (closed) { // meanwhile, by one who may not have seen it
          boolean _ = closeKnown();
          return null;
        }
        LOG.log(Level.DEBUG, "blocks of the Kubo come through its gateway at {0}", url);
        return found;
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(Level.DEBUG, "the Kubo does not say where its gateway is", e);
    }
    pause();
    return null;
  }

  /** The first address of a gateway that is on this machine. */
  private @Nullable URI find() throws IOException {
    try (KuboAnswer answer = rpc.call("config?arg=Addresses.Gateway")) {
      Map<String, Ipld> told = answer.only();
      List<Ipld> addresses =
          switch (told.get("Value")) {
            case Ipld.ListNode list -> list.items();
            case Ipld.Text one -> List.of(one);
            case null, default -> List.of();
          };
      for (Ipld address : addresses) {
        URI url = address instanceof Ipld.Text(String text) ? url(text) : null;
        if (url != null) {
          return url;
        }
      }
      return null;
    }
  }

  /** Of an address such as {@code /ip4/127.0.0.1/tcp/8080}; null for those of other machines. */
  static @Nullable URI url(String multiaddr) {
    Matcher parts = ADDRESS.matcher(multiaddr);
    if (!parts.matches() || Integer.parseInt(parts.group(3)) > LAST_PORT) {
      return null;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(parts.group(2));
      if (!address.isLoopbackAddress() && !address.isAnyLocalAddress()) {
        return null;
      }
      String host = parts.group(1).equals("ip4") ? "127.0.0.1" : "[::1]";
      return URI.create("http://" + host + ":" + parts.group(3));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void leave(String why) {
    looking.lock();
    try {
      pause();
      if (closeKnown()) {
        LOG.log(Level.DEBUG, "the gateway of the Kubo is left alone for a while: {0}", why);
      }
    } finally {
      looking.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    boolean _ = closeKnown();
  }

  private boolean closeKnown() {
    KuboClient known = gateway.getAndSet(null);
    if (known != null) {
      known.close();
    }
    return known != null;
  }
}
