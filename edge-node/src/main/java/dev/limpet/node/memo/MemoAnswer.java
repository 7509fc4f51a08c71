package dev.limpet.node.memo;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ExecutionId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pure Task answered.
 *
 * @param status of HTTP, 200 to 299
 * @param contentType of the answer
 * @param lines header lines of the function's own, in their order
 * @param body all of it; not to be modified
 * @param origin the Execution that made it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record MemoAnswer(
    int status,
    String contentType,
    List<Map.Entry<String, String>> lines,
    byte[] body,
    Origin origin) {
  /** Objects of a header line besides its letters. */
  private static final int LINE_BYTES = 100;

  /**
   * Where an answer comes from.
   *
   * @param execution that made it
   * @param fuel what the guest used of it
   * @param memoryBytes the most that the guest had of linear memory
   * @param receipt CID of the receipt of that Execution, or null without one
   */
  public record Origin(ExecutionId execution, long fuel, long memoryBytes, @Nullable Cid receipt) {}

  /** Checks the status and keeps a copy of the lines. */
  public MemoAnswer {
    if (status / 100 != 2) {
      throw new IllegalArgumentException("only a success is kept, not " + status);
    }
    lines = List.copyOf(lines);
  }

  /** Memory that the lines of its head take, about. */
  long headBytes() {
    long bytes = contentType.length();
    for (Map.Entry<String, String> line : lines) {
      bytes += LINE_BYTES + line.getKey().length() + line.getValue().length();
    }
    return bytes;
  }
}
