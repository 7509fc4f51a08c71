package dev.limpet.content.unixfs;

import java.time.Instant;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

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
   * @param fixedMode permissions that all have instead, 0 for none
   * @param fixedMtime a time that all have instead, or null
   */
  public record KeptMetadata(
      boolean mode, boolean mtime, int fixedMode, @Nullable Instant fixedMtime) {
    static final KeptMetadata NONE = new KeptMetadata(false, false, 0, null);

    /**
     * Checks the permissions.
     *
     * @throws IllegalArgumentException when they are more than those of owner, group and others
     */
    public KeptMetadata {
      if (fixedMode < 0 || fixedMode > ALL_PERMISSIONS) {
        throw new IllegalArgumentException("permissions are 0001 to 0777");
      }
    }

    boolean any() {
      return mode || mtime || fixedMode != 0 || fixedMtime != null;
    }
  }

  /** Permissions of owner, group and others. */
  private static final int ALL_PERMISSIONS = 0777;

  /**
   * Without hidden files and metadata, with links as links and empty directories, as IPFS
   * implementations do.
   *
   * @return the options
   */
  public static ImportOptions standard() {
    return new ImportOptions(false, false, true, KeptMetadata.NONE, _ -> {});
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
    return with(new KeptMetadata(mode, mtime, metadata.fixedMode, metadata.fixedMtime));
  }

  /**
   * With the same permissions for all files and directories.
   *
   * @param mode 0001 to 0777, or 0 for their own or none
   * @return changed options
   * @throws IllegalArgumentException when it is something else
   */
  public ImportOptions withFixedMode(int mode) {
    return with(new KeptMetadata(metadata.mode, metadata.mtime, mode, metadata.fixedMtime));
  }

  /**
   * With the same time of last change for all.
   *
   * @param mtime the time, or null for their own or none
   * @return changed options
   */
  public ImportOptions withFixedMtime(@Nullable Instant mtime) {
    return with(new KeptMetadata(metadata.mode, metadata.mtime, metadata.fixedMode, mtime));
  }

  private ImportOptions with(KeptMetadata changed) {
    return new ImportOptions(hidden, followLinks, emptyDirectories, changed, progress);
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
