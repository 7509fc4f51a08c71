package dev.limpet.wasmhost.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.wasmgate.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class CompilerWireTest {

  private static final int MOST = 100;

  CompilerWireTest() {}

  private static byte[] bytes(CompilerWire.Answer answer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompilerWire.write(new DataOutputStream(bytes), answer);
    return bytes.toByteArray();
  }

  private static CompilerWire.Answer read(byte[] bytes) throws IOException {
    return CompilerWire.readAnswer(new DataInputStream(new ByteArrayInputStream(bytes)), MOST);
  }

  @Test
  void requests_and_answers_arrive_as_they_were_sent() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompilerWire.write(
        new DataOutputStream(bytes), new CompilerWire.Request("v", new byte[] {1, 2, 3}));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    CompilerWire.Request request = CompilerWire.readRequest(in);
    assertNotNull(request);
    assertEquals("v", request.version());
    assertArrayEquals(new byte[] {1, 2, 3}, request.wasm());
    assertNull(CompilerWire.readRequest(in));
    byte[] code = new byte[MOST];
    CompilerWire.Answer answer = read(bytes(new CompilerWire.Answer.Code(code)));
    assertArrayEquals(code, assertInstanceOf(CompilerWire.Answer.Code.class, answer).artifact());
    CompilerWire.Answer refused =
        new CompilerWire.Answer.Refused(new Refusal("rule", "What it is.", "What to do."));
    assertEquals(refused, read(bytes(refused)));
    CompilerWire.Answer other = new CompilerWire.Answer.OtherVersion();
    assertEquals(other, read(bytes(other)));
  }

  @Test
  void an_answer_that_is_long_cut_or_none_is_not_believed() throws IOException {
    byte[] longer = bytes(new CompilerWire.Answer.Code(new byte[MOST + 1]));
    assertThrows(CompilerWire.TooLongException.class, () -> read(longer));
    byte[] whole = bytes(new CompilerWire.Answer.Code(new byte[MOST]));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(IOException.class, () -> read(cut), "length " + length);
    }
    byte[] negative = whole.clone();
    negative[5] = -1;
    assertThrows(CompilerWire.TooLongException.class, () -> read(negative));
    byte[] kind = whole.clone();
    kind[4] = 9;
    assertThrows(IOException.class, () -> read(kind));
    byte[] chatter = "Exception in thread main".getBytes(StandardCharsets.UTF_8);
    assertThrows(IOException.class, () -> read(chatter));
  }

  @Test
  void a_refusal_shows_only_what_a_terminal_may_see() throws IOException {
    CompilerWire.Answer answer =
        read(
            bytes(
                new CompilerWire.Answer.Refused(
                    new Refusal("rule", "\u001b[2J" + "x".repeat(5000), "\u0000"))));
    Refusal refusal = assertInstanceOf(CompilerWire.Answer.Refused.class, answer).refusal();
    assertEquals(1000, refusal.detail().length());
    assertEquals('?', refusal.detail().charAt(0));
    assertEquals("?", refusal.advice());
  }
}
