package dev.limpet.content.unixfs;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The ChaCha20 key stream of a seed: key SHA-256(seed), nonce and counter 0. */
final class KeyStream extends InputStream {
  private static final byte[] ZEROS = new byte[64 << 10];

  private final Cipher cipher;
  private byte[] block = new byte[0];
  private int used;
  private long left;

  KeyStream(String seed, long length) throws GeneralSecurityException {
    byte[] text = seed.getBytes(StandardCharsets.UTF_8);
    byte[] key = MessageDigest.getInstance("SHA-256").digest(text);
    cipher = Cipher.getInstance("ChaCha20");
    var parameters = new ChaCha20ParameterSpec(new byte[12], 0);
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), parameters);
    left = length;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (left == 0) {
      return -1;
    }
    if (used == block.length) {
      block = cipher.update(ZEROS);
      used = 0;
    }
    int count = (int) Math.min(Math.min(length, block.length - used), left);
    System.arraycopy(block, used, target, offset, count);
    used += count;
    left -= count;
    return count;
  }
}
