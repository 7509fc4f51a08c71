package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.testkit.wire.WireAnswer;

/** The forms that answers of Kubo's RPC have. */
final class RpcAnswers {
  private RpcAnswers() {}

  /** Lines of JSON. */
  static void assertJson(String expected, WireAnswer answer) {
    assertEquals(expected + "\n", answer.text());
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.header("Content-Type"));
  }

  /** An error that a command has found. */
  static void assertFails(String message, WireAnswer answer) {
    String escaped = message.replace("\"", "\\\"");
    assertEquals(
        "{\"Message\":\"" + escaped + "\",\"Code\":0,\"Type\":\"error\"}\n", answer.text());
    assertEquals(500, answer.status());
    assertEquals("application/json", answer.header("Content-Type"));
  }

  /** An error in plain text: what was asked for makes no sense. */
  static void assertText(int status, String text, WireAnswer answer) {
    assertEquals(text + "\n", answer.text());
    assertEquals(status, answer.status());
    assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
  }

  /** Bytes of a type. */
  static void assertBytes(String type, String body, WireAnswer answer) {
    assertEquals(body, answer.latin1());
    assertEquals(200, answer.status());
    assertEquals(type, answer.header("Content-Type"));
    assertEquals("1", answer.header("X-Stream-Output"));
  }
}
