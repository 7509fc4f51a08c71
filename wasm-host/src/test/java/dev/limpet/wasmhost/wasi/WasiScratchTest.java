package dev.limpet.wasmhost.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.StopReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest can do in {@code /tmp}. */
final class WasiScratchTest {

  private static final int TMP = 3;

  private final WasiGuest guest;
  private final long heldBefore;

  WasiScratchTest(@TempDir Path directory) {
    guest = WasiGuest.with(directory);
    heldBefore = guest.budget.held();
  }

  @Test
  void what_is_written_is_read() {
    int fd = guest.create(TMP, "f");
    assertEquals(Errno.SUCCESS, guest.write(fd, "hello"));
    assertEquals(Errno.SUCCESS, guest.write(fd, " world"));
    assertEquals("hello world", guest.content(TMP, "f"));
    assertEquals(Errno.SUCCESS, guest.pwrite(fd, "J", 0));
    assertEquals("Jello", guest.pread(fd, 5, 0));
    assertEquals("", guest.read(fd, 5));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, -5, 2, WasiGuest.RESULT));
    assertEquals("world", guest.read(fd, 50));
  }

  @Test
  void holes_and_cut_ends_are_zeros() {
    int fd = guest.create(TMP, "f");
    guest.pwrite(fd, "x", 10_000);
    assertEquals("\0\0\0", guest.pread(fd, 3, 4095));
    assertEquals("\0x", guest.pread(fd, 9, 9999));
    guest.pwrite(fd, "abcdef", 4090);
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_size", fd, 4093));
    assertEquals("c", guest.pread(fd, 9, 4092));
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_size", fd, 20_000));
    assertEquals("c\0\0\0", guest.pread(fd, 4, 4092));
    assertEquals("\0", guest.pread(fd, 1, 10_000));
    assertEquals(Errno.INVAL, guest.call("fd_filestat_set_size", fd, -1));
    assertEquals(Errno.NOSPC, guest.call("fd_filestat_set_size", fd, Long.MAX_VALUE));
    assertEquals(Errno.SUCCESS, guest.call("fd_allocate", fd, 20_000, 5));
    assertEquals(Errno.NOSPC, guest.call("fd_allocate", fd, 0, WasiGuest.SCRATCH + 1));
    assertEquals(Errno.INVAL, guest.call("fd_allocate", fd, Long.MAX_VALUE, 2));
    guest.stat(TMP, "f", true);
    assertEquals(20_005, guest.memory.getLong(WasiGuest.RESULT + 32));
  }

  @Test
  void appending_goes_to_the_end_always() {
    int one = guest.create(TMP, "f");
    guest.write(one, "first ");
    int two = guest.open(TMP, "f");
    assertEquals(Errno.BADF, guest.write(two, "not opened for writing"));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_flags", one, 1));
    guest.call("fd_seek", one, 0, 0, WasiGuest.RESULT);
    guest.write(one, "second");
    assertEquals("first second", guest.read(two, 100));
    assertEquals(Errno.INVAL, guest.call("fd_fdstat_set_flags", one, 64));
  }

  @Test
  void directories_come_and_go() {
    assertEquals(Errno.SUCCESS, guest.onPath("path_create_directory", TMP, "a"));
    assertEquals(Errno.SUCCESS, guest.onPath("path_create_directory", TMP, "a/b/"));
    assertEquals(Errno.EXIST, guest.onPath("path_create_directory", TMP, "a"));
    assertEquals(Errno.NOENT, guest.onPath("path_create_directory", TMP, "x/b"));
    assertEquals(Errno.EXIST, guest.onPath("path_create_directory", TMP, "."));
    int inside = guest.open(TMP, "a/b");
    guest.call("fd_close", guest.create(inside, "f"));
    assertEquals(Errno.NOTEMPTY, guest.onPath("path_remove_directory", TMP, "a"));
    assertEquals(Errno.ISDIR, guest.onPath("path_unlink_file", TMP, "a"));
    assertEquals(Errno.NOTDIR, guest.onPath("path_remove_directory", TMP, "a/b/f"));
    assertEquals(Errno.NOTDIR, guest.onPath("path_unlink_file", TMP, "a/b/f/"));
    assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, "a/b/f"));
    assertEquals(Errno.SUCCESS, guest.onPath("path_remove_directory", TMP, "a/b"));
    assertEquals(Errno.NOENT, guest.tryOpen(inside, "g", 1, Rights.FD_WRITE));
    assertEquals(Errno.NOENT, guest.onPath("path_remove_directory", TMP, "a/b"));
    assertEquals(Errno.INVAL, guest.onPath("path_remove_directory", TMP, "."));
    assertEquals(Errno.NOTCAPABLE, guest.onPath("path_create_directory", TMP, "../x"));
    assertEquals(Errno.NAMETOOLONG, guest.onPath("path_create_directory", TMP, "x".repeat(256)));
    assertEquals(List.of("a"), guest.list(TMP, 4096));
  }

  @Test
  void opening_says_what_is_in_the_way() {
    guest.onPath("path_create_directory", TMP, "dir");
    guest.create(TMP, "f");
    assertEquals(Errno.ISDIR, guest.tryOpen(TMP, "dir", 1, Rights.FD_WRITE));
    assertEquals(Errno.EXIST, guest.tryOpen(TMP, "dir", 1 | 4, Rights.FD_WRITE));
    assertEquals(Errno.EXIST, guest.tryOpen(TMP, "f", 1 | 4, Rights.FD_WRITE));
    assertEquals(Errno.ISDIR, guest.tryOpen(TMP, "new/", 1, Rights.FD_WRITE));
    assertEquals(Errno.NOENT, guest.tryOpen(TMP, "new", 0, Rights.FD_WRITE));
    assertEquals(Errno.INVAL, guest.tryOpen(TMP, "f", 16, Rights.FD_WRITE));
    assertEquals("ISDIR", guest.read(guest.open(TMP, "dir"), 1));
    assertEquals(Errno.BADF, guest.write(guest.open(TMP, "dir"), "x"));
  }

  @Test
  void renaming_follows_posix() {
    guest.onPath("path_create_directory", TMP, "a");
    guest.onPath("path_create_directory", TMP, "b");
    guest.write(guest.create(TMP, "a/f"), "content");
    assertEquals(Errno.SUCCESS, guest.rename(TMP, "a/f", TMP, "b/g"));
    assertEquals("content", guest.content(TMP, "b/g"));
    assertEquals(Errno.NOENT, guest.rename(TMP, "a/f", TMP, "b/g"));
    guest.write(guest.create(TMP, "other"), "other");
    assertEquals(Errno.SUCCESS, guest.rename(TMP, "other", TMP, "b/g"));
    assertEquals("other", guest.content(TMP, "b/g"));
    assertEquals(Errno.SUCCESS, guest.rename(TMP, "b/g", TMP, "b/g"));
    assertEquals(Errno.INVAL, guest.rename(TMP, "b", TMP, "b/inside"));
    assertEquals(Errno.ISDIR, guest.rename(TMP, "b/g", TMP, "a"));
    assertEquals(Errno.NOTDIR, guest.rename(TMP, "a", TMP, "b/g"));
    assertEquals(Errno.NOTEMPTY, guest.rename(TMP, "a", TMP, "b"));
    assertEquals(Errno.SUCCESS, guest.rename(TMP, "b", TMP, "a"));
    assertEquals("other", guest.content(TMP, "a/g"));
    assertEquals(Errno.INVAL, guest.rename(TMP, ".", TMP, "x"));
  }

  @Test
  void a_removed_file_lives_as_long_as_it_is_open() {
    int fd = guest.create(TMP, "f");
    guest.write(fd, "still");
    assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, "f"));
    assertEquals("still", guest.pread(fd, 100, 0));
    assertEquals(Errno.SUCCESS, guest.call("fd_close", fd));
    assertEquals(heldBefore, guest.budget.held());
  }

  @Test
  void everything_that_is_held_is_counted_and_comes_back() {
    guest.onPath("path_create_directory", TMP, "d");
    for (int i = 0; i < 100; i++) {
      int fd = guest.create(TMP, "d/" + i);
      guest.pwrite(fd, "x".repeat(5000), i * 100L);
      guest.call("fd_close", fd);
    }
    long held = guest.budget.held() - heldBefore;
    assertTrue(held > 100 * 8192, "only " + held + " bytes counted");
    int fd = guest.create(TMP, "d/0");
    guest.call("fd_close", fd);
    for (int i = 0; i < 100; i++) {
      assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, "d/" + i));
    }
    assertEquals(Errno.SUCCESS, guest.onPath("path_remove_directory", TMP, "d"));
    assertEquals(heldBefore, guest.budget.held());
  }

  @Test
  void a_guest_can_remove_what_it_lists_while_it_lists() {
    for (int i = 0; i < 300; i++) {
      guest.call("fd_close", guest.create(TMP, "n%03d".formatted(i)));
    }
    List<String> seen = new ArrayList<>();
    long cookie = 2;
    while (true) {
      guest.call("fd_readdir", TMP, 20_000, 24 + 4, cookie, WasiGuest.RESULT);
      if (guest.result() < 28) {
        break;
      }
      cookie = guest.memory.getLong(20_000);
      String name = "n%03d".formatted(seen.size());
      seen.add(name);
      assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, name));
    }
    assertEquals(300, seen.size());
    assertEquals(List.of(), guest.list(TMP, 4096));
  }

  @Test
  void the_quota_is_full_once_and_for_all_kinds_of_use() {
    int fd = guest.create(TMP, "f");
    String block = "x".repeat(4096);
    int blocks = 0;
    while (guest.write(fd, block) == Errno.SUCCESS) {
      blocks++;
    }
    assertTrue(blocks > 200 && blocks < 256, blocks + " blocks");
    assertEquals(Errno.NOSPC, guest.write(fd, block));
    int files = 0;
    while (guest.tryOpen(TMP, "f" + files, 1, Rights.FD_WRITE) == Errno.SUCCESS) {
      guest.call("fd_close", guest.result());
      files++;
    }
    assertEquals(Errno.NOSPC, guest.tryOpen(TMP, "one more", 1, Rights.FD_WRITE));
    assertEquals(Errno.NOSPC, guest.onPath("path_create_directory", TMP, "d"));
    assertEquals(Errno.NOSPC, guest.pwrite(fd, "x", WasiGuest.SCRATCH));
    assertEquals(Errno.NOSPC, guest.pwrite(fd, "x", Long.MAX_VALUE));
    assertTrue(guest.budget.held() - heldBefore <= WasiGuest.SCRATCH);
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_size", fd, 0));
    assertEquals(Errno.SUCCESS, guest.write(fd, block));
  }

  @Test
  void the_node_having_no_more_ends_the_guest() {
    int fd = guest.create(TMP, "f");
    Budgets.exhaust(guest.budget);
    GuestStopped stopped =
        assertThrows(GuestStopped.class, () -> guest.write(fd, "x".repeat(5000)));
    assertEquals(new StopReason.NoNodeMemory(), stopped.reason());
  }

  @Test
  void times_are_of_the_guests_own_clock_or_what_it_sets() {
    int fd = guest.create(TMP, "f");
    guest.stat(TMP, "f", true);
    long created = guest.memory.getLong(WasiGuest.RESULT + 48);
    assertTrue(created >= WasiGuest.BASE_NANOS);
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_times", fd, 0, 12_345, 4));
    guest.stat(TMP, "f", true);
    assertEquals(12_345, guest.memory.getLong(WasiGuest.RESULT + 48));
    assertEquals(Errno.INVAL, guest.call("fd_filestat_set_times", fd, 0, 0, 4 | 8));
    assertEquals(Errno.INVAL, guest.call("fd_filestat_set_times", 0, 0, 0, 4));
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_times", TMP, 0, 0, 8));
  }

  @Test
  void links_are_not_offered() {
    guest.memory.putByte(1024, 'x');
    assertEquals(Errno.NOTSUP, guest.call("path_symlink", 1024, 1, TMP, 1024, 1));
    assertEquals(Errno.NOTSUP, guest.call("path_link", TMP, 0, 1024, 1, TMP, 1024, 1));
  }
}
