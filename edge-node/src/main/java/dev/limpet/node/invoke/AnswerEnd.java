package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says when its Execution has ended: in headers when it was held until then, else in
 * trailers.
 *
 * @param task CID of the Task, or null when the function has not read a streamed body to its end
 * @param receipt CID of the receipt, or null when none is kept
 * @param etag entity tag with its quotes, or null when the answer has none
 * @param bytesFetched bytes that came from elsewhere for this call
 * @param blocksRead blocks that the guest's reads touched
 * @param timing value of {@code Server-Timing}
 * @param fuel what the guest used of it; 0 when none ran
 * @param memoryBytes the most that the guest had of linear memory; 0 when none ran
 */
public record AnswerEnd(
    @Nullable Cid task,
    @Nullable Cid receipt,
    @Nullable String etag,
    long bytesFetched,
    long blocksRead,
    String timing,
    long fuel,
    long memoryBytes) {
  /** The same without a tag: the answer is not to be kept. */
  AnswerEnd withoutTag() {
    return new AnswerEnd(task, receipt, null, bytesFetched, blocksRead, timing, fuel, memoryBytes);
  }
}
