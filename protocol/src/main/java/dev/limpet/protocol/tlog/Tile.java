package dev.limpet.protocol.tlog;

/**
 * A tile: up to {@link #WIDTH} hashes of one level that stand side by side, or as many entries
 * (C2SP tlog-tiles).
 *
 * @param level of tiles, each being {@link #HEIGHT} levels of the tree; {@link #ENTRIES} for a
 *     bundle of entries
 * @param index its place among those of its level
 * @param width how many it holds, from 1 to {@link #WIDTH}
 */
public record Tile(int level, long index, int width) {
  /** Levels of the tree in a tile. */
  public static final int HEIGHT = 8;

  /** Hashes of a full tile. */
  public static final int WIDTH = 1 << HEIGHT;

  /** The level of bundles of entries. */
  public static final int ENTRIES = -1;

  private static final int GROUP = 1000;

  /** Checks the parts. */
  public Tile {
    if (level < ENTRIES || level > Frontier.MAX_TREE_LEVELS / HEIGHT) {
      throw new IllegalArgumentException("there is no level " + level + " of tiles");
    }
    if (index < 0) {
      throw new IllegalArgumentException("a tile's index is not negative");
    }
    if (width < 1 || width > WIDTH) {
      throw new IllegalArgumentException("a tile has 1 to " + WIDTH + " hashes, not " + width);
    }
  }

  /** Its path below the log: {@code tile/0/x001/234.p/17}. */
  public String path() {
    return pathOf(level, index) + (width == WIDTH ? "" : ".p/" + width);
  }

  /** The path of a full tile: {@code tile/0/x001/234}. */
  public static String pathOf(int level, long index) {
    StringBuilder path = new StringBuilder(level == ENTRIES ? "tile/entries/" : "tile/");
    if (level != ENTRIES) {
      path.append(level).append('/');
    }
    long of = 1;
    while (index / of >= GROUP) {
      of *= GROUP;
    }
    for (; of > 1; of /= GROUP) {
      digits(path.append('x'), index / of % GROUP);
      path.append('/');
    }
    digits(path, index % GROUP);
    return path.toString();
  }

  /** A part of an index in three digits. */
  private static void digits(StringBuilder path, long part) {
    path.append(part < 100 ? part < 10 ? "00" : "0" : "").append(part);
  }
}
