package dev.limpet.node.log;

import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.LogItem;
import dev.limpet.wasmhost.GuestLog;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in a file, big-endian: its length, the CRC-32C of what follows that, the
 * length of the item's JSON, the length of the log's first part, the bytes that the guest wrote in
 * all, and then the JSON, the first part and the last part of the log. The length counts from the
 * JSON's length on.
 */
final class LogFrame {
  /** Length and checksum. */
  static final int PREFIX_BYTES = 8;

  /** An item without its text has a few hundred bytes; a detail of 4096 characters is the most. */
  static final int MAX_LOG_ITEM_BYTES = 32 << 10;

  private static final int LENGTHS_BYTES = 16;

  /** The most that can follow the prefix. */
  static final int MAX_FRAME_BYTES =
      LENGTHS_BYTES + MAX_LOG_ITEM_BYTES + ExecutionLogs.MAX_LOG_BYTES;

  private LogFrame() {}

  static byte[] encode(LogRecord entry) {
    byte[] json = Json.write(entry.item());
    byte[] head = entry.log().head();
    byte[] tail = entry.log().tail();
    int length = LENGTHS_BYTES + json.length + head.length + tail.length;
    ByteBuffer frame = ByteBuffer.allocate(PREFIX_BYTES + length);
    frame.putInt(length).putInt(0);
    frame.putInt(json.length).putInt(head.length).putLong(entry.log().writtenBytes());
    frame.put(json).put(head).put(tail);
    frame.putInt(Integer.BYTES, crc(frame.array(), PREFIX_BYTES, length));
    return frame.array();
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  /** The length that a prefix says, or -1 when it says none that can be. */
  static int length(ByteBuffer prefix) {
    int length = prefix.getInt(0);
    return length < LENGTHS_BYTES || length > MAX_FRAME_BYTES ? -1 : length;
  }

  /** The record, or null when the bytes are not what was written. */
  static @Nullable LogRecord decode(int checksum, byte[] frame) {
    if (crc(frame, 0, frame.length) != checksum) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(frame);
    try {
      byte[] json = new byte[checked(in.getInt(), MAX_LOG_ITEM_BYTES)];
      byte[] head = new byte[checked(in.getInt(), ExecutionLogs.MAX_LOG_BYTES)];
      long written = in.getLong();
      in.get(json).get(head);
      byte[] tail = new byte[in.remaining()];
      in.get(tail);
      return new LogRecord(
          Json.read(LogItem.class, json, MAX_LOG_ITEM_BYTES), new GuestLog(head, tail, written));
    } catch (BufferUnderflowException | IllegalArgumentException | LimpetException e) {
      return null; // the checksum is right: another build wrote it
    }
  }

  private static int checked(int length, int max) {
    if (length < 0 || length > max) {
      throw new IllegalArgumentException("a length is out of its range");
    }
    return length;
  }
}
