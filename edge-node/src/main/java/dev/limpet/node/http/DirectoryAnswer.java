package dev.limpet.node.http;

import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.DirectoryItem;
import dev.limpet.protocol.Page;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory: a page of it as JSON, or as HTML for people. */
final class DirectoryAnswer {
  /** Entries of one page. */
  static final int MAX_ENTRIES = Page.MAX_ITEMS;

  private final UnixFsReader reader;

  DirectoryAnswer(UnixFsReader reader) {
    this.reader = reader;
  }

  void json(Asked asked, UnixFsDirectory directory) {
    Paging paging = Paging.of(asked.query(), MAX_ENTRIES);
    if (!asked.isUnchanged("W/\"" + directory.cid() + ".json\"")) {
      DirectoryPage page = reader.list(directory, paging.cursor(), paging.limit());
      List<DirectoryItem> items =
          page.entries().stream()
              .map(e -> new DirectoryItem(e.name(), e.cid(), Math.max(-1, e.tsize())))
              .toList();
      asked.exchange().answerPage(DirectoryItem.class, new Page<>(items, next(page)));
    }
  }

  void html(Asked asked, UnixFsDirectory directory) {
    Paging paging = Paging.of(asked.query(), DirectoryHtml.MAX_ROWS, DirectoryHtml.MAX_ROWS);
    String etag = "\"DirIndex-" + Html.VERSION + "_CID-" + directory.cid() + "\"";
    if (!asked.isUnchangedPage(etag)) {
      DirectoryPage page = reader.list(directory, paging.cursor(), paging.limit());
      String html =
          new DirectoryHtml(asked.target().data()).page(directory.cid(), page, next(page));
      asked.exchange().answer(200, Html.TYPE, html.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static @Nullable String next(DirectoryPage page) {
    return page.last() || page.entries().isEmpty() ? null : page.entries().getLast().name();
  }
}
