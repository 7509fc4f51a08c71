package dev.limpet.wasmgate;

import static java.util.Map.entry;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The 46 functions of WASI preview 1 and their types. Signatures are written as letters, {@code
 * "iiI>i"}: parameters, an arrow, results, with {@code i I f F} for i32, i64, f32, f64. Source:
 * {@code wasi_snapshot_preview1.witx} of the WASI specification, lowered to core types.
 */
public final class WasiPreview1 {
  /** The module part of every name of preview 1. */
  public static final String MODULE = "wasi_snapshot_preview1";

  private static final Map<String, String> SIGNATURES =
      new TreeMap<>(
          Map.ofEntries(
              entry("args_get", "ii>i"),
              entry("args_sizes_get", "ii>i"),
              entry("clock_res_get", "ii>i"),
              entry("clock_time_get", "iIi>i"),
              entry("environ_get", "ii>i"),
              entry("environ_sizes_get", "ii>i"),
              entry("fd_advise", "iIIi>i"),
              entry("fd_allocate", "iII>i"),
              entry("fd_close", "i>i"),
              entry("fd_datasync", "i>i"),
              entry("fd_fdstat_get", "ii>i"),
              entry("fd_fdstat_set_flags", "ii>i"),
              entry("fd_fdstat_set_rights", "iII>i"),
              entry("fd_filestat_get", "ii>i"),
              entry("fd_filestat_set_size", "iI>i"),
              entry("fd_filestat_set_times", "iIIi>i"),
              entry("fd_pread", "iiiIi>i"),
              entry("fd_prestat_dir_name", "iii>i"),
              entry("fd_prestat_get", "ii>i"),
              entry("fd_pwrite", "iiiIi>i"),
              entry("fd_read", "iiii>i"),
              entry("fd_readdir", "iiiIi>i"),
              entry("fd_renumber", "ii>i"),
              entry("fd_seek", "iIii>i"),
              entry("fd_sync", "i>i"),
              entry("fd_tell", "ii>i"),
              entry("fd_write", "iiii>i"),
              entry("path_create_directory", "iii>i"),
              entry("path_filestat_get", "iiiii>i"),
              entry("path_filestat_set_times", "iiiiIIi>i"),
              entry("path_link", "iiiiiii>i"),
              entry("path_open", "iiiiiIIii>i"),
              entry("path_readlink", "iiiiii>i"),
              entry("path_remove_directory", "iii>i"),
              entry("path_rename", "iiiiii>i"),
              entry("path_symlink", "iiiii>i"),
              entry("path_unlink_file", "iii>i"),
              entry("poll_oneoff", "iiii>i"),
              entry("proc_exit", "i>"),
              entry("proc_raise", "i>i"),
              entry("random_get", "ii>i"),
              entry("sched_yield", ">i"),
              entry("sock_accept", "iii>i"),
              entry("sock_recv", "iiiiii>i"),
              entry("sock_send", "iiiii>i"),
              entry("sock_shutdown", "ii>i")));

  private WasiPreview1() {}

  /** All names, sorted. */
  public static SortedSet<String> names() {
    return new TreeSet<>(SIGNATURES.keySet());
  }

  /** The signature of a function, or null when preview 1 has none of that name. */
  public static @Nullable String signature(String name) {
    return SIGNATURES.get(name);
  }
}
