package dev.limpet.node.kubo;

import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.util.List;

/** The pins of a Kubo. */
public interface KuboPins {
  /**
   * A pin.
   *
   * @param root what is pinned
   * @param name what its owner calls it, maybe empty
   */
  record Pinned(Cid root, String name) {}

  /**
   * All pins of a kind, as they are now.
   *
   * @throws IOException when Kubo does not answer, breaks off, or has more than {@link
   *     PinSet#MAX_PINS}
   */
  List<Pinned> list(PinKind kind) throws IOException;

  /**
   * Pins what is there; Kubo looks whether it is.
   *
   * @throws IOException when Kubo does not answer or refuses
   */
  void add(Cid root, String name, PinKind kind) throws IOException;

  /**
   * Lets a pin go.
   *
   * @return false when there was none
   * @throws IOException when Kubo does not answer or refuses
   */
  boolean remove(Cid root) throws IOException;

  /** What a call that failed is to those who need the store. */
  StoreFailedException failed(IOException e);

  /**
   * The version of the Kubo.
   *
   * @throws IOException when it does not answer
   */
  String version() throws IOException;
}
