package dev.limpet.protocol.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A text file of certificates and keys (RFC 7468).
 *
 * @param sections in the order of the file
 * @param text all of it, to see whether it changed
 */
record PemFile(List<Section> sections, String text) {
  /** A hundred certificates stay below; a larger file was meant for something else. */
  static final int MAX_PEM_BYTES = 256 << 10;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /**
   * One part of it.
   *
   * @param label such as {@code CERTIFICATE}
   * @param der what it encodes
   */
  record Section(String label, byte[] der) {}

  /**
   * Reads a file.
   *
   * @throws IOException with a reason that fits behind "cannot be read:"
   */
  static PemFile read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_PEM_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    }
    if (bytes.length > MAX_PEM_BYTES) {
      throw new IOException("it has more than " + MAX_PEM_BYTES + " bytes");
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return new PemFile(sections(text), text);
  }

  private static List<Section> sections(String text) throws IOException {
    List<Section> sections = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int labelAt = at + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelAt);
      String label = labelEnd < 0 ? "" : text.substring(labelAt, labelEnd);
      int bodyAt = labelEnd + DASHES.length();
      int bodyEnd = labelEnd < 0 ? -1 : text.indexOf(END + label + DASHES, bodyAt);
      if (bodyEnd < 0) {
        throw new IOException("a part of it has a begin and no end");
      }
      sections.add(new Section(label, decoded(text.substring(bodyAt, bodyEnd))));
      at = text.indexOf(BEGIN, bodyEnd);
    }
    return List.copyOf(sections);
  }

  private static byte[] decoded(String base64) throws IOException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IOException("a part of it is no base64", e);
    }
  }

  /**
   * Its certificates, in the order of the file.
   *
   * @throws IOException when there is none, or one that is none
   */
  List<X509Certificate> certificates() throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Section section : sections) {
        if (section.label.equals("CERTIFICATE")) {
          certificates.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(section.der)));
        }
      }
    } catch (CertificateException e) {
      throw new IOException("a certificate in it is damaged", e);
    }
    if (certificates.isEmpty()) {
      throw new IOException("there is no certificate in it (-----BEGIN CERTIFICATE-----)");
    }
    return List.copyOf(certificates);
  }
}
