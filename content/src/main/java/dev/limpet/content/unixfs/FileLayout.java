package dev.limpet.content.unixfs;

/**
 * How the tree over a file's leaves is built.
 *
 * @param shape which nodes get the leaves
 * @param width links of an inner node at most; leaves of one, where the tree is trickled
 */
public record FileLayout(Shape shape, int width) {
  /** A link and its size take 60 bytes at most, so that such a node fits a block of 2 MiB. */
  public static final int MAX_WIDTH = 1 << 15;

  /** Which nodes get the leaves. */
  public enum Shape {
    /** Those of the lowest level: each byte is equally far from the root. */
    BALANCED,
    /**
     * Each of them, before nodes below it, four of each depth: the beginning is near the root, and
     * bytes can be appended without moving others.
     */
    TRICKLE
  }

  /**
   * Checks the width.
   *
   * @throws IllegalArgumentException when it is less than 2 or more than {@link #MAX_WIDTH}
   */
  public FileLayout {
    if (width < 2 || width > MAX_WIDTH) {
      throw new IllegalArgumentException("a node of a file has 2 to " + MAX_WIDTH + " links");
    }
  }

  /**
   * A balanced tree.
   *
   * @param width links of an inner node at most
   * @return the layout
   * @throws IllegalArgumentException when there is no such width
   */
  public static FileLayout balanced(int width) {
    return new FileLayout(Shape.BALANCED, width);
  }

  /**
   * A trickled tree.
   *
   * @param width leaves of an inner node at most
   * @return the layout
   * @throws IllegalArgumentException when there is no such width
   */
  public static FileLayout trickle(int width) {
    return new FileLayout(Shape.TRICKLE, width);
  }
}
