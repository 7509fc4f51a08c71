package dev.limpet.content.unixfs;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A stream that was read into arrays already, which an import takes as they are where one has
 * exactly a leaf, instead of a copy.
 */
public abstract class LeafStream extends InputStream {
  /** For subclasses. */
  protected LeafStream() {}

  /**
   * Takes the next bytes in an array of the stream's own. It may be filled anew when the leaf after
   * the next is taken.
   *
   * @param length bytes of a leaf
   * @return as many bytes, or null when they have to be read: there are less, or they do not lie so
   * @throws IOException when the stream fails
   */
  public abstract byte @Nullable [] takeLeaf(int length) throws IOException;
}
