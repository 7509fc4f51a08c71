package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ExecutionId;
import java.util.List;

/**
 * What an answer says from its first byte.
 *
 * @param execution the attempt
 * @param function CID of the manifest
 * @param dataBytes bytes of the data referred to, or -1 when there is none
 * @param contentType of the answer
 * @param vary names of the request headers that the function may see
 */
public record AnswerHead(
    ExecutionId execution, Cid function, long dataBytes, String contentType, List<String> vary) {}
