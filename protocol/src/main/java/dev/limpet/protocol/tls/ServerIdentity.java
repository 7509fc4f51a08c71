package dev.limpet.protocol.tls;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;

/**
 * What a server shows who it is with, checked to work.
 *
 * @param key belongs to the first certificate
 * @param chain that certificate, then those that signed it
 * @param text of both files, to see whether they changed
 */
record ServerIdentity(PrivateKey key, List<X509Certificate> chain, String text) {
  private static final byte[] PROBE = {1, 2, 3, 4};

  /**
   * Reads and checks both files.
   *
   * @param now a certificate must be valid at this time
   * @throws LimpetException {@code bad-config} with the setting that is wrong and the line that
   *     mends it
   */
  static ServerIdentity read(KeyFiles files, Instant now) {
    PemFile certificates = pem("tls-cert", files.certificate());
    refuseOpenFile(files.key());
    PemFile key = pem("tls-key", files.key());
    List<X509Certificate> chain;
    try {
      chain = certificates.certificates();
    } catch (IOException e) {
      throw bad("tls-cert", files.certificate(), " cannot be used: " + e.getMessage(), e);
    }
    X509Certificate own = chain.getFirst();
    checkTime(files.certificate(), own, now);
    PrivateKey secret = key(files, key, own.getPublicKey());
    return new ServerIdentity(secret, chain, certificates.text() + key.text());
  }

  /** When the first of its certificates stops being valid. */
  Instant end() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  private static PemFile pem(String setting, Path file) {
    try {
      return PemFile.read(file);
    } catch (IOException e) {
      throw bad(setting, file, " cannot be read: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "this process may not read it"
        : String.valueOf(e.getMessage());
  }

  private static void checkTime(Path file, X509Certificate own, Instant now) {
    Instant from = own.getNotBefore().toInstant();
    Instant end = own.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      throw bad("tls-cert", file, " expired at " + end + ": renew it, then name the new one", null);
    }
    if (now.isBefore(from)) {
      throw bad("tls-cert", file, " is valid from " + from + ": is the clock right? If so", null);
    }
  }

  private static PrivateKey key(KeyFiles files, PemFile pem, PublicKey certified) {
    PemFile.Section section =
        pem.sections().stream()
            .filter(each -> each.label().endsWith("PRIVATE KEY"))
            .findFirst()
            .orElseThrow(
                () ->
                    bad("tls-key", files.key(), " has no key (-----BEGIN PRIVATE KEY-----)", null));
    if (!section.label().equals("PRIVATE KEY")) {
      throw bad(
          "tls-key",
          files.key(),
          " has a key in the form "
              + section.label()
              + "; write it anew with openssl pkcs8 -topk8 -nocrypt -in "
              + files.key()
              + " -out key.pem",
          null);
    }
    try {
      PrivateKey key =
          KeyFactory.getInstance(certified.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(section.der()));
      if (belongTogether(key, certified)) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      throw stranger(files, e);
    }
    throw stranger(files, null);
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(PROBE);
    return signature.verify(signed);
  }

  /** Everybody on the machine could be this server. */
  private static void refuseOpenFile(Path key) {
    PosixFileAttributeView view = Files.getFileAttributeView(key, PosixFileAttributeView.class);
    try {
      if (view != null
          && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
        throw bad("tls-key", key, " can be read by everybody here: chmod 600 " + key, null);
      }
    } catch (IOException e) {
      throw bad("tls-key", key, " cannot be read: there is no such file", e);
    }
  }

  private static LimpetException stranger(
      KeyFiles files, @org.jspecify.annotations.Nullable Throwable cause) {
    return bad(
        "tls-key",
        files.key(),
        " is not the key of the first certificate in " + files.certificate(),
        cause);
  }

  private static LimpetException bad(
      String setting, Path file, String what, @org.jspecify.annotations.Nullable Throwable cause) {
    return new LimpetException(
        ErrorCode.BAD_CONFIG,
        setting + " = " + file + what + "; the line for another: " + setting + " = PATH",
        cause);
  }
}
