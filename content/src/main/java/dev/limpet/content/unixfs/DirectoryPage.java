package dev.limpet.content.unixfs;

import java.util.List;

/**
 * Some entries of a directory, in the order of their name bytes.
 *
 * @param entries at most as many as were asked for
 * @param last whether none follow
 */
public record DirectoryPage(List<DirectoryEntry> entries, boolean last) {
  /** Copies the list. */
  public DirectoryPage {
    entries = List.copyOf(entries);
  }
}
