package dev.limpet.protocol.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncedWritesTest {
  @TempDir private Path dir;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void files_are_made_with_their_folders_grown_and_cut() throws IOException {
    Path old = dir.resolve("old");
    Files.writeString(old, "abcdef");
    Path fresh = dir.resolve("a/b/fresh");
    try (SyncedWrites writes = new SyncedWrites()) {
      writes.write(old, 3, bytes("X"));
      writes.write(fresh, 0, bytes("one"));
      writes.write(fresh, 3, bytes("two"));
      writes.sync();
      writes.write(dir.resolve("a/more"), 0, bytes(""));
      writes.sync();
    }
    assertEquals("abcX", Files.readString(old));
    assertEquals("onetwo", Files.readString(fresh));
    assertEquals(0, Files.size(dir.resolve("a/more")));
  }

  @Test
  void more_files_than_may_be_open_are_written() throws IOException {
    int files = 2 * SyncedWrites.MAX_UNSYNCED_FILES + 1;
    try (SyncedWrites writes = new SyncedWrites()) {
      for (int i = 0; i < files; i++) {
        writes.write(dir.resolve("f" + i), 0, bytes("file " + i));
      }
      writes.sync();
    }
    for (int i = 0; i < files; i++) {
      assertEquals("file " + i, Files.readString(dir.resolve("f" + i)));
    }
  }

  @Test
  void a_place_where_no_file_can_be_is_an_error_and_others_can_be_written_after_it()
      throws IOException {
    try (SyncedWrites writes = new SyncedWrites()) {
      writes.write(dir.resolve("file"), 0, bytes("a"));
      assertThrows(IOException.class, () -> writes.write(dir.resolve("file/in"), 0, bytes("b")));
      writes.write(dir.resolve("other"), 0, bytes("c"));
      writes.sync();
    }
    assertEquals("a", Files.readString(dir.resolve("file")));
    assertEquals("c", Files.readString(dir.resolve("other")));
  }
}
