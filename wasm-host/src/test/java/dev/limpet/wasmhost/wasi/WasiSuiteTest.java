package dev.limpet.wasmhost.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the public tests of preview 1 look at and no other test of ours does; the README of this
 * module says which test of ours stands for which of theirs.
 */
final class WasiSuiteTest {

  private static final int TMP = 3;
  private static final int AT = 40_000;

  private final Path directory;
  private final WasiGuest guest;

  WasiSuiteTest(@TempDir Path directory) {
    this.directory = directory;
    guest = WasiGuest.with(directory);
  }

  private int makeDirectory(String name) {
    assertEquals(Errno.SUCCESS, guest.onPath("path_create_directory", TMP, name));
    return guest.open(TMP, name);
  }

  private void make(String file) {
    guest.call("fd_close", guest.create(TMP, file));
  }

  private long rights(int fd, int field) {
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_get", fd, AT));
    return guest.memory.getLong(AT + field);
  }

  private long stat(int fd, int field) {
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_get", fd, AT));
    return guest.memory.getLong(AT + field);
  }

  @Test
  void a_directory_is_no_file() {
    int dir = makeDirectory("d");
    guest.iovec(0, 20_000, 128);
    assertEquals(Errno.ISDIR, guest.call("fd_read", dir, guest.iovecs(), 1, WasiGuest.RESULT));
    assertEquals(Errno.BADF, guest.call("fd_pread", dir, guest.iovecs(), 1, 0, WasiGuest.RESULT));
    assertEquals(Errno.BADF, guest.call("fd_write", dir, guest.iovecs(), 1, WasiGuest.RESULT));
    assertEquals(Errno.BADF, guest.call("fd_pwrite", dir, guest.iovecs(), 1, 0, WasiGuest.RESULT));
    for (int whence = 0; whence < 3; whence++) {
      assertEquals(Errno.BADF, guest.call("fd_seek", dir, 0, whence, WasiGuest.RESULT));
    }
    assertEquals(Errno.BADF, guest.call("fd_tell", dir, WasiGuest.RESULT));
    assertEquals(Errno.BADF, guest.call("fd_allocate", dir, 0, 0));
    assertEquals(Errno.BADF, guest.call("fd_filestat_set_size", dir, 0));
    assertEquals(0, rights(dir, 8) & Rights.FD_SEEK);
    assertEquals(Errno.SUCCESS, guest.call("fd_prestat_dir_name", TMP, AT, 5));
  }

