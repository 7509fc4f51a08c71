package dev.limpet.content.unixfs;

import java.util.function.LongConsumer;

/**
 * What is taken of a directory tree, and who is told how far it got.
 *
 * @param hidden whether files whose name begins with a dot are taken
 * @param progress gets the number of bytes read each time
 */
public record ImportOptions(boolean hidden, LongConsumer progress) {
  /**
   * Without hidden files, as IPFS implementations do.
   *
   * @return the options
   */
  public static ImportOptions standard() {
    return new ImportOptions(false, _ -> {});
  }

  /**
   * With or without hidden files.
   *
   * @param taken whether they are taken
   * @return changed options
   */
  public ImportOptions withHidden(boolean taken) {
    return new ImportOptions(taken, progress);
  }

  /**
   * With a listener.
   *
   * @param listener gets the number of bytes read each time
   * @return changed options
   */
  public ImportOptions withProgress(LongConsumer listener) {
    return new ImportOptions(hidden, listener);
  }
}
