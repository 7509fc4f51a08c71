package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataMount;
import dev.limpet.wasmhost.engine.Budget;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one guest gets.
 *
 * @param program what it is told
 * @param streams where its streams lead
 * @param files what it sees of files
 * @param clockBaseNanos where its clock starts, nanoseconds since 1970
 * @param random its random bytes
 */
public record WasiSetup(
    Program program, Streams streams, Files files, long clockBaseNanos, Seed random) {

  /**
   * What the guest is told.
   *
   * @param arguments its argv
   * @param environment its environment
   */
  public record Program(List<String> arguments, Map<String, String> environment) {}

  /**
   * Where the guest's streams lead.
   *
   * @param input standard input
   * @param output standard output
   * @param maxOutputBytes the most on standard output
   * @param log standard error
   */
  public record Streams(
      InputStream input, OutputStream output, long maxOutputBytes, LogBuffer log) {}

  /**
   * What the guest sees of files.
   *
   * @param script its first descriptor, and then {@code /tmp} is the second, so that both have the
   *     same numbers with any data; null when there is none, and {@code /tmp} is the last
   * @param mounts read-only data, in the order of their descriptors
   * @param openFiles descriptors that it may have besides those it starts with
   * @param scratchBytes what {@code /tmp} may hold
   * @param lease pays for what {@code /tmp} holds
   */
  public record Files(
      @Nullable NamedMount script,
      List<NamedMount> mounts,
      int openFiles,
      long scratchBytes,
      Budget.Lease lease) {}

  /**
   * Data and its path.
   *
   * @param path absolute, such as {@code /data}
   * @param data what is there
   */
  public record NamedMount(String path, DataMount data) {}

  /** 32 bytes that all randomness of a guest derives from. */
  @FunctionalInterface
  public interface Seed {

    /** The bytes, not to be changed. */
    byte[] bytes();
  }
}
