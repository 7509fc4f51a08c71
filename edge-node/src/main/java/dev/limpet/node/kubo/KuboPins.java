package dev.limpet.node.kubo;

import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The pins of a Kubo, by whichever client of its RPC. */
public abstract class KuboPins {
  /** Pins of a Kubo that a node takes over, recursive and direct ones together. */
  public static final int MAX_KUBO_PINS = 100_000;

  /**
   * A pin.
   *
   * @param root what is pinned
   * @param name what its owner calls it, maybe empty
   */
  public record Pinned(Cid root, String name) {}

  /**
   * All pins of a kind, as they are now.
   *
   * @throws IOException when Kubo does not answer, breaks off, or has more than {@link
   *     #MAX_KUBO_PINS}
   */
  public abstract List<Pinned> list(PinKind kind) throws IOException;

  /**
   * Refuses to take over more pins than are allowed; the node's owner reads why.
   *
   * @throws IOException when there are more than {@link #MAX_KUBO_PINS}
   */
  public static void requireFew(int pins) throws IOException {
    if (pins > MAX_KUBO_PINS) {
      throw new IOException(
          "it has more than "
              + MAX_KUBO_PINS
              + " pins: what was announced stays, and nothing new is announced until it has fewer;"
              + " let some go with: ipfs pin rm CID");
    }
  }

  /**
   * Pins what is there; Kubo looks whether it is.
   *
   * @throws IOException when Kubo does not answer or refuses
   */
  public final void add(Cid root, String name, PinKind kind) throws IOException {
    String named = name.isEmpty() ? "" : "&name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    pin(root, "&offline=true&recursive=" + (kind == PinKind.RECURSIVE) + named);
  }

  /** Calls {@code pin/add} with options as they stand in a query behind the argument. */
  protected abstract void pin(Cid root, String options) throws IOException;

  /**
   * Lets a pin go.
   *
   * @return false when there was none
   * @throws IOException when Kubo does not answer or refuses
   */
  public final boolean remove(Cid root) throws IOException {
    try {
      unpin(root);
      return true;
    } catch (KuboException e) {
      if (e.isNotPinned()) {
        return false;
      }
      throw e;
    }
  }

  /** Calls {@code pin/rm}. */
  protected abstract void unpin(Cid root) throws IOException;

  /** The Kubo that is called. */
  public abstract KuboAddress address();

  /**
   * The version of the Kubo.
   *
   * @throws IOException when it does not answer
   */
  public abstract String version() throws IOException;
}
