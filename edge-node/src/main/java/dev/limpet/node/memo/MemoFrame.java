package dev.limpet.node.memo;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.ExecutionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it stands in a file, big-endian: the length of its head, the length of its body, the
 * CRC-32C of Task, head and both lengths, the Task's CID (36 bytes), the head, and the body. The
 * head is DAG-CBOR and has the CID of the body as a raw block, which the body must match when it is
 * read.
 */
final class MemoFrame {
  /** Two lengths and a checksum. */
  static final int PREFIX_BYTES = 12;

  /** CIDv1, dag-cbor, SHA-256. */
  static final int TASK_BYTES = 36;

  /** A guest may say 16 KiB of header lines. */
  static final int MAX_MEMO_HEAD_BYTES = 32 << 10;

  private MemoFrame() {}

  /**
   * The lengths of a frame.
   *
   * @param head bytes of the head
   * @param body bytes of the body
   */
  record Lengths(int head, int body) {
    /** Of all but the body. */
    int beforeBody() {
      return PREFIX_BYTES + TASK_BYTES + head;
    }

    int whole() {
      return beforeBody() + body;
    }
  }

  static byte[] encode(Cid task, MemoAnswer answer) {
    byte[] head = DagCbor.encode(head(answer));
    ByteBuffer frame =
        ByteBuffer.allocate(PREFIX_BYTES + TASK_BYTES + head.length + answer.body().length);
    frame.putInt(head.length).putInt(answer.body().length).putInt(0);
    frame.put(task.toBytes()).put(head).put(answer.body());
    frame.putInt(2 * Integer.BYTES, checksum(frame.array(), head.length));
    return frame.array();
  }

  private static int checksum(byte[] frame, int headBytes) {
    CRC32C crc = new CRC32C();
    crc.update(frame, 0, 2 * Integer.BYTES);
    crc.update(frame, PREFIX_BYTES, TASK_BYTES + headBytes);
    return (int) crc.getValue();
  }

  /** The lengths that a prefix says, or null when it says none that can be. */
  static @Nullable Lengths lengths(byte[] prefix) {
    ByteBuffer in = ByteBuffer.wrap(prefix);
    Lengths lengths = new Lengths(in.getInt(), in.getInt());
    boolean can =
        lengths.head > 0
            && lengths.head <= MAX_MEMO_HEAD_BYTES
            && lengths.body >= 0
            && lengths.body <= AnswerMemo.MAX_MEMO_ANSWER_BYTES;
    return can ? lengths : null;
  }

  /** The Task of a frame whose body may be missing; null when it is not what was written. */
  static @Nullable TaskDigest task(byte[] frame, Lengths lengths) {
    int said = ByteBuffer.wrap(frame).getInt(2 * Integer.BYTES);
    if (said != checksum(frame, lengths.head)) {
      return null;
    }
    try {
      return TaskDigest.of(Cid.read(ByteBuffer.wrap(frame, PREFIX_BYTES, TASK_BYTES)));
    } catch (ContentException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The answer of that Task in a whole frame; null when any byte is not what was written. */
  static @Nullable MemoAnswer decode(TaskDigest task, byte[] frame) {
    Lengths lengths = lengths(frame);
    if (lengths == null || frame.length != lengths.whole() || !task.equals(task(frame, lengths))) {
      return null;
    }
    byte[] head = new byte[lengths.head];
    byte[] body = new byte[lengths.body];
    ByteBuffer.wrap(frame, PREFIX_BYTES + TASK_BYTES, head.length + body.length)
        .get(head)
        .get(body);
    try {
      return answer(DagCbor.decode(head), body);
    } catch (ContentException | IllegalArgumentException | ClassCastException e) {
      return null; // the checksum is right: another build wrote it
    }
  }

  private static Ipld head(MemoAnswer answer) {
    Map<String, Ipld> head = new LinkedHashMap<>();
    head.put("status", new Ipld.Int(answer.status()));
    head.put("type", new Ipld.Text(answer.contentType()));
    List<Ipld> lines = new ArrayList<>();
    answer
        .lines()
        .forEach(
            line -> {
              lines.add(new Ipld.Text(line.getKey()));
              lines.add(new Ipld.Text(line.getValue()));
            });
    head.put("lines", new Ipld.ListNode(lines));
    head.put("body", new Ipld.LinkNode(Cid.of(Multicodec.RAW, answer.body())));
    MemoAnswer.Origin origin = answer.origin();
    head.put("execution", new Ipld.Text(origin.execution().text()));
    head.put("fuel", new Ipld.Int(origin.fuel()));
    head.put("memory", new Ipld.Int(origin.memoryBytes()));
    if (origin.receipt() != null) {
      head.put("receipt", new Ipld.LinkNode(origin.receipt()));
    }
    return new Ipld.MapNode(head);
  }

  private static @Nullable MemoAnswer answer(Ipld node, byte[] body) {
    Map<String, Ipld> head = ((Ipld.MapNode) node).entries();
    if (!link(head, "body").multihash().matches(body)) {
      return null;
    }
    List<Ipld> texts = ((Ipld.ListNode) of(head, "lines")).items();
    List<Map.Entry<String, String>> lines = new ArrayList<>();
    for (int i = 0; i + 1 < texts.size(); i += 2) {
      lines.add(Map.entry(text(texts.get(i)), text(texts.get(i + 1))));
    }
    MemoAnswer.Origin origin =
        new MemoAnswer.Origin(
            ExecutionId.parse(text(of(head, "execution"))),
            number(head, "fuel"),
            number(head, "memory"),
            head.containsKey("receipt") ? link(head, "receipt") : null);
    return new MemoAnswer(
        Math.toIntExact(number(head, "status")), text(of(head, "type")), lines, body, origin);
  }

  private static Ipld of(Map<String, Ipld> head, String key) {
    Ipld value = head.get(key);
    if (value == null) {
      throw new IllegalArgumentException("there is no " + key);
    }
    return value;
  }

  private static String text(Ipld node) {
    return ((Ipld.Text) node).value();
  }

  private static long number(Map<String, Ipld> head, String key) {
    return ((Ipld.Int) of(head, key)).value();
  }

  private static Cid link(Map<String, Ipld> head, String key) {
    return ((Ipld.LinkNode) of(head, key)).cid();
  }
}
