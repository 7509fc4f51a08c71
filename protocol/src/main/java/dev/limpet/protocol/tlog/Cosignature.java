package dev.limpet.protocol.tlog;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A witness says: at this time I knew of no larger tree of this log, and it contains all that I saw
 * before (C2SP tlog-cosignature, version 1).
 *
 * @param key whose
 * @param time when, in whole seconds
 */
public record Cosignature(NoteKey key, Instant time) {
  private static final int BYTES = Long.BYTES + 64;

  /** Cosigns the text of a checkpoint. */
  public static NoteSignature sign(
      String checkpoint, String keyName, NodeIdentity witness, Instant now) {
    NoteKey key = key(keyName, witness.peerId());
    long time = now.getEpochSecond();
    byte[] signature = witness.sign(message(checkpoint, time));
    return NoteSignature.of(key, ByteBuffer.allocate(BYTES).putLong(time).put(signature).array());
  }

  /** The key of a witness. */
  public static NoteKey key(String name, PeerId witness) {
    return new NoteKey(name, NoteKey.Kind.COSIGNATURE, witness);
  }

  /** What a line of signature says when it is a cosignature by this key; else null. */
  public static @Nullable Cosignature read(
      String checkpoint, NoteSignature signature, NoteKey key) {
    boolean named =
        key.kind() == NoteKey.Kind.COSIGNATURE
            && signature.keyName().equals(key.name())
            && signature.keyId() == key.id()
            && signature.signature().size() == BYTES;
    if (!named) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(signature.toBytes());
    long time = in.getLong();
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    boolean right =
        time >= 0
            && time <= Instant.MAX.getEpochSecond()
            && NodeIdentity.verify(key.peerId(), message(checkpoint, time), bytes);
    return right ? new Cosignature(key, Instant.ofEpochSecond(time)) : null;
  }

  private static byte[] message(String checkpoint, long time) {
    return ("cosignature/v1\ntime " + time + "\n" + checkpoint).getBytes(StandardCharsets.UTF_8);
  }
}
