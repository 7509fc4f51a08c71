package dev.limpet.node.library;

import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.node.kubo.KuboAddress;
import dev.limpet.node.kubo.KuboPins;
import io.ipfs.api.IPFS;
import io.ipfs.multihash.Multihash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The pins of a Kubo as the library lists them: without their names, which it does not ask for. */
public final class LibraryPins extends KuboPins {
  private final LibraryClient client;

  /** Pins behind a client. */
  public LibraryPins(LibraryClient client) {
    this.client = client;
  }

  @Override
  public List<Pinned> list(PinKind kind) throws IOException {
    IPFS.PinType type =
        switch (kind) {
          case RECURSIVE -> IPFS.PinType.recursive;
          case DIRECT -> IPFS.PinType.direct;
        };
    Set<Multihash> roots = client.call(ipfs -> ipfs.pin.ls(type)).keySet();
    requireFew(roots.size());
    List<Pinned> pins = new ArrayList<>(roots.size());
    for (Multihash root : roots) {
      try {
        pins.add(new Pinned(Cid.decodeLink(root.toBytes()), ""));
      } catch (CidFormatException e) {
        throw new IOException("it lists a pin of what is no CID", e);
      }
    }
    return pins;
  }

  @Override
  protected void pin(Cid root, String options) throws IOException {
    var _ = client.call(ipfs -> ipfs.pin.add(new Argument(root, options)));
  }

  @Override
  protected void unpin(Cid root) throws IOException {
    var _ = client.call(ipfs -> ipfs.pin.rm(new Argument(root, ""), true));
  }

  @Override
  public KuboAddress address() {
    return client.address();
  }

  @Override
  public String version() throws IOException {
    return client.call(IPFS::version);
  }
}
