package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.Pin;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsAttributes;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.node.store.KeptImport;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code add}: files and directories as parts of a body, imported as they come. What is at the top
 * is kept, and is told when it is on the disk.
 */
final class AddCommand implements Command {
  /** Bytes between two lines that say how far it got, as with Kubo. */
  private static final long PROGRESS_BYTES = 256 << 10;

  private static final String FILES = "path";

  private final Uploads uploads;

  AddCommand(Uploads uploads) {
    this.uploads = uploads;
  }

  @Override
  public void run(Call call) throws IOException {
    AddOptions options = AddOptions.of(call.options());
    Multipart files = call.files(Uploads.MAX_UPLOAD_BYTES, FILES);
    if (options.shape().onlyHash()) {
      try (Uploads.Turn _ = uploads.turn()) {
        new Adding(call, options, _ -> {}, null).run(files);
      }
      return;
    }
    uploads.run(
        options.shape().pin(), (sink, kept) -> new Adding(call, options, sink, kept).run(files));
  }

  /** One add. */
  private final class Adding {
    private final Call call;
    private final AddOptions options;
    private final @Nullable KeptImport kept;
    private final UnixFsImporter importer;
    private AddedTree tree = new AddedTree();

    Adding(Call call, AddOptions options, BlockSink sink, @Nullable KeptImport kept) {
      this.call = call;
      this.options = options;
      this.kept = kept;
      this.importer = new UnixFsImporter(sink, options.profile(), options.cids());
    }

    /** What lies at the top is done when the next name at the top begins. */
    void run(Multipart files) throws IOException {
      call.answer().beginLines(uploads.unread());
      boolean wrap = options.shape().wrap();
      String top = null;
      int parts = 0;
      for (Part part = files.next(); part != null; part = files.next()) {
        parts++;
        List<String> path = part.path();
        String first = path.isEmpty() ? "" : path.getFirst();
        if (!wrap && top != null && !first.equals(top)) {
          finish();
        }
        top = first;
        take(part, path);
      }
      if (parts == 0) {
        throw RpcException.noFile(FILES);
      }
      if (wrap) {
        ImportedRoot _ = tree.finishAll(making());
      } else {
        finish();
      }
    }

    private void take(Part part, List<String> path) throws IOException {
      UnixFsAttributes attributes = options.attributes().of(part);
      if (part.kind() == Part.Kind.DIRECTORY) {
        tree.putDirectory(path, attributes);
        return;
      }
      String name = String.join("/", path);
      ImportedRoot root =
          part.kind() == Part.Kind.SYMLINK
              ? importer.importLink(part.target(), attributes)
              : file(part, name, attributes);
      if (path.isEmpty() && !options.shape().wrap()) {
        keep(root);
        tell(root.cid().toString(), root);
        return;
      }
      List<String> named = path.isEmpty() ? List.of(root.cid().toString()) : path;
      if (named.size() == 1 && !options.shape().wrap()) {
        keep(root);
      }
      tree.put(named, root);
      tell(String.join("/", named), root);
    }

    private ImportedRoot file(Part part, String name, UnixFsAttributes attributes)
        throws IOException {
      try (InputStream in = uploads.ahead(part.body(), options.profile().chunker())) {
        return options.shape().progress()
            ? watched(in, name, attributes)
            : importer.importFile(in, attributes, _ -> {});
      }
    }

    private ImportedRoot watched(InputStream in, String name, UnixFsAttributes attributes)
        throws IOException {
      long[] bytes = {0, 0};
      Consumer<Long> told = Lines.of(read -> tellProgress(name, read));
      ImportedRoot root =
          importer.importFile(
              in,
              attributes,
              read -> {
                bytes[0] += read;
                if (bytes[0] - bytes[1] >= PROGRESS_BYTES) {
                  bytes[1] = bytes[0];
                  told.accept(bytes[0]);
                }
              });
      if (bytes[0] > bytes[1]) {
        tellProgress(name, bytes[0]);
      }
      return root;
    }

    private void tellProgress(String name, long bytes) throws IOException {
      call.answer().put(new JsonObject().put("Name", name).put("Bytes", bytes));
      call.answer().flush();
    }

    private void finish() throws IOException {
      for (String name : tree.names()) {
        ImportedRoot _ = tree.finish(name, making());
      }
      tree = new AddedTree();
    }

    private AddedTree.Making making() {
      return new AddedTree.Making(
          importer, options.shape().emptyDirectories(), this::madeDirectory);
    }

    /** What is at the top is on the disk before it is told. */
    private void madeDirectory(String name, ImportedRoot root) throws IOException {
      if (options.shape().wrap() ? name.isEmpty() : name.indexOf('/') < 0) {
        keep(root);
      }
      tell(name, root);
    }

    private void keep(ImportedRoot root) {
      KeptImport keeping = kept;
      if (keeping != null) {
        Pin _ = keeping.keep(root.cid(), options.pinName());
        uploads.counted(root);
      }
    }

    private void tell(String name, ImportedRoot root) throws IOException {
      Cid cid = root.cid();
      call.acted(cid.toString(), root.dagSize() + " bytes");
      if (options.shape().silent()) {
        return;
      }
      call.answer()
          .put(
              new JsonObject()
                  .put("Name", name)
                  .put("Hash", call.text(cid))
                  .put("Size", Long.toString(root.dagSize())));
    }
  }
}
