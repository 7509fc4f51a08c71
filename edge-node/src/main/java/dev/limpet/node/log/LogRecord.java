package dev.limpet.node.log;

import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPart;
import dev.limpet.wasmhost.GuestLog;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One Execution and its log.
 *
 * @param item what is known of it; its text is empty
 * @param log what its function wrote
 */
public record LogRecord(LogItem item, GuestLog log) {
  private static final int TRAILING = 0xc0;

  /**
   * Some of the log as text; a character is never in two parts.
   *
   * @param from bytes of the log that the reader has
   * @param maxBytes of the log in this part
   */
  public LogPart part(long from, int maxBytes) {
    GuestLog.Part part = log.part(from, maxBytes);
    boolean more = part.next() < log.writtenBytes();
    boolean goesOn = more || item.state() == ExecutionState.RUNNING;
    byte[] bytes = goesOn ? wholeCharacters(part.bytes(), more) : part.bytes();
    long next = part.next() - (part.bytes().length - bytes.length);
    return new LogPart(item.with(new String(bytes, StandardCharsets.UTF_8), 0), next, more);
  }

  /** Without the beginning of a character whose rest comes later, unless that were nothing. */
  private static byte[] wholeCharacters(byte[] bytes, boolean more) {
    int end = bytes.length;
    int back = 0;
    while (back < 3 && back < end && (bytes[end - 1 - back] & TRAILING) == 0x80) {
      back++;
    }
    int lead = back < end ? bytes[end - 1 - back] & 0xff : 0;
    int wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= TRAILING ? 2 : 1;
    boolean isWhole = wanted <= back + 1;
    int whole = isWhole ? end : end - 1 - back;
    return isWhole || (whole == 0 && more) ? bytes : Arrays.copyOf(bytes, whole);
  }
}
