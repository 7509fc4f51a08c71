package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.memo.MemoAnswer;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.MemoState;
import java.util.List;
import java.util.Map;

/**
 * What an answer says from its first byte.
 *
 * @param execution the attempt
 * @param function CID of the manifest
 * @param dataBytes bytes of the data referred to, or -1 when there is none
 * @param contentType of the answer
 * @param vary names of the request headers that the function may see
 * @param status of HTTP
 * @param lines header lines of the function's own, in their order
 * @param memo whether it comes from the memo
 */
public record AnswerHead(
    ExecutionId execution,
    Cid function,
    long dataBytes,
    String contentType,
    List<String> vary,
    int status,
    List<Map.Entry<String, String>> lines,
    MemoState memo) {
  /** The same with what the function says. */
  AnswerHead with(GuestHead said) {
    String type = said.contentType() == null ? contentType : said.contentType();
    return new AnswerHead(
        execution, function, dataBytes, type, vary, said.status(), said.lines(), memo);
  }

  /** The same for an answer that was kept. */
  AnswerHead with(MemoAnswer kept) {
    return new AnswerHead(
        execution,
        function,
        dataBytes,
        kept.contentType(),
        vary,
        kept.status(),
        kept.lines(),
        MemoState.HIT);
  }
}
