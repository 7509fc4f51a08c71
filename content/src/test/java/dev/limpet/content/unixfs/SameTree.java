package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;

/** Compares a DAG with the files that it was made of. */
final class SameTree {
  private SameTree() {}

  static void assertSame(UnixFsReader reader, Cid cid, Path path, ImportOptions options)
      throws IOException {
    UnixFsEntry entry = reader.entry(cid);
    boolean link = Files.isSymbolicLink(path) && !options.followLinks();
    if (link) {
      String target = Files.readSymbolicLink(path).toString();
      assertEquals(target, assertInstanceOf(UnixFsSymlink.class, entry).target());
      return;
    }
    int mode = -1;
    long mtime = 0;
    if (options.metadata().mode()) {
      mode = (int) Files.getAttribute(path, "unix:mode") & 07777;
    }
    if (options.metadata().fixedMode() != 0) {
      mode = options.metadata().fixedMode();
    }
    Instant fixed = options.metadata().fixedMtime();
    if (fixed != null) {
      mtime = fixed.getEpochSecond();
    } else if (options.metadata().mtime()) {
      mtime = Files.getLastModifiedTime(path).toInstant().getEpochSecond();
    }
    if (entry instanceof UnixFsFile file) {
      byte[] bytes = Files.readAllBytes(path);
      byte[] read = new byte[(int) file.size()];
      reader.readFully(file, 0, read, 0, read.length);
      assertArrayEquals(bytes, read, path.toString());
      assertEquals(mode, file.mode(), path.toString());
      assertEquals(mtime, file.mtimeSeconds(), path.toString());
      return;
    }
    UnixFsDirectory directory = assertInstanceOf(UnixFsDirectory.class, entry);
    assertEquals(mode, directory.mode(), path.toString());
    assertEquals(mtime, directory.mtimeSeconds(), path.toString());
    for (DirectoryEntry child : reader.list(directory, null, Integer.MAX_VALUE).entries()) {
      Path below = path.resolve(child.name());
      assertEquals(true, Files.exists(below, LinkOption.NOFOLLOW_LINKS), below.toString());
      assertSame(reader, child.cid(), below, options);
    }
  }
}
