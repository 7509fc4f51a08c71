package dev.limpet.wasmhost.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.data.InMemoryDataMount;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.StopReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest can do with its data. */
final class WasiDataTest {

  private static final int DATA = 3;

  private final Path directory;
  private final InMemoryDataMount data;
  private final WasiGuest guest;

  WasiDataTest(@TempDir Path directory) {
    this.directory = directory;
    data =
        InMemoryDataMount.directory()
            .add("a.txt", "0123456789")
            .add("dir/b.txt", "below")
            .add("dir/deep/c.txt", "deep")
            .addLink("link", "dir/b.txt")
            .addLink("dir/up", "../a.txt")
            .addLink("dir/out", "../../a.txt")
            .addLink("absolute", "/data/a.txt")
            .addLink("host", "/etc/passwd")
            .addLink("loop", "loop2")
            .addLink("loop2", "loop")
            .addLink("todir", "dir/deep/");
    guest = WasiGuest.with(directory, data);
  }

  @Test
  void preopens_are_data_and_then_scratch() {
    WasiGuest two =
        WasiGuest.with(directory, InMemoryDataMount.file("x"), InMemoryDataMount.directory());
    assertEquals("/data", preopen(two, 3));
    assertEquals("/data1", preopen(two, 4));
    assertEquals("/tmp", preopen(two, 5));
    assertEquals(Errno.BADF, two.call("fd_prestat_get", 6, WasiGuest.RESULT));
    assertEquals(Errno.BADF, two.call("fd_prestat_get", 1, WasiGuest.RESULT));
    assertEquals(Errno.NAMETOOLONG, two.call("fd_prestat_dir_name", 3, WasiGuest.RESULT, 4));
    assertEquals("/tmp", preopen(WasiGuest.with(directory), 3));
  }