  @Test
  void a_directory_is_opened_with_what_it_has_and_not_to_be_written() {
    long base = rights(TMP, 8);
    assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, ".", 0, base));
    assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, ".", 2, 0));
    assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, ".", 2, Rights.FD_READ));
    long both = Rights.FD_READ | Rights.FD_WRITE;
    assertEquals(Errno.ISDIR, guest.tryOpen(TMP, ".", 2, both));
    assertEquals(Rights.DIRECTORY_READ | Rights.DIRECTORY_WRITE, base);
    assertEquals(base, rights(TMP, 16) & base);
  }

  @Test
  void a_listing_begins_with_the_directory_itself() {
    int dir = makeDirectory("d");
    assertEquals(List.of(".", ".."), guest.listAll(dir, 256));
    long inode = stat(dir, 8);
    make("d/file");
    assertEquals(List.of(".", "..", "file"), guest.listAll(dir, 256));
    assertEquals(Errno.SUCCESS, guest.call("fd_readdir", dir, AT, 256, 0, WasiGuest.RESULT));
    assertEquals(inode, guest.memory.getLong(AT + 8));
    assertEquals(FsDirectory.TYPE, guest.memory.getByte(AT + 20));
    long second = guest.memory.getLong(AT + 25);
    assertEquals(Errno.SUCCESS, guest.call("fd_readdir", dir, AT, 256, second, WasiGuest.RESULT));
    assertEquals(24 + 4, guest.result());
  }

  @Test
  void a_listing_fills_the_buffer_however_large_and_goes_on_from_its_end() {
    List<String> names = new ArrayList<>(List.of(".", ".."));
    InMemoryDataMount data = InMemoryDataMount.directory();
    for (int i = 0; i < 5000; i++) {
      names.add("file.%04d".formatted(i));
      data.add(names.getLast(), "");
    }
    WasiGuest reader = WasiGuest.with(directory, data);
    assertEquals(names, reader.listAll(3, 100_000));
    assertEquals(names, reader.listAll(3, 256));
  }

  @Test
  void paths_with_slashes_and_dots() {
    int dir = makeDirectory("dir");
    assertEquals(Errno.SUCCESS, guest.onPath("path_create_directory", dir, "nested"));
    make("dir/nested/file");
    String winding = "nested/.././/nested/../nested///./file";
    assertEquals(Errno.SUCCESS, guest.tryOpen(dir, winding, 0, 0));
    assertEquals(Errno.INVAL, guest.tryOpen(dir, "nested/file\0", 0, 0));
    assertEquals(Errno.NOTDIR, guest.tryOpen(dir, "nested/file/", 0, 0));
    assertEquals(Errno.NOTDIR, guest.tryOpen(dir, "nested/file///", 0, 0));
    assertEquals(Errno.SUCCESS, guest.tryOpen(dir, "nested/", 0, 0));
    assertEquals(Errno.SUCCESS, guest.tryOpen(dir, "nested///", 0, 0));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "nested/../../dir/nested/file", 0, 0));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "/dir/nested/file", 0, 0));
    assertEquals(Errno.NOTEMPTY, guest.onPath("path_remove_directory", TMP, "dir"));
  }

  @Test
  void slashes_at_the_end_are_for_directories() {
    makeDirectory("d");
    assertEquals(Errno.ISDIR, guest.onPath("path_unlink_file", TMP, "d"));
    assertEquals(Errno.ISDIR, guest.onPath("path_unlink_file", TMP, "d/"));
    for (String[] names : new String[][] {{"d/", "e"}, {"e", "d/"}, {"d/", "e/"}, {"e", "d"}}) {
      assertEquals(Errno.SUCCESS, guest.rename(TMP, names[0], TMP, names[1]), names[0]);
    }
    assertEquals(Errno.SUCCESS, guest.onPath("path_remove_directory", TMP, "d/"));
    make("f");
    assertEquals(Errno.NOTDIR, guest.onPath("path_unlink_file", TMP, "f/"));
    assertEquals(Errno.NOTDIR, guest.onPath("path_remove_directory", TMP, "f"));
    assertEquals(Errno.NOTDIR, guest.onPath("path_remove_directory", TMP, "f/"));
    assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, "f"));
  }

  @Test
  void a_dot_at_the_end_is_the_directory_and_not_its_entry() {
    assertEquals(Errno.NOENT, guest.onPath("path_create_directory", TMP, "d/."));
    assertEquals(Errno.NOENT, guest.tryOpen(TMP, "f/.", 1, 0));
    assertEquals(Errno.NOENT, guest.onPath("path_unlink_file", TMP, "d/"));
    makeDirectory("d");
    make("f");
    for (String path : new String[] {"d/.", "d/./", "d//.//"}) {
      assertEquals(Errno.EXIST, guest.onPath("path_create_directory", TMP, path), path);
      assertEquals(Errno.INVAL, guest.onPath("path_remove_directory", TMP, path), path);
      assertEquals(Errno.INVAL, guest.rename(TMP, path, TMP, "e"), path);
      assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, path, 2, 0), path);
    }
    assertEquals(Errno.NOTDIR, guest.tryOpen(TMP, "f/.", 0, 0));
    assertEquals(Errno.SUCCESS, guest.onPath("path_remove_directory", TMP, "d"));
  }

  @Test
  void what_was_removed_while_it_is_open_has_no_links() {
    int file = guest.create(TMP, "f");
    int dir = makeDirectory("d");
    int replaced = guest.create(TMP, "g");
    make("h");
    assertEquals(1, stat(file, 24));
    assertEquals(1, stat(dir, 24));
    assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, "f"));
    assertEquals(Errno.SUCCESS, guest.onPath("path_remove_directory", TMP, "d"));
    assertEquals(Errno.SUCCESS, guest.rename(TMP, "h", TMP, "g"));
    assertEquals(0, stat(file, 24));
    assertEquals(0, stat(dir, 24));
    assertEquals(0, stat(replaced, 24));
  }

  @Test
  void names_are_free_again_while_what_had_them_is_open() {
    int file = guest.create(TMP, "f");
    assertEquals(Errno.SUCCESS, guest.onPath("path_unlink_file", TMP, "f"));
    assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, "f", 1 | 4, 0));
    assertNotEquals(stat(file, 8), stat(guest.result(), 8));
    int dir = makeDirectory("d");
    assertEquals(Errno.SUCCESS, guest.onPath("path_remove_directory", TMP, "d"));
    assertEquals(Errno.NOENT, guest.onPath("path_create_directory", dir, "below"));
    makeDirectory("d");
  }

  @Test
  void any_descriptor_is_closed_or_replaced() {
    int dir = makeDirectory("d");
    long inode = stat(dir, 8);
    assertEquals(Errno.SUCCESS, guest.call("fd_renumber", dir, TMP));
    assertEquals(inode, stat(TMP, 8));
    assertEquals(Errno.BADF, guest.call("fd_close", dir));
    for (int stream = 0; stream < 3; stream++) {
      int file = guest.create(TMP, "f");
      assertEquals(Errno.SUCCESS, guest.call("fd_renumber", stream, file));
      assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_get", file, AT));
      assertEquals(Errno.BADF, guest.call("fd_fdstat_get", stream, AT));
    }
    assertEquals(Errno.SUCCESS, guest.call("fd_close", TMP));
    assertEquals(Errno.BADF, guest.call("fd_prestat_get", TMP, AT));
  }

  @Test
  void flags_are_kept_and_appending_can_be_ended() {
    String data = "x".repeat(100);
    int fd = guest.create(TMP, "f");
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_flags", fd, 1 | 16));
    assertEquals(1 | 16, rights(fd, 0) >> 16 & 0xffff);
    for (int i = 0; i < 2; i++) {
      assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, 0, 0, WasiGuest.RESULT));
      assertEquals(Errno.SUCCESS, guest.write(fd, data));
    }
    assertEquals(200, stat(fd, 32));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_flags", fd, 0));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, 0, 0, WasiGuest.RESULT));
    assertEquals(Errno.SUCCESS, guest.write(fd, data));
    assertEquals(200, stat(fd, 32));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_flags", fd, 1));
    assertEquals(Errno.SUCCESS, guest.pwrite(fd, "yyy", 0));
    assertEquals("yyyx", guest.pread(fd, 4, 0));
    assertEquals(Errno.SUCCESS, guest.call("fd_tell", fd, WasiGuest.RESULT));
    assertEquals(100, guest.memory.getLong(WasiGuest.RESULT));
  }

  @Test
  void each_time_is_set_alone_and_in_one_way() {
    int fd = guest.create(TMP, "f");
    long before = stat(fd, 48);
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_times", fd, 7, before - 100, 4));
    assertEquals(before - 100, stat(fd, 48));
    assertEquals(before, stat(fd, 40));
    assertEquals(
        Errno.SUCCESS, guest.call("path_filestat_set_times", TMP, 0, 1024, path("f"), 9, 7, 1));
    assertEquals(before - 100, stat(fd, 48));
    assertEquals(9, stat(fd, 40));
    for (int both : new int[] {1 | 2, 4 | 8}) {
      assertEquals(Errno.INVAL, guest.call("fd_filestat_set_times", fd, 1, 2, both));
    }
    assertEquals(9, stat(fd, 40));
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_set_times", fd, 0, 0, 2 | 8));
    assertTrue(stat(fd, 40) >= before && stat(fd, 48) == stat(fd, 40));
  }

  /** Lays a path out and gives its length. */
  private long path(String name) {
    assertEquals(Errno.SUCCESS, guest.stat(TMP, name, false));
    return name.length();
  }

  @Test
  void a_right_that_is_given_up_is_gone() {
    int fd = guest.create(TMP, "f");
    assertEquals(Errno.SUCCESS, guest.write(fd, "text"));
    long all = rights(fd, 8);
    long kept = all & ~(Rights.FD_READ | Rights.FD_WRITE);
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", fd, kept, 0));
    assertEquals(kept, rights(fd, 8));
    assertEquals("NOTCAPABLE", guest.read(fd, 1));
    assertEquals(Errno.NOTCAPABLE, guest.write(fd, "x"));
    assertEquals(Errno.NOTCAPABLE, guest.call("fd_fdstat_set_rights", fd, all, 0));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, 0, 0, WasiGuest.RESULT));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", fd, 0, 0));
    for (String call : List.of("fd_sync", "fd_datasync")) {
      assertEquals(Errno.NOTCAPABLE, guest.call(call, fd));
    }
    assertEquals(Errno.NOTCAPABLE, guest.call("fd_seek", fd, 0, 0, WasiGuest.RESULT));
    assertEquals(Errno.NOTCAPABLE, guest.call("fd_filestat_get", fd, AT));
    assertEquals(Errno.SUCCESS, guest.call("fd_close", fd));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", 1, 0, 0));
    assertEquals(Errno.NOTCAPABLE, guest.write(1, "x"));
    assertEquals(0, guest.output.size());
  }

  @Test
  void what_a_directory_passes_on_becomes_less_with_it() {
    int dir = makeDirectory("d");
    make("d/f");
    long base = rights(dir, 8);
    long passedOn = rights(dir, 16);
    assertEquals(0, base & Rights.FD_FILESTAT_SET_SIZE);
    assertEquals(Errno.SUCCESS, guest.tryOpen(dir, "f", 8, 0));
    long less = passedOn & ~Rights.FD_READ;
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", dir, base, less));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "f", 0, Rights.FD_READ));
    assertEquals(Errno.SUCCESS, guest.tryOpen(dir, "f", 8, 0));
    assertEquals("BADF", guest.read(guest.result(), 1));
    long fixed = base & ~(Rights.PATH_FILESTAT_SET_SIZE | Rights.PATH_CREATE_FILE);
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", dir, fixed, less));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "f", 8, 0));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "g", 1, 0));
    assertEquals(Errno.SUCCESS, guest.tryOpen(dir, "f", 0, 0));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", dir, 0, 0));
    assertEquals(Errno.NOTCAPABLE, guest.rename(dir, "f", TMP, "g"));
    assertEquals(Errno.NOTCAPABLE, guest.rename(TMP, "d", dir, "g"));
    assertEquals(Errno.NOTCAPABLE, guest.onPath("path_unlink_file", dir, "f"));
    assertEquals(List.of("NOTCAPABLE"), guest.list(dir, 256));
  }

  @Test
  void a_file_is_read_or_written_as_it_was_opened() {
    make("f");
    int reader = guest.open(TMP, "f");
    assertEquals(Errno.BADF, guest.write(reader, "x"));
    assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, "f", 0, Rights.FD_WRITE));
    int writer = guest.result();
    assertEquals("BADF", guest.read(writer, 1));
    assertEquals(Errno.SUCCESS, guest.write(writer, "some"));
    assertEquals("some", guest.read(reader, 100));
    assertEquals(Rights.FD_WRITE, rights(writer, 8));
    assertEquals(0, rights(writer, 16));
    assertEquals(FsFile.TYPE, guest.memory.getByte(AT));
    assertEquals(Errno.SUCCESS, guest.tryOpen(TMP, "f", 1 | 8, Rights.FILE_READ));
    assertEquals("", guest.read(guest.result(), 10));
  }

  @Test
  void a_file_that_is_missing_is_not_created_unless_that_is_asked_for() {
    WasiGuest reader = WasiGuest.with(directory, InMemoryDataMount.directory().add("a", "x"));
    long[] rights = {Rights.FILE_READ, Rights.FILE_READ | Rights.FILE_WRITE};
    for (int how : new int[] {0, 8}) {
      assertEquals(Errno.NOENT, reader.tryOpen(3, "missing", how, rights[0]));
      assertEquals(Errno.NOENT, reader.tryOpen(4, "missing", how, rights[0]));
      assertEquals(Errno.NOENT, reader.tryOpen(4, "missing", how, rights[1]));
    }
    assertEquals(List.of("a"), reader.list(3, 4096));
    assertEquals(List.of(), reader.list(4, 4096));
    assertEquals(Errno.ROFS, reader.tryOpen(3, "missing", 1, rights[1]));
    assertEquals(List.of("a"), reader.list(3, 4096));
    assertEquals(Errno.SUCCESS, reader.tryOpen(4, "missing", 1, rights[1]));
    assertEquals(List.of("missing"), reader.list(4, 4096));
  }

  @Test
  void an_advice_changes_nothing_and_an_allocation_only_makes_longer() {
    int fd = guest.create(TMP, "f");
    assertEquals(Errno.SUCCESS, guest.call("fd_allocate", fd, 0, 100));
    assertEquals(Errno.SUCCESS, guest.call("fd_advise", fd, 10, 50, 0));
    assertEquals(Errno.INVAL, guest.call("fd_advise", fd, 10, 50, 6));
    assertEquals(Errno.SUCCESS, guest.call("fd_allocate", fd, 10, 10));
    assertEquals(100, stat(fd, 32));
    assertEquals(Errno.SUCCESS, guest.call("fd_allocate", fd, 90, 20));
    assertEquals(110, stat(fd, 32));
  }

  @Test
  void a_position_beyond_the_end_is_one_and_before_the_start_is_none() {
    int fd = guest.create(TMP, "f");
    assertEquals(Errno.SUCCESS, guest.write(fd, "x".repeat(100)));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, 1000, 1, WasiGuest.RESULT));
    assertEquals(1100, guest.memory.getLong(WasiGuest.RESULT));
    assertEquals("", guest.read(fd, 10));
    assertEquals(Errno.INVAL, guest.call("fd_seek", fd, -2000, 1, WasiGuest.RESULT));
    assertEquals(Errno.SUCCESS, guest.call("fd_tell", fd, WasiGuest.RESULT));
    assertEquals(1100, guest.memory.getLong(WasiGuest.RESULT));
  }

  @Test
  void a_socket_call_knows_what_is_open() {
    assertEquals(Errno.NOTSOCK, guest.call("sock_shutdown", 1, 0));
    assertEquals(Errno.BADF, guest.call("sock_shutdown", 99, 0));
    assertEquals(Errno.BADF, guest.write(99, "x"));
  }
}
