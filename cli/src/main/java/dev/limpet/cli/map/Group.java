package dev.limpet.cli.map;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsAttributes;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results that are reduced together: a directory of them, whose CID makes the reduction a Task.
 *
 * @param results in the order of their names
 * @param root the directory
 */
record Group(List<Result> results, ImportedRoot root) {
  /** The group of {@code results}; nothing is sent. */
  static Group of(List<Result> results) {
    return new Group(results, imported(results, _ -> {}));
  }

  /** That of the first of them. */
  String name() {
    return results.getFirst().name();
  }

  /** All groups as one directory of directories. */
  static ImportedRoot imported(Iterable<Group> groups, BlockSink sink) {
    Map<String, ImportedRoot> children = new LinkedHashMap<>();
    groups.forEach(group -> children.put(group.name(), imported(group.results, sink)));
    return importer(sink).importDirectory(children, UnixFsAttributes.NONE);
  }

  private static ImportedRoot imported(List<Result> results, BlockSink sink) {
    UnixFsImporter importer = importer(sink);
    Map<String, ImportedRoot> children = new LinkedHashMap<>();
    for (Result result : results) {
      try {
        children.put(result.name(), importer.importFile(new ByteArrayInputStream(result.bytes())));
      } catch (IOException e) {
        throw new UncheckedIOException("an array cannot fail", e);
      }
    }
    return importer.importDirectory(children, UnixFsAttributes.NONE);
  }

  private static UnixFsImporter importer(BlockSink sink) {
    return new UnixFsImporter(sink, UnixFsProfile.V1_2025);
  }
}
