package dev.limpet.protocol.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {
  @TempDir private Path dir = Path.of("");

  @Test
  void a_folder_goes_with_all_that_is_in_it_and_what_its_links_lead_to_stays() throws IOException {
    Path outside = Files.createDirectory(dir.resolve("outside"));
    Path kept = Files.writeString(outside.resolve("kept"), "kept");
    Path tree = dir.resolve("tree");
    Files.writeString(Files.createDirectories(tree.resolve("a/b")).resolve("file"), "gone");
    Files.createSymbolicLink(tree.resolve("a/folder"), outside);
    Files.createSymbolicLink(tree.resolve("file"), kept);
    Files.createSymbolicLink(tree.resolve("nowhere"), dir.resolve("none"));
    FolderTree.remove(tree);
    assertFalse(Files.exists(tree, LinkOption.NOFOLLOW_LINKS));
    assertEquals("kept", Files.readString(kept));
  }

  @Test
  void what_is_not_there_is_removed_already() throws IOException {
    FolderTree.remove(dir.resolve("none"));
    assertFalse(Files.exists(dir.resolve("none")));
  }
}
