package dev.limpet.wasmhost.wasi;

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

  /** What a directory that is written has besides. */
  static final long DIRECTORY_WRITE =
      PATH_CREATE_DIRECTORY
          | PATH_CREATE_FILE
          | PATH_RENAME_SOURCE
          | PATH_RENAME_TARGET
          | PATH_FILESTAT_SET_SIZE
          | PATH_FILESTAT_SET_TIMES
          | PATH_REMOVE_DIRECTORY
          | PATH_UNLINK_FILE
          | FD_FILESTAT_SET_TIMES;

  private Rights() {}
}
