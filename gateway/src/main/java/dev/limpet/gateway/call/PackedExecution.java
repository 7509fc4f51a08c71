package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.NodeState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Execution as bytes, which stay in this process: some 450 where its objects take 1200. Reading
 * gives an equal one.
 */
final class PackedExecution {
  private static final int USUAL_BYTES = 512;
  private static final List<ExecutionState> STATES = List.of(ExecutionState.values());
  private static final List<MemoState> MEMOS = List.of(MemoState.values());
  private static final List<Holds> HOLDS = List.of(Holds.values());
  private static final List<NodeState> NODE_STATES = List.of(NodeState.values());

  private PackedExecution() {}

  /** Gives its array away without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes() {
      super(USUAL_BYTES);
    }

    ByteBuffer buffer() {
      return ByteBuffer.wrap(buf, 0, count);
    }
  }

  /**
   * Packs one.
   *
   * @param headBytes left free before it
   */
  static ByteBuffer pack(Execution execution, int headBytes) {
    Bytes bytes = new Bytes();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(new byte[headBytes]);
      write(execution, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.buffer();
  }

  /** Reads what was packed without a head. */
  static Execution unpack(byte[] packed) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Execution execution, DataOutputStream out) throws IOException {
    text(execution.id().text(), out);
    out.writeByte(STATES.indexOf(execution.state()));
    cid(execution.function(), out);
    text(execution.name(), out);
    out.writeInt(execution.data().size());
    for (String data : execution.data()) {
      text(data, out);
    }
    text(execution.node(), out);
    number(execution.status(), out);
    text(execution.error(), out);
    number(execution.exitCode(), out);
    cid(execution.task(), out);
    out.writeByte(MEMOS.indexOf(execution.memo()));
    time(execution.startedAt(), out);
    time(execution.endedAt(), out);
    usage(execution.usage(), out);
    out.writeInt(execution.candidates().size());
    for (Candidate candidate : execution.candidates()) {
      candidate(candidate, out);
    }
    text(execution.result(), out);
  }

  private static Execution read(DataInputStream in) throws IOException {
    return new Execution(
        new ExecutionId(present(text(in))),
        STATES.get(in.readByte()),
        present(cid(in)),
        text(in),
        texts(in),
        text(in),
        integer(in),
        text(in),
        integer(in),
        cid(in),
        MEMOS.get(in.readByte()),
        present(time(in)),
        time(in),
        usage(in),
        candidates(in),
        text(in));
  }

  private static void usage(Execution.Usage usage, DataOutputStream out) throws IOException {
    number(usage.dataBytes(), out);
    number(usage.bytesFetched(), out);
    number(usage.blocksRead(), out);
    number(usage.bytesIn(), out);
    number(usage.bytesOut(), out);
    text(usage.serverTiming(), out);
  }

  private static Execution.Usage usage(DataInputStream in) throws IOException {
    return new Execution.Usage(
        number(in), number(in), number(in), number(in), number(in), text(in));
  }

  private static void candidate(Candidate candidate, DataOutputStream out) throws IOException {
    text(candidate.node(), out);
    out.writeByte(HOLDS.indexOf(candidate.holds()));
    out.writeLong(candidate.bytesToMove());
    text(candidate.reason(), out);
    out.writeByte(NODE_STATES.indexOf(candidate.state()));
  }

  private static List<Candidate> candidates(DataInputStream in) throws IOException {
    int size = in.readInt();
    List<Candidate> candidates = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      candidates.add(
          new Candidate(
              present(text(in)),
              HOLDS.get(in.readByte()),
              in.readLong(),
              present(text(in)),
              NODE_STATES.get(in.readByte())));
    }
    return candidates;
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int size = in.readInt();
    List<String> texts = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      texts.add(present(text(in)));
    }
    return texts;
  }

  private static void text(@Nullable String text, DataOutputStream out) throws IOException {
    bytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
  }

  private static @Nullable String text(DataInputStream in) throws IOException {
    byte[] bytes = bytes(in);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static void cid(@Nullable Cid cid, DataOutputStream out) throws IOException {
    bytes(cid == null ? null : cid.toBytes(), out);
  }

  private static @Nullable Cid cid(DataInputStream in) throws IOException {
    byte[] bytes = bytes(in);
    return bytes == null ? null : Cid.decode(bytes);
  }

  private static void bytes(byte @Nullable [] bytes, DataOutputStream out) throws IOException {
    if (bytes == null) {
      out.writeInt(-1);
    } else {
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  private static byte @Nullable [] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : in.readNBytes(length);
  }

  private static void number(@Nullable Number number, DataOutputStream out) throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeLong(number.longValue());
    }
  }

  private static @Nullable Long number(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readLong() : null;
  }

  private static @Nullable Integer integer(DataInputStream in) throws IOException {
    Long number = number(in);
    return number == null ? null : number.intValue();
  }

  private static void time(@Nullable Instant time, DataOutputStream out) throws IOException {
    out.writeBoolean(time != null);
    if (time != null) {
      out.writeLong(time.getEpochSecond());
      out.writeInt(time.getNano());
    }
  }

  private static @Nullable Instant time(DataInputStream in) throws IOException {
    return in.readBoolean() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
  }

  private static <T> T present(@Nullable T value) throws IOException {
    if (value == null) {
      throw new IOException("a packed Execution lacks what each has");
    }
    return value;
  }
}
