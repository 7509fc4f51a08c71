package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.testkit.wire.WireAnswer;

/** What answers of calls say. */
final class CallAnswers {
  private CallAnswers() {}

  /** Checks that a call failed so. */
  static void failed(WireAnswer answer, int status, String code) {
    assertEquals(status, answer.status(), answer::text);
    assertEquals(code, answer.header("Limpet-Error"), answer::text);
  }

  /** The bytes that were fetched for a call, in a trailer or a header. */
  static String fetched(WireAnswer answer) {
    return answer.trailer("Limpet-Bytes-Fetched").orElse(answer.header("Limpet-Bytes-Fetched"));
  }
}
