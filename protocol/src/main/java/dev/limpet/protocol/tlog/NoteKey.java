package dev.limpet.protocol.tlog;

import dev.limpet.content.cid.Sha256;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A key that signs notes, as those who check know it (C2SP signed-note).
 *
 * @param name of the key; no spaces, no plus
 * @param kind what its signatures are
 * @param peerId the Ed25519 key itself
 */
public record NoteKey(String name, Kind kind, PeerId peerId) {
  /** Longest name of a key; ours are some 80 characters. */
  public static final int MAX_KEY_NAME_CHARS = 256;

  /** What signatures a key makes. */
  public enum Kind {
    /** Ed25519 over the text of the note. */
    ED25519(1),
    /** A cosignature with a time (C2SP tlog-cosignature, version 1). */
    COSIGNATURE(4);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }
  }

  /** Checks the name. */
  public NoteKey {
    requireName(name);
  }

  /** Refuses what may not name a key with {@link IllegalArgumentException}. */
  static void requireName(String name) {
    boolean wrong =
        name.isEmpty()
            || name.length() > MAX_KEY_NAME_CHARS
            || name.codePoints()
                .anyMatch(c -> c <= ' ' || c == '+' || Character.isSpaceChar(c) || c == 0x7f);
    if (wrong) {
      throw new IllegalArgumentException("this is no name for a key of a note");
    }
  }

  /** The first four bytes of SHA-256 over name, newline, kind and key. */
  public int id() {
    byte[] line = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] key = kindAndKey();
    byte[] all = ByteBuffer.allocate(line.length + key.length).put(line).put(key).array();
    return ByteBuffer.wrap(Sha256.of(all)).getInt();
  }

  /** As other programs take it (a vkey): {@code name+hash+base64}. */
  public String verifierKey() {
    return name + "+" + String.format("%08x", id()) + "+" + StrictBase64.encode(kindAndKey());
  }

  private byte[] kindAndKey() {
    return ByteBuffer.allocate(1 + PeerId.PUBLIC_KEY_BYTES)
        .put(kind.code)
        .put(peerId.publicKey())
        .array();
  }

  /** Whether this key made a signature of the kind {@link Kind#ED25519} over a text. */
  boolean signed(byte[] text, NoteSignature signature) {
    return kind == Kind.ED25519
        && signature.keyName().equals(name)
        && signature.keyId() == id()
        && NodeIdentity.verify(peerId, text, signature.toBytes());
  }
}
