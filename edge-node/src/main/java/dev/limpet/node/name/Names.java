package dev.limpet.node.name;

import dev.limpet.protocol.NodeIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What a node needs for names: the keys that own them, and the records that were signed.
 *
 * @param keys in the folder {@code keys}
 * @param records in the folder {@code names}
 */
public record Names(NameKeys keys, NameRecords records) {
  /** The folder of the keys, within that of the node. */
  public static final String KEYS = "keys";

  /** The folder of the records, within that of the node. */
  public static final String RECORDS = "names";

  /**
   * Opens what is in the folder of a node.
   *
   * @throws IOException when a key cannot be read
   */
  public static Names open(Path dir, NodeIdentity self) throws IOException {
    NameKeys keys = NameKeys.open(dir.resolve(KEYS), self);
    return new Names(keys, new NameRecords(dir.resolve(RECORDS), InstantSource.system()));
  }
}
