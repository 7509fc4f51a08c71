package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;

/**
 * The body of an answer that has ended.
 *
 * @param cid it as a file
 * @param bytes its length
 */
record AnsweredBody(Cid cid, long bytes) {}
