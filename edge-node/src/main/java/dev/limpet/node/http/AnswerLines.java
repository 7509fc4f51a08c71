package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.http.HeadLines.LineName;

/** Lines of the platform's own of one answer, in its head or in its trailers. */
interface AnswerLines {
  /**
   * Adds a line.
   *
   * @param said printable ASCII
   */
  void text(LineName line, String said);

  /** Adds a line with a count, which is not negative. */
  void number(LineName line, long count);

  /** Adds a line with a CID. */
  void cid(LineName line, Cid cid);
}
