package dev.limpet.protocol.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFormatTest {
  @TempDir private Path dir;

  @Test
  void a_folder_without_a_mark_gets_one_and_opens_again() throws IOException {
    FolderFormat.claim(dir, "node");
    assertEquals("limpet node 1\n", Files.readString(dir.resolve("format")));
    FolderFormat.claim(dir, "node");
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void a_folder_of_a_newer_build_is_refused_with_what_to_do() throws IOException {
    Files.writeString(dir.resolve("format"), "limpet node 2\n");
    String detail = refused("node");
    assertTrue(detail.contains("format 2") && detail.contains("newer build"), detail);
    assertEquals("limpet node 2\n", Files.readString(dir.resolve("format")));
  }

  @Test
  void a_folder_of_another_process_is_refused() throws IOException {
    FolderFormat.claim(dir, "gateway");
    assertTrue(refused("node").contains("belongs to a gateway"));
  }

  @Test
  void a_damaged_mark_is_refused() throws IOException {
    Files.write(dir.resolve("format"), new byte[] {0, -1, 7});
    assertTrue(refused("node").contains("damaged"));
    Files.writeString(dir.resolve("format"), "limpet node 1\n".repeat(1000));
    assertTrue(refused("node").contains("damaged"));
  }

  @Test
  void a_restore_that_did_not_end_is_refused_until_it_is_finished() throws IOException {
    FolderFormat.begin(dir);
    for (String process : List.of(FolderFormat.NODE, FolderFormat.GATEWAY)) {
      assertTrue(refused(process).contains("restore again"));
    }
    assertThrows(LimpetException.class, () -> FolderFormat.processOf(dir));
    FolderFormat.finish(dir, FolderFormat.NODE);
    FolderFormat.claim(dir, FolderFormat.NODE);
  }

  @Test
  void a_folder_is_known_by_its_mark_or_by_what_an_older_build_left_there() throws IOException {
    assertEquals("", FolderFormat.processOf(dir));
    Files.createFile(dir.resolve("identity.key"));
    assertEquals(FolderFormat.NODE, FolderFormat.processOf(dir));
    Files.createFile(dir.resolve("gateway.db"));
    assertEquals(FolderFormat.GATEWAY, FolderFormat.processOf(dir));
    FolderFormat.finish(dir, FolderFormat.NODE);
    assertEquals(FolderFormat.NODE, FolderFormat.processOf(dir));
  }

  private String refused(String process) {
    LimpetException refused =
        assertThrows(LimpetException.class, () -> FolderFormat.claim(dir, process));
    assertEquals(ErrorCode.BAD_CONFIG, refused.code());
    return refused.problem().detail();
  }
}
