package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.cid.Cid;
import java.util.HashSet;
import java.util.Set;

/**
 * What keeps a block alive that no pin holds yet: the uploads that are under way. An upload names a
 * block before it looks whether it is here, and a collection asks under the same lock before it
 * deletes one, so that no upload is answered whose blocks were taken away meanwhile. Blocks of an
 * upload that ended while a collection ran stay until that one has ended: its pin was not among
 * those that the collection read.
 */
final class Intakes {
  private final Set<Intake> open = new HashSet<>();
  private DigestSet spared = new DigestSet();
  private boolean collecting;

  /** One upload; closed when its root is pinned, or when it failed. */
  final class Intake implements AutoCloseable {
    private final DigestSet touched = new DigestSet();

    /** Keeps a block until this is closed; returns whether it was named for the first time. */
    boolean touch(Cid cid) {
      synchronized (Intakes.this) {
        return touched.add(cid);
      }
    }

    /** How many blocks were named. */
    int blocks() {
      synchronized (Intakes.this) {
        return touched.size();
      }
    }

    @Override
    public void close() {
      synchronized (Intakes.this) {
        open.remove(this);
        if (collecting) {
          spared.addAll(touched);
        }
      }
    }
  }

  /** Begins an upload. */
  synchronized Intake begin() {
    Intake intake = new Intake();
    open.add(intake);
    return intake;
  }

  /** Begins a collection; the pins are read after this. */
  synchronized void beginCollection() {
    collecting = true;
  }

  /** Deletes a block unless an upload needs it; returns whether it went. */
  synchronized boolean deleteUnlessTouched(Blockstore store, Cid cid) {
    byte[] key = cid.multihash().key();
    if (spared.contains(key) || open.stream().anyMatch(i -> i.touched.contains(key))) {
      return false;
    }
    store.delete(cid);
    return true;
  }

  /** Ends a collection. */
  synchronized void endCollection() {
    collecting = false;
    spared = new DigestSet();
  }
}
