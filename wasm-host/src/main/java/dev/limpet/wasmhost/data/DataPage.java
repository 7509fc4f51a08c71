package dev.limpet.wasmhost.data;

import java.util.List;

/**
 * Part of a directory listing.
 *
 * @param entries in the order of {@link DataDirectory#list}
 * @param last whether nothing follows; a page that is not the last holds at least one entry
 */
public record DataPage(List<DataEntry> entries, boolean last) {

  /** Copies the list. */
  public DataPage {
    entries = List.copyOf(entries);
    if (entries.isEmpty() && !last) {
      throw new IllegalArgumentException("an empty page must be the last");
    }
  }
}
