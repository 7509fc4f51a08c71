package dev.limpet.protocol;

import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The Ed25519 key of a node (RFC 8032). It is made at the first start and kept in one file: a line
 * with the {@link PeerId}, which says whose key it is, and a line with the private key (PKCS #8,
 * RFC 8410, in base64). The file has mode 0600 from its first byte and is never half-written.
 */
public final class NodeIdentity {
  private static final String ALGORITHM = "Ed25519";
  private static final int SIGNATURE_BYTES = 64;

  /** SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410, section 4). */
  private static final byte[] SPKI_PREFIX = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  /** A peer id and a private key are 52 and 64 characters. */
  private static final int MAX_KEY_FILE_BYTES = 1024;

  private final PrivateKey key;
  private final PeerId peerId;

  private NodeIdentity(PrivateKey key, PeerId peerId) {
    this.key = key;
    this.peerId = peerId;
  }

  /** A new identity, kept nowhere. */
  public static NodeIdentity generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      byte[] spki = pair.getPublic().getEncoded();
      byte[] raw = Arrays.copyOfRange(spki, SPKI_PREFIX.length, spki.length);
      return new NodeIdentity(pair.getPrivate(), PeerId.of(raw));
    } catch (GeneralSecurityException e) {
      throw noEd25519(e);
    }
  }

  /**
   * The identity in this file; made and written when there is no file.
   *
   * @throws IOException when the file cannot be read or written, or holds no key
   */
  public static NodeIdentity loadOrCreate(Path file) throws IOException {
    if (Files.exists(file)) {
      return load(file);
    }
    NodeIdentity made = generate();
    made.save(file);
    return made;
  }

  private static NodeIdentity load(Path file) throws IOException {
    if (Files.size(file) > MAX_KEY_FILE_BYTES) {
      throw new IOException(file + " is too long for the key of a node");
    }
    String[] lines = Files.readString(file).strip().split("\n", -1);
    try {
      if (lines.length != 2) {
        throw new IllegalArgumentException("it has " + lines.length + " lines, not 2");
      }
      PeerId peerId = PeerId.parse(lines[0]);
      byte[] pkcs8 = Base64.getDecoder().decode(lines[1]);
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      NodeIdentity loaded = new NodeIdentity(key, peerId);
      if (!verify(peerId, SPKI_PREFIX, loaded.sign(SPKI_PREFIX))) {
        throw new IllegalArgumentException("the key is not the one of " + peerId);
      }
      return loaded;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          file
              + " does not hold the key of a node ("
              + e.getMessage()
              + "); restore it, or remove it to become a new node",
          e);
    }
  }

  private void save(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    byte[] text =
        (peerId + "\n" + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    SyncedFiles.replace(
        absolute,
        text,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Who this is. */
  public PeerId peerId() {
    return peerId;
  }

  /** A signature of 64 bytes over these bytes. */
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw noEd25519(e);
    }
  }

  /** Signs a claim to join. */
  public ByteString sign(JoinClaim claim) {
    return ByteString.of(sign(claim.toSign()));
  }

  /** Whether the holder of that identity signed these bytes. */
  public static boolean verify(PeerId signer, byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    byte[] spki =
        ByteBuffer.allocate(SPKI_PREFIX.length + PeerId.PUBLIC_KEY_BYTES)
            .put(SPKI_PREFIX)
            .put(signer.publicKey())
            .array();
    try {
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(spki));
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(message);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // not a point of the curve, or not a signature: nobody signed this
    }
  }

  private static IllegalStateException noEd25519(GeneralSecurityException e) {
    return new IllegalStateException("every JDK has Ed25519", e);
  }

  /** Who this is, without the key. */
  @Override
  public String toString() {
    return "NodeIdentity[" + peerId + "]";
  }
}
