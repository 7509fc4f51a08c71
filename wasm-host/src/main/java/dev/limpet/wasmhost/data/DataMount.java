package dev.limpet.wasmhost.data;

/**
 * Port: the read-only data that a function is called on. The node implements it over blocks; the
 * sandbox gives it to the guest as {@code /data}. A mount serves one Execution.
 */
public interface DataMount {

  /**
   * What the mount's path names.
   *
   * @return a file or a directory, never a link
   * @throws DataUnavailableException when it cannot be had
   */
  DataNode root();
}
