package dev.limpet.node;

import dev.limpet.content.block.DirectoryInUseException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.FolderFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The store of a node that does not run, for the commands that work on its folder. */
public final class OfflineStore {
  private OfflineStore() {}

  /**
   * Opens it, with the quotas that the node would have.
   *
   * @param dir the folder of the node
   * @param config the node's configuration, or null
   * @param environment variables, as for the node
   * @return the store; nobody else can open it until it is closed
   * @throws LimpetException {@code bad-config} when the folder is no node's, or a node has it,
   *     {@code store-failed} when it is damaged; each with what to do
   */
  public static NodeStore open(Path dir, @Nullable Path config, Map<String, String> environment) {
    try {
      if (!FolderFormat.processOf(dir).equals(FolderFormat.NODE)) {
        throw new LimpetException(
            ErrorCode.BAD_CONFIG, dir + " is not the folder of a node; name it with --dir");
      }
      return NodeStore.open(
          dir, NodeConfig.load(config, environment, List.of("dir=" + dir)).quotas());
    } catch (DirectoryInUseException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          e.getMessage() + ", or ask the running node with --node NAME|URL",
          e);
    } catch (StoreFailedException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, e.getMessage(), e);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.BAD_CONFIG, "cannot read " + dir + ": " + e, e);
    }
  }
}
