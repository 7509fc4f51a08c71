package dev.limpet.node.http;

import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.DirectoryItem;
import dev.limpet.protocol.Page;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of a directory as JSON. */
final class DirectoryAnswer {
  /** Entries of one page. */
  static final int MAX_ENTRIES = Page.MAX_ITEMS;

  private DirectoryAnswer() {}

  static void answer(
      Exchange exchange, UnixFsReader reader, UnixFsDirectory directory, Paging paging) {
    DirectoryPage page = reader.list(directory, paging.cursor(), paging.limit());
    List<DirectoryItem> items =
        page.entries().stream()
            .map(e -> new DirectoryItem(e.name(), e.cid(), Math.max(-1, e.tsize())))
            .toList();
    @Nullable String next = page.last() || items.isEmpty() ? null : items.getLast().name();
    exchange.answerPage(DirectoryItem.class, new Page<>(items, next));
  }
}
