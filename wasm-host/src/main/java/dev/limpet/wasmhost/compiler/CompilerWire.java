package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.Refusal;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What goes through the pipes between a node and its compiler: a request, then one answer, each
 * with a magic number and lengths in front. The node believes nothing of an answer.
 */
final class CompilerWire {

  private static final int REQUEST = 0x4C4D5051; // "LMPQ"
  private static final int ANSWER = 0x4C4D5041; // "LMPA"
  private static final int CODE = 1;
  private static final int REFUSED = 2;
  private static final int OTHER_VERSION = 3;
  private static final int SHOWN_CHARS = 1000;

  /**
   * A module to compile.
   *
   * @param version the code that the node wants, see {@code Compiler.version()}
   * @param wasm admitted by the gate
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Request(String version, byte[] wasm) {}

  /** What became of it. */
  sealed interface Answer {
    /**
     * The code.
     *
     * @param artifact as bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Code(byte[] artifact) implements Answer {}

    /**
     * The engine does not take it.
     *
     * @param refusal why
     */
    record Refused(Refusal refusal) implements Answer {}

    /** The process runs another build than the node: somebody replaced the files under it. */
    record OtherVersion() implements Answer {}
  }

  /** More code than there may be. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(long length) {
      super("an answer of " + length + " bytes");
    }
  }

  private CompilerWire() {}

  static void write(DataOutputStream out, Request request) throws IOException {
    out.writeInt(REQUEST);
    out.writeUTF(request.version());
    out.writeInt(request.wasm().length);
    out.write(request.wasm());
    out.flush();
  }

  /** The next request, or null when there are no more. */
  static @Nullable Request readRequest(DataInputStream in) throws IOException {
    int magic;
    try {
      magic = in.readInt();
    } catch (EOFException e) {
      return null;
    }
    if (magic != REQUEST) {
      throw new IOException("not a request");
    }
    return new Request(in.readUTF(), part(in, GateLimits.MAX_MODULE_BYTES));
  }

  static void write(DataOutputStream out, Answer answer) throws IOException {
    out.writeInt(ANSWER);
    switch (answer) {
      case Answer.Code code -> {
        out.writeByte(CODE);
        out.writeInt(code.artifact().length);
        out.write(code.artifact());
      }
      case Answer.Refused refused -> {
        out.writeByte(REFUSED);
        out.writeUTF(shown(refused.refusal().rule()));
        out.writeUTF(shown(refused.refusal().detail()));
        out.writeUTF(shown(refused.refusal().advice()));
      }
      case Answer.OtherVersion _ -> out.writeByte(OTHER_VERSION);
    }
    out.flush();
  }

  /**
   * The answer.
   *
   * @throws TooLongException when there is more code than that
   * @throws IOException when there is none
   */
  static Answer readAnswer(DataInputStream in, int maxBytes) throws IOException {
    if (in.readInt() != ANSWER) {
      throw new IOException("not an answer");
    }
    int kind = in.readByte();
    return switch (kind) {
      case CODE -> new Answer.Code(part(in, maxBytes));
      case REFUSED -> new Answer.Refused(refusal(in));
      case OTHER_VERSION -> new Answer.OtherVersion();
      default -> throw new IOException("an answer of kind " + kind);
    };
  }

  private static Refusal refusal(DataInputStream in) throws IOException {
    try {
      return new Refusal(shown(in.readUTF()), shown(in.readUTF()), shown(in.readUTF()));
    } catch (IllegalArgumentException e) {
      throw new IOException("a refusal that says nothing", e);
    }
  }

  /** A few visible characters of a text. */
  static String shown(String text) {
    String some = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) : text;
    return some.replaceAll("[^\\x20-\\x7E]", "?");
  }

  private static byte[] part(DataInputStream in, int most) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > most) {
      throw new TooLongException(Integer.toUnsignedLong(length));
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("it ended within an answer");
    }
    return bytes;
  }
}