  private static String preopen(WasiGuest guest, int fd) {
    assertEquals(Errno.SUCCESS, guest.call("fd_prestat_get", fd, WasiGuest.RESULT));
    assertEquals(0, guest.memory.getInt(WasiGuest.RESULT));
    int length = guest.memory.getInt(WasiGuest.RESULT + 4);
    assertEquals(Errno.SUCCESS, guest.call("fd_prestat_dir_name", fd, WasiGuest.RESULT, length));
    return new String(
        guest.memory.array(), WasiGuest.RESULT, length, java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void a_file_is_read_sought_and_told() {
    int fd = guest.open(DATA, "a.txt");
    assertEquals("0123", guest.read(fd, 4));
    assertEquals("456789", guest.read(fd, 100));
    assertEquals("", guest.read(fd, 100));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, 2, 0, WasiGuest.RESULT));
    assertEquals("234", guest.read(fd, 3));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, -1, 1, WasiGuest.RESULT));
    assertEquals("45", guest.read(fd, 2));
    assertEquals(Errno.SUCCESS, guest.call("fd_seek", fd, -2, 2, WasiGuest.RESULT));
    assertEquals(Errno.SUCCESS, guest.call("fd_tell", fd, WasiGuest.RESULT));
    assertEquals(8, guest.memory.getLong(WasiGuest.RESULT));
    assertEquals("567", guest.pread(fd, 3, 5));
    assertEquals("89", guest.read(fd, 9));
    assertEquals("", guest.pread(fd, 3, Long.MAX_VALUE));
    assertEquals("INVAL", guest.pread(fd, 3, -1));
    assertEquals(Errno.INVAL, guest.call("fd_seek", fd, -11, 2, WasiGuest.RESULT));
    assertEquals(Errno.INVAL, guest.call("fd_seek", fd, 0, 3, WasiGuest.RESULT));
    assertEquals(Errno.OVERFLOW, guest.call("fd_seek", fd, Long.MAX_VALUE, 1, WasiGuest.RESULT));
  }

  @Test
  void a_read_fills_all_its_buffers_in_order() {
    int fd = guest.open(DATA, "a.txt");
    guest.iovec(0, 20_000, 3);
    guest.iovec(1, 30_000, 0);
    guest.iovec(2, 20_003, 100);
    assertEquals(Errno.SUCCESS, guest.call("fd_read", fd, guest.iovecs(), 3, WasiGuest.RESULT));
    assertEquals(10, guest.result());
    assertEquals('0', guest.memory.getByte(20_000));
    assertEquals('9', guest.memory.getByte(20_009));
    assertEquals(0, guest.memory.getByte(20_010));
  }

  @Test
  void a_read_is_short_only_at_the_end_however_the_data_comes() {
    byte[] large = new byte[3 << 18];
    Arrays.fill(large, (byte) 'x');
    WasiGuest reader = WasiGuest.with(directory, InMemoryDataMount.file(large));
    int fd = reader.open(DATA, ".");
    for (int expected : new int[] {300_000, 300_000, large.length - 600_000, 0}) {
      reader.iovec(0, 20_000, 100_000);
      reader.iovec(1, 120_000, 200_000);
      assertEquals(Errno.SUCCESS, reader.call("fd_read", fd, reader.iovecs(), 2, WasiGuest.RESULT));
      assertEquals(expected, reader.result());
    }
  }

  @Test
  void buffers_outside_the_memory_are_faults() {
    int fd = guest.open(DATA, "a.txt");
    guest.iovec(0, 20_000, -1);
    assertEquals(Errno.FAULT, guest.call("fd_read", fd, guest.iovecs(), 1, WasiGuest.RESULT));
    guest.iovec(0, -4, 8);
    assertEquals(Errno.FAULT, guest.call("fd_read", fd, guest.iovecs(), 1, WasiGuest.RESULT));
    guest.iovec(0, guest.memory.size() - 4, 5);
    assertEquals(Errno.FAULT, guest.call("fd_read", fd, guest.iovecs(), 1, WasiGuest.RESULT));
    guest.iovec(0, 20_000, 4);
    assertEquals(Errno.FAULT, guest.call("fd_read", fd, guest.iovecs(), 1, -2));
    assertEquals(Errno.FAULT, guest.call("fd_read", fd, -8, 1, WasiGuest.RESULT));
    assertEquals(Errno.INVAL, guest.call("fd_read", fd, 0, 100_000, WasiGuest.RESULT));
    assertEquals(Errno.INVAL, guest.call("fd_read", fd, 0, -1, WasiGuest.RESULT));
  }

  @Test
  void no_path_leaves_its_directory() {
    for (String path :
        List.of(
            "..",
            "../a.txt",
            "dir/../../a.txt",
            "dir/out",
            "host",
            "absolute",
            "/etc/passwd",
            "/",
            "/datax/a.txt",
            "./../data/a.txt",
            "dir/deep/../../../x")) {
      assertEquals(Errno.NOTCAPABLE, guest.tryOpen(DATA, path, 0, Rights.FILE_READ), path);
      assertEquals(Errno.NOTCAPABLE, guest.stat(DATA, path, true), path);
    }
    int dir = guest.open(DATA, "dir");
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "../a.txt", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "/data/a.txt", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTCAPABLE, guest.tryOpen(dir, "up", 0, Rights.FILE_READ));
  }

  @Test
  void paths_lead_where_posix_says() {
    for (String path :
        List.of(
            "dir/b.txt",
            "./dir//b.txt",
            "dir/deep/../b.txt",
            "dir/./b.txt",
            "link",
            "/data/dir/b.txt",
            "/data//dir/b.txt")) {
      assertEquals("below", guest.content(DATA, path), path);
    }
    assertEquals("0123456789", guest.content(DATA, "dir/up"));
    assertEquals("deep", guest.content(DATA, "todir/c.txt"));
    assertEquals(Errno.NOENT, guest.tryOpen(DATA, "nope", 0, Rights.FILE_READ));
    assertEquals(Errno.NOENT, guest.tryOpen(DATA, "nope/x", 0, Rights.FILE_READ));
    assertEquals(Errno.NOENT, guest.tryOpen(DATA, "", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTDIR, guest.tryOpen(DATA, "a.txt/", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTDIR, guest.tryOpen(DATA, "a.txt/.", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTDIR, guest.tryOpen(DATA, "a.txt/x", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTDIR, guest.tryOpen(DATA, "a.txt", 2, Rights.FILE_READ));
    assertEquals(Errno.LOOP, guest.tryOpen(DATA, "loop", 0, Rights.FILE_READ));
    assertEquals(Errno.INVAL, guest.tryOpen(DATA, "a\0b", 0, Rights.FILE_READ));
    assertEquals(Errno.NAMETOOLONG, guest.tryOpen(DATA, "x".repeat(5000), 0, Rights.FILE_READ));
    assertEquals(Errno.NOTDIR, guest.tryOpen(guest.open(DATA, "a.txt"), "x", 0, 0));
    assertEquals(Errno.BADF, guest.tryOpen(99, "x", 0, 0));
  }

  @Test
  void a_path_that_is_not_utf_8_is_refused() {
    guest.memory.putByte(1024, 0xC3);
    guest.memory.putByte(1025, 0x28);
    assertEquals(
        Errno.ILSEQ, guest.call("path_open", DATA, 1, 1024, 2, 0, 0, 0, 0, WasiGuest.RESULT));
  }

  @Test
  void links_are_seen_and_read_but_not_opened_unfollowed() {
    assertEquals(Errno.SUCCESS, guest.stat(DATA, "link", false));
    assertEquals(7, guest.memory.getByte(WasiGuest.RESULT + 16));
    assertEquals(Errno.SUCCESS, guest.stat(DATA, "link", true));
    assertEquals(4, guest.memory.getByte(WasiGuest.RESULT + 16));
    assertEquals(
        Errno.SUCCESS, guest.onPath("path_readlink", DATA, "link", 20_000, 3, WasiGuest.RESULT));
    assertEquals(3, guest.result());
    assertEquals('d', guest.memory.getByte(20_000));
    assertEquals(0, guest.memory.getByte(20_003));
    assertEquals(
        Errno.INVAL, guest.onPath("path_readlink", DATA, "a.txt", 20_000, 3, WasiGuest.RESULT));
    guest.onPath("path_readlink", DATA, "link", 20_000, 3, WasiGuest.RESULT);
    assertEquals(
        Errno.LOOP, guest.call("path_open", DATA, 0, 1024, 4, 0, 2, 0, 0, WasiGuest.RESULT));
  }

  @Test
  void data_does_not_change() {
    int fd = guest.open(DATA, "a.txt");
    assertEquals(Errno.BADF, guest.write(fd, "x"));
    assertEquals(Errno.BADF, guest.call("fd_filestat_set_size", fd, 0));
    assertEquals(Errno.BADF, guest.call("fd_allocate", fd, 0, 100));
    assertEquals(Errno.ROFS, guest.call("fd_filestat_set_times", fd, 0, 0, 4));
    assertEquals(Errno.ROFS, guest.tryOpen(DATA, "a.txt", 0, Rights.FD_WRITE));
    assertEquals(Errno.ROFS, guest.tryOpen(DATA, "a.txt", 8, Rights.FD_READ));
    assertEquals(Errno.ROFS, guest.tryOpen(DATA, "new", 1, Rights.FD_READ));
    assertEquals(Errno.SUCCESS, guest.tryOpen(DATA, "a.txt", 1, Rights.FD_READ));
    assertEquals(Errno.EXIST, guest.tryOpen(DATA, "a.txt", 1 | 4, Rights.FD_READ));
    assertEquals(Errno.ROFS, guest.onPath("path_create_directory", DATA, "new"));
    assertEquals(Errno.EXIST, guest.onPath("path_create_directory", DATA, "dir"));
    assertEquals(Errno.ROFS, guest.onPath("path_remove_directory", DATA, "dir"));
    assertEquals(Errno.ROFS, guest.onPath("path_unlink_file", DATA, "a.txt"));
    assertEquals(Errno.ROFS, guest.rename(DATA, "a.txt", DATA, "b"));
    assertEquals(Errno.ROFS, guest.rename(DATA, "a.txt", 4, "b"));
    assertEquals(Errno.ROFS, guest.call("path_symlink", 1024, 3, DATA, 1024, 3));
    assertEquals(Errno.ROFS, guest.call("path_link", DATA, 0, 1024, 3, DATA, 1024, 3));
  }

  @Test
  void states_are_those_of_the_nodes() {
    assertEquals(Errno.SUCCESS, guest.stat(DATA, "a.txt", true));
    assertEquals(1, guest.memory.getLong(WasiGuest.RESULT));
    assertEquals(4, guest.memory.getByte(WasiGuest.RESULT + 16));
    assertEquals(10, guest.memory.getLong(WasiGuest.RESULT + 32));
    long inode = guest.memory.getLong(WasiGuest.RESULT + 8);
    int fd = guest.open(DATA, "a.txt");
    assertEquals(Errno.SUCCESS, guest.call("fd_filestat_get", fd, WasiGuest.RESULT));
    assertEquals(inode, guest.memory.getLong(WasiGuest.RESULT + 8));
    assertEquals(Errno.SUCCESS, guest.stat(DATA, ".", true));
    assertEquals(3, guest.memory.getByte(WasiGuest.RESULT + 16));
    assertEquals(Errno.FAULT, guest.call("fd_filestat_get", fd, guest.memory.size() - 63));
  }

  @Test
  void times_are_those_of_the_data_or_zero_and_never_of_a_clock() {
    for (String path : List.of("a.txt", "dir", "link")) {
      for (long seconds : new long[] {0, 1_234_567}) {
        data.changedAt(seconds);
        assertEquals(Errno.SUCCESS, guest.stat(DATA, path, false));
        for (int field = 40; field < 64; field += 8) {
          assertEquals(seconds * 1_000_000_000, guest.memory.getLong(WasiGuest.RESULT + field));
        }
      }
    }
    data.changedAt(Long.MAX_VALUE);
    assertEquals(Errno.SUCCESS, guest.stat(DATA, "a.txt", true));
    assertTrue(guest.memory.getLong(WasiGuest.RESULT + 48) > 0);
  }

  @Test
  void listings_are_sorted_by_bytes_whatever_the_buffer() {
    InMemoryDataMount many = InMemoryDataMount.directory();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      names.add("n" + i);
    }
    names.add("\uFFFD");
    names.add("\uD83D\uDE00");
    names.forEach(name -> many.add("d/" + name, name));
    WasiGuest reader = WasiGuest.with(directory, many);
    int fd = reader.open(DATA, "d");
    names.sort(Comparator.comparing(WasiDataTest::hex));
    assertEquals(names, reader.list(fd, 32));
    assertEquals(names, reader.list(fd, 4096));
    assertEquals(names, reader.list(fd, 30_000));
    assertEquals(List.of("NOTDIR"), reader.list(reader.open(DATA, "d/n1"), 4096));
  }

  private static String hex(String name) {
    return java.util.HexFormat.of()
        .formatHex(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void a_cookie_that_was_never_given_is_counted_or_empty() {
    int fd = guest.open(DATA, "dir");
    assertEquals(Errno.SUCCESS, guest.call("fd_readdir", fd, 20_000, 1000, 5, WasiGuest.RESULT));
    assertEquals(24 + 2, guest.result());
    assertEquals('u', guest.memory.getByte(20_000 + 24));
    for (long cookie : new long[] {6, 7, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      assertEquals(
          Errno.SUCCESS, guest.call("fd_readdir", fd, 20_000, 1000, cookie, WasiGuest.RESULT));
      assertEquals(0, guest.result(), "cookie " + cookie);
    }
  }

  @Test
  void data_that_is_one_file_is_its_own_path() {
    WasiGuest reader = WasiGuest.with(directory, InMemoryDataMount.file("whole"));
    assertEquals("whole", reader.read(reader.open(DATA, "."), 100));
    assertEquals("whole", reader.read(reader.open(DATA, "/data"), 100));
    assertEquals(Errno.NOTDIR, reader.tryOpen(DATA, "x", 0, Rights.FILE_READ));
    assertEquals(Errno.NOTDIR, reader.tryOpen(DATA, "..", 0, Rights.FILE_READ));
    assertEquals(Errno.ROFS, reader.tryOpen(DATA, ".", 0, Rights.FD_WRITE));
    assertEquals(Errno.SUCCESS, reader.stat(DATA, ".", true));
    assertEquals(5, reader.memory.getLong(WasiGuest.RESULT + 32));
    assertEquals(List.of("NOTDIR"), reader.list(DATA, 4096));
    assertEquals(Errno.ROFS, reader.onPath("path_unlink_file", DATA, "."));
  }

  @Test
  void open_files_are_limited_and_numbers_are_used_again() {
    for (int i = 0; i < 8; i++) {
      assertEquals(5 + i, guest.open(DATA, "a.txt"));
    }
    assertEquals(Errno.MFILE, guest.tryOpen(DATA, "a.txt", 0, Rights.FILE_READ));
    assertEquals(Errno.SUCCESS, guest.call("fd_close", 7));
    assertEquals(Errno.BADF, guest.call("fd_close", 7));
    assertEquals(7, guest.open(DATA, "a.txt"));
    assertEquals(Errno.SUCCESS, guest.call("fd_renumber", 7, 9));
    assertEquals("BADF", guest.read(7, 1));
    assertEquals("0", guest.read(9, 1));
    assertEquals(Errno.BADF, guest.call("fd_renumber", 9, 77));
    assertEquals(Errno.SUCCESS, guest.call("fd_renumber", 9, 9));
    assertEquals("1", guest.read(9, 1));
    assertEquals(Errno.BADF, guest.call("fd_close", -1));
  }

  @Test
  void rights_only_become_fewer() {
    int fd = guest.open(DATA, "a.txt");
    assertEquals(Errno.NOTCAPABLE, guest.call("fd_fdstat_set_rights", fd, Rights.FD_WRITE, 0));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_set_rights", fd, Rights.FD_TELL, 0));
    assertEquals("NOTCAPABLE", guest.read(fd, 1));
    assertEquals(Errno.SUCCESS, guest.call("fd_fdstat_get", fd, WasiGuest.RESULT));
    assertEquals(4, guest.memory.getByte(WasiGuest.RESULT));
    assertEquals(Rights.FD_TELL, guest.memory.getLong(WasiGuest.RESULT + 8));
  }

  @Test
  void lost_data_ends_the_guest_wherever_it_is_met() {
    int fd = guest.open(DATA, "a.txt");
    int dir = guest.open(DATA, "dir");
    data.lose();
    for (Runnable use :
        List.<Runnable>of(
            () -> guest.read(fd, 10),
            () -> guest.list(dir, 100),
            () -> guest.stat(DATA, "dir/b.txt", true))) {
      GuestStopped stopped = assertThrows(GuestStopped.class, use::run);
      assertEquals(new StopReason.DataUnavailable("the fake lost its data"), stopped.reason());
    }
  }
}
