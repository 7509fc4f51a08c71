package dev.limpet.protocol.receipt;

import dev.limpet.content.ipld.Ipld;
import java.util.Map;

/** What an entry of a log of receipts says, behind its nonce. */
public sealed interface LogEntry permits Receipt, LogGap {
  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is neither, or damaged
   */
  static LogEntry decode(byte[] bytes) {
    Map<String, Ipld> said = ReceiptReader.map(bytes);
    return said.containsKey(LogGap.GAP) ? LogGap.of(said, bytes) : ReceiptReader.of(said, bytes);
  }
}
