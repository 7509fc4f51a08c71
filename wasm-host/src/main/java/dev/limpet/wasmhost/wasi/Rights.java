package dev.limpet.wasmhost.wasi;

import java.util.List;
import java.util.Map;

/** Rights of descriptors, bits of preview 1. Libraries look at them to see what a file can do. */
final class Rights {

  static final long FD_DATASYNC = 1;
  static final long FD_READ = 1 << 1;
  static final long FD_SEEK = 1 << 2;
  static final long FD_FDSTAT_SET_FLAGS = 1 << 3;
  static final long FD_SYNC = 1 << 4;
  static final long FD_TELL = 1 << 5;
  static final long FD_WRITE = 1 << 6;
  static final long FD_ADVISE = 1 << 7;
  static final long FD_ALLOCATE = 1 << 8;
  static final long PATH_CREATE_DIRECTORY = 1 << 9;
  static final long PATH_CREATE_FILE = 1 << 10;
  static final long PATH_LINK_SOURCE = 1 << 11;
  static final long PATH_LINK_TARGET = 1 << 12;
  static final long PATH_OPEN = 1 << 13;
  static final long FD_READDIR = 1 << 14;
  static final long PATH_READLINK = 1 << 15;
  static final long PATH_RENAME_SOURCE = 1 << 16;
  static final long PATH_RENAME_TARGET = 1 << 17;
  static final long PATH_FILESTAT_GET = 1 << 18;
  static final long PATH_FILESTAT_SET_SIZE = 1 << 19;
  static final long PATH_FILESTAT_SET_TIMES = 1 << 20;
  static final long FD_FILESTAT_GET = 1 << 21;
  static final long FD_FILESTAT_SET_SIZE = 1 << 22;
  static final long FD_FILESTAT_SET_TIMES = 1 << 23;
  static final long PATH_SYMLINK = 1 << 24;
  static final long PATH_REMOVE_DIRECTORY = 1 << 25;
  static final long PATH_UNLINK_FILE = 1 << 26;
  static final long POLL_FD_READWRITE = 1 << 27;

  /** Of a stream that is read. */
  static final long STREAM_IN = FD_READ | FD_FILESTAT_GET | POLL_FD_READWRITE;

  /** Of a stream that is written. */
  static final long STREAM_OUT = FD_WRITE | FD_FILESTAT_GET | POLL_FD_READWRITE;

  /** Of a file that is read. */
  static final long FILE_READ =
      FD_READ
          | FD_SEEK
          | FD_TELL
          | FD_ADVISE
          | FD_FILESTAT_GET
          | POLL_FD_READWRITE
          | FD_FDSTAT_SET_FLAGS
          | FD_SYNC
          | FD_DATASYNC;

  /** What a file that is written has besides. */
  static final long FILE_WRITE =
      FD_WRITE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE | FD_FILESTAT_SET_TIMES;

  /** Of a directory that is read. */
  static final long DIRECTORY_READ =
      PATH_OPEN | FD_READDIR | PATH_READLINK | PATH_FILESTAT_GET | FD_FILESTAT_GET;

  /**
   * What a directory that is written has besides. Those to make links are among them, though links
   * cannot be made: libraries expect the whole set, and the call itself says NOTSUP.
   */
  static final long DIRECTORY_WRITE =
      PATH_CREATE_DIRECTORY
          | PATH_CREATE_FILE
          | PATH_LINK_SOURCE
          | PATH_LINK_TARGET
          | PATH_SYMLINK
          | PATH_RENAME_SOURCE
          | PATH_RENAME_TARGET
          | PATH_FILESTAT_SET_SIZE
          | PATH_FILESTAT_SET_TIMES
          | PATH_REMOVE_DIRECTORY
          | PATH_UNLINK_FILE
          | FD_FILESTAT_SET_TIMES;

  /**
   * What a function needs of a descriptor.
   *
   * @param argument index of the descriptor among the arguments
   * @param right which may not have been given up
   */
  record Need(int argument, long right) {}

  private static final Map<String, List<Need>> NEEDS =
      Map.ofEntries(
          of("fd_advise", FD_ADVISE),
          of("fd_allocate", FD_ALLOCATE),
          of("fd_datasync", FD_DATASYNC),
          of("fd_fdstat_set_flags", FD_FDSTAT_SET_FLAGS),
          of("fd_filestat_get", FD_FILESTAT_GET),
          of("fd_filestat_set_size", FD_FILESTAT_SET_SIZE),
          of("fd_filestat_set_times", FD_FILESTAT_SET_TIMES),
          of("fd_pread", FD_READ),
          of("fd_pwrite", FD_WRITE),
          of("fd_read", FD_READ),
          of("fd_readdir", FD_READDIR),
          of("fd_seek", FD_SEEK),
          of("fd_sync", FD_SYNC),
          of("fd_tell", FD_TELL),
          of("fd_write", FD_WRITE),
          of("path_create_directory", PATH_CREATE_DIRECTORY),
          of("path_filestat_get", PATH_FILESTAT_GET),
          of("path_filestat_set_times", PATH_FILESTAT_SET_TIMES),
          Map.entry(
              "path_link", List.of(new Need(0, PATH_LINK_SOURCE), new Need(4, PATH_LINK_TARGET))),
          of("path_open", PATH_OPEN),
          of("path_readlink", PATH_READLINK),
          of("path_remove_directory", PATH_REMOVE_DIRECTORY),
          Map.entry(
              "path_rename",
              List.of(new Need(0, PATH_RENAME_SOURCE), new Need(3, PATH_RENAME_TARGET))),
          Map.entry("path_symlink", List.of(new Need(2, PATH_SYMLINK))),
          of("path_unlink_file", PATH_UNLINK_FILE));

  private Rights() {}

  private static Map.Entry<String, List<Need>> of(String function, long right) {
    return Map.entry(function, List.of(new Need(0, right)));
  }

  /** What a function needs; nothing when there is no right for it. */
  static List<Need> needs(String function) {
    return NEEDS.getOrDefault(function, List.of());
  }
}
