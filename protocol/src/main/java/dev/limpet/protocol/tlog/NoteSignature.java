package dev.limpet.protocol.tlog;

import dev.limpet.protocol.ByteString;
import java.nio.ByteBuffer;

/**
 * One line of signature below a note.
 *
 * @param keyName who signed
 * @param keyId which of its keys
 * @param signature as the kind of the key has it
 */
public record NoteSignature(String keyName, int keyId, ByteString signature) {
  /** Largest signature; ours have 64 or 72 bytes. */
  public static final int MAX_SIGNATURE_BYTES = 1024;

  private static final String DASH = "\u2014 ";

  /** Checks the parts. */
  public NoteSignature {
    NoteKey.requireName(keyName);
    if (signature.size() == 0 || signature.size() > MAX_SIGNATURE_BYTES) {
      throw new IllegalArgumentException("a signature has no " + signature.size() + " bytes");
    }
  }

  /** A signature that was just made. */
  static NoteSignature of(NoteKey key, byte[] signature) {
    return new NoteSignature(key.name(), key.id(), ByteString.of(signature));
  }

  /**
   * Reads a line without its newline.
   *
   * @throws IllegalArgumentException when it is none, or could be written in another way
   */
  public static NoteSignature parse(String line) {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw new IllegalArgumentException("a line of signature is: em dash, name, base64");
    }
    byte[] bytes = StrictBase64.decode(line.substring(space + 1));
    if (bytes.length <= Integer.BYTES) {
      throw new IllegalArgumentException("a signature is shorter than the id of its key");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int id = in.getInt();
    byte[] signature = new byte[in.remaining()];
    in.get(signature);
    return new NoteSignature(line.substring(DASH.length(), space), id, ByteString.of(signature));
  }

  byte[] toBytes() {
    return signature.toBytes();
  }

  /** The line without its newline. */
  @Override
  public String toString() {
    byte[] bytes =
        ByteBuffer.allocate(Integer.BYTES + signature.size())
            .putInt(keyId)
            .put(signature.toBytes())
            .array();
    return DASH + keyName + " " + StrictBase64.encode(bytes);
  }
}
