package dev.limpet.gateway.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.DirectoryInUseException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.config.FolderFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a gateway: {@code functions/} with the blocks of modules, {@code gateway.db} with
 * everything else. One process has it: the lock of the blocks is taken first, and dies with the
 * process.
 *
 * @param store of the blocks of modules
 * @param database of names, functions and nodes
 * @param operator the key with which the operator vouches for nodes
 */
public record GatewayFiles(PackBlockstore store, Database database, NodeIdentity operator)
    implements AutoCloseable {
  /** The folder of the blocks of modules. */
  static final String FUNCTIONS = "functions";

  /** The file of everything else. */
  static final String DATABASE = "gateway.db";

  /** The file of the key with which the operator vouches for nodes and their logs. */
  static final String OPERATOR_KEY = "operator.key";

  /** Space of deleted modules comes back by segment, and a segment costs a file descriptor. */
  private static final int SEGMENTS = 64;

  /**
   * Opens the folder, which is made when it does not exist.
   *
   * @throws LimpetException {@code store-failed} when it cannot be used or another process has it
   */
  public static GatewayFiles open(Path dir, long functionQuota) {
    PackBlockstore store = null;
    try {
      Files.createDirectories(dir);
      FolderFormat.claim(dir, FolderFormat.GATEWAY);
      store =
          PackBlockstore.open(
              dir.resolve(FUNCTIONS),
              new PackOptions(functionQuota, segmentBytes(functionQuota), false));
      NodeIdentity operator = NodeIdentity.loadOrCreate(dir.resolve(OPERATOR_KEY));
      return new GatewayFiles(store, Database.open(dir.resolve(DATABASE)), operator);
    } catch (IOException | StoreFailedException e) {
      throw failed(store, new LimpetException(code(e), message(dir, e), e));
    } catch (LimpetException e) {
      throw failed(store, e);
    }
  }

  private static long segmentBytes(long quota) {
    return Math.clamp(
        quota / SEGMENTS, PackOptions.MIN_SEGMENT_BYTES, PackOptions.MAX_SEGMENT_BYTES);
  }

  private static LimpetException failed(@Nullable PackBlockstore store, LimpetException e) {
    if (store != null) {
      store.close();
    }
    return e;
  }

  private static ErrorCode code(Exception e) {
    return e instanceof DirectoryInUseException ? ErrorCode.BAD_CONFIG : ErrorCode.STORE_FAILED;
  }

  private static String message(Path dir, Exception e) {
    return e instanceof StoreFailedException
        ? String.valueOf(e.getMessage())
        : "the folder " + dir + " cannot be used: " + e;
  }

  /** The blocks of modules. */
  public Blockstore blocks() {
    return store;
  }

  @Override
  public void close() {
    database.close();
    store.close();
  }
}
