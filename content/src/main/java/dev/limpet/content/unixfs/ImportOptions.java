package dev.limpet.content.unixfs;

import java.util.function.LongConsumer;

/**
 * What is taken of a directory tree, and who is told how far it got.
 *
 * @param hidden whether files and directories whose name begins with a dot are taken
 * @param followLinks whether a symbolic link is taken as what it points at, else as a link
 * @param emptyDirectories whether directories without anything to be taken stay, the root always
 * @param metadata what nodes say about the files that they were
 * @param progress gets the number of bytes read each time
 */
public record ImportOptions(
    boolean hidden,
    boolean followLinks,
    boolean emptyDirectories,
    KeptMetadata metadata,
    LongConsumer progress) {
  /**
   * What nodes say about the files that they were. A file that says anything has no raw leaves.
   *
   * @param mode whether permissions are kept, of files and directories
   * @param mtime whether the time of the last change is kept, of links too
   */
  public record KeptMetadata(boolean mode, boolean mtime) {
    boolean any() {
      return mode || mtime;
    }
  }

  /**
   * Without hidden files and metadata, with links as links and empty directories, as IPFS
   * implementations do.
   *
   * @return the options
   */
  public static ImportOptions standard() {
    return new ImportOptions(false, false, true, new KeptMetadata(false, false), _ -> {});
  }

  /**
   * With or without hidden files.
   *
   * @param taken whether they are taken
   * @return changed options
   */
  public ImportOptions withHidden(boolean taken) {
    return new ImportOptions(taken, followLinks, emptyDirectories, metadata, progress);
  }

  /**
   * With symbolic links as links, or as what they point at.
   *
   * @param followed whether they are followed
   * @return changed options
   */
  public ImportOptions withFollowedLinks(boolean followed) {
    return new ImportOptions(hidden, followed, emptyDirectories, metadata, progress);
  }

  /**
   * With or without empty directories.
   *
   * @param taken whether they are taken
   * @return changed options
   */
  public ImportOptions withEmptyDirectories(boolean taken) {
    return new ImportOptions(hidden, followLinks, taken, metadata, progress);
  }

  /**
   * With or without permissions and times.
   *
   * @param mode whether permissions are kept
   * @param mtime whether the time of the last change is kept
   * @return changed options
   */
  public ImportOptions withMetadata(boolean mode, boolean mtime) {
    return new ImportOptions(
        hidden, followLinks, emptyDirectories, new KeptMetadata(mode, mtime), progress);
  }

  /**
   * With a listener.
   *
   * @param listener gets the number of bytes read each time
   * @return changed options
   */
  public ImportOptions withProgress(LongConsumer listener) {
    return new ImportOptions(hidden, followLinks, emptyDirectories, metadata, listener);
  }
}
