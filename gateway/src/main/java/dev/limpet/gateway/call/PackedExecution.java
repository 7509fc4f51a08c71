package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.NodeState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An Execution as bytes, which stay in this process: some 400 where its objects take 1200. Reading
 * gives an equal one.
 */
final class PackedExecution {
  private static final int USUAL_BYTES = 512;
  private static final List<ExecutionState> STATES = List.of(ExecutionState.values());
  private static final List<MemoState> MEMOS = List.of(MemoState.values());
  private static final List<Holds> HOLDS = List.of(Holds.values());
  private static final List<NodeState> NODE_STATES = List.of(NodeState.values());

  private PackedExecution() {}

  /** Bytes that grow. */
  private static final class Out {
    private ByteBuffer bytes = ByteBuffer.allocate(USUAL_BYTES);

    /** Where the next bytes go; that many at least. */
    ByteBuffer room(int wanted) {
      if (bytes.remaining() < wanted) {
        int length = Math.max(2 * bytes.capacity(), bytes.position() + wanted);
        bytes = ByteBuffer.allocate(length).put(bytes.flip());
      }
      return bytes;
    }
  }

  /**
   * Packs one.
   *
   * @param headBytes left free before it
   */
  static ByteBuffer pack(Execution execution, int headBytes) {
    Out out = new Out();
    out.room(headBytes).position(headBytes);
    write(execution, out);
    return out.bytes.flip();
  }

  /** Reads what was packed without a head. */
  static Execution unpack(byte[] packed) {
    return read(ByteBuffer.wrap(packed));
  }

  private static void write(Execution execution, Out out) {
    text(execution.id().text(), out);
    one(STATES.indexOf(execution.state()), out);
    cid(execution.function(), out);
    text(execution.name(), out);
    out.room(Integer.BYTES).putInt(execution.data().size());
    for (String data : execution.data()) {
      text(data, out);
    }
    text(execution.node(), out);
    number(execution.status(), out);
    text(execution.error(), out);
    number(execution.exitCode(), out);
    cid(execution.task(), out);
    one(MEMOS.indexOf(execution.memo()), out);
    time(execution.startedAt(), out);
    time(execution.endedAt(), out);
    usage(execution.usage(), out);
    out.room(Integer.BYTES).putInt(execution.candidates().size());
    for (Candidate candidate : execution.candidates()) {
      candidate(candidate, out);
    }
    text(execution.result(), out);
    text(execution.caller(), out);
    text(execution.receipt(), out);
  }

  private static Execution read(ByteBuffer in) {
    return new Execution(
        new ExecutionId(Objects.requireNonNull(text(in))),
        STATES.get(in.get()),
        Objects.requireNonNull(cid(in)),
        text(in),
        texts(in),
        text(in),
        integer(in),
        text(in),
        integer(in),
        cid(in),
        MEMOS.get(in.get()),
        Objects.requireNonNull(time(in)),
        time(in),
        usage(in),
        candidates(in),
        text(in),
        text(in),
        text(in));
  }

  private static void usage(Execution.Usage usage, Out out) {
    number(usage.dataBytes(), out);
    number(usage.bytesFetched(), out);
    number(usage.blocksRead(), out);
    number(usage.bytesIn(), out);
    number(usage.bytesOut(), out);
    text(usage.serverTiming(), out);
  }

  private static Execution.Usage usage(ByteBuffer in) {
    return new Execution.Usage(
        number(in), number(in), number(in), number(in), number(in), text(in));
  }

  private static void candidate(Candidate candidate, Out out) {
    text(candidate.node(), out);
    one(HOLDS.indexOf(candidate.holds()), out);
    out.room(Long.BYTES).putLong(candidate.bytesToMove());
    text(candidate.reason(), out);
    one(NODE_STATES.indexOf(candidate.state()), out);
    cost(candidate.cost(), out);
  }

  private static void cost(Candidate.@Nullable Cost cost, Out out) {
    one(cost == null ? 0 : 1, out);
    if (cost != null) {
      out.room(5 * Long.BYTES + 2 * Integer.BYTES)
          .putDouble(cost.moveMs())
          .putDouble(cost.queueMs())
          .putDouble(cost.coldMs())
          .putInt(cost.calls())
          .putInt(cost.slots())
          .putDouble(cost.runMs())
          .putLong(cost.bytesPerSecond());
    }
  }

  private static Candidate.@Nullable Cost cost(ByteBuffer in) {
    return in.get() == 0
        ? null
        : new Candidate.Cost(
            in.getDouble(),
            in.getDouble(),
            in.getDouble(),
            in.getInt(),
            in.getInt(),
            in.getDouble(),
            in.getLong());
  }

  private static List<Candidate> candidates(ByteBuffer in) {
    int size = in.getInt();
    List<Candidate> candidates = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      candidates.add(
          new Candidate(
              Objects.requireNonNull(text(in)),
              HOLDS.get(in.get()),
              in.getLong(),
              Objects.requireNonNull(text(in)),
              NODE_STATES.get(in.get()),
              cost(in)));
    }
    return candidates;
  }

  private static List<String> texts(ByteBuffer in) {
    int size = in.getInt();
    List<String> texts = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      texts.add(Objects.requireNonNull(text(in)));
    }
    return texts;
  }

  /** Most text is ASCII, and needs no array of its own. */
  private static void text(@Nullable String text, Out out) {
    if (text == null || !isAscii(text)) {
      bytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
      return;
    }
    int length = text.length();
    ByteBuffer to = out.room(Integer.BYTES + length).putInt(length);
    for (int i = 0; i < length; i++) {
      to.put((byte) text.charAt(i));
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String text(ByteBuffer in) {
    byte[] bytes = bytes(in);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static void cid(@Nullable Cid cid, Out out) {
    if (cid == null) {
      bytes(null, out);
      return;
    }
    int length = cid.encodedLength();
    cid.write(out.room(Integer.BYTES + length).putInt(length));
  }

  private static @Nullable Cid cid(ByteBuffer in) {
    byte[] bytes = bytes(in);
    return bytes == null ? null : Cid.decode(bytes);
  }

  private static void bytes(byte @Nullable [] bytes, Out out) {
    if (bytes == null) {
      out.room(Integer.BYTES).putInt(-1);
    } else {
      out.room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
    }
  }

  private static byte @Nullable [] bytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static void number(@Nullable Number number, Out out) {
    if (number == null) {
      one(0, out);
    } else {
      out.room(1 + Long.BYTES).put((byte) 1).putLong(number.longValue());
    }
  }

  private static @Nullable Long number(ByteBuffer in) {
    return in.get() != 0 ? in.getLong() : null;
  }

  private static @Nullable Integer integer(ByteBuffer in) {
    Long number = number(in);
    return number == null ? null : number.intValue();
  }

  private static void time(@Nullable Instant time, Out out) {
    if (time == null) {
      one(0, out);
    } else {
      int length = 1 + Long.BYTES + Integer.BYTES;
      out.room(length).put((byte) 1).putLong(time.getEpochSecond()).putInt(time.getNano());
    }
  }

  private static @Nullable Instant time(ByteBuffer in) {
    return in.get() != 0 ? Instant.ofEpochSecond(in.getLong(), in.getInt()) : null;
  }

  private static void one(int value, Out out) {
    out.room(1).put((byte) value);
  }
}
