package dev.limpet.protocol.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** An authority that exists for one test: certificates (RFC 5280) for loopback, in PEM files. */
public final class TestAuthority {
  private static final byte[] ECDSA_SHA256 = hex("300a06082a8648ce3d040302");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final Path folder;
  private final KeyPair keys = keys();

  /** Writes {@code ca.pem} into the folder. */
  public TestAuthority(Path folder) {
    this.folder = folder;
    Instant now = Instant.now();
    byte[] basic = tlv(0x30, hex("0603551d130101ff040530030101ff"));
    write(authorities(), "CERTIFICATE", certificate("authority", keys, now.plus(day()), basic));
  }

  /** What a client is to believe. */
  public Path authorities() {
    return folder.resolve("ca.pem");
  }

  /** Those of a file that is looked at each time somebody asks whether it has changed. */
  public static Authorities watched(Path file, String setting) throws IOException {
    return Authorities.read(file, setting, Duration.ZERO);
  }

  /**
   * Puts another file in the place of one, with a later time than that had, whatever the clock
   * says.
   */
  public static void replace(Path file, Path by) throws IOException {
    Instant before = Files.getLastModifiedTime(file).toInstant();
    Files.copy(by, file, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(file, FileTime.from(before.plusSeconds(5)));
  }

  /** A certificate for this machine, in files of that name. */
  public KeyFiles issue(String name) {
    return issue(name, Instant.now().plus(day()));
  }

  /** The same with an end, which may be over. */
  public KeyFiles issue(String name, Instant end) {
    KeyPair own = keys();
    byte[] loopback = InetAddress.getLoopbackAddress().getAddress();
    byte[] names = tlv(0x30, tlv(0x82, "localhost".getBytes(US_ASCII)), tlv(0x87, loopback));
    byte[] extension = tlv(0x30, hex("0603551d11"), tlv(0x04, names));
    KeyFiles files = new KeyFiles(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    write(files.certificate(), "CERTIFICATE", certificate(name, own, end, extension));
    write(files.key(), "PRIVATE KEY", own.getPrivate().getEncoded());
    try {
      Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Reads the files of a server; they are read again by {@link #look} alone. */
  public static ServerKeys open(KeyFiles files) {
    return ServerKeys.unwatched(files, InstantSource.system());
  }

  /** The same for a server whose clock shows another time, to which its certificate is valid. */
  public static ServerKeys openAt(KeyFiles files, Instant now) {
    return ServerKeys.unwatched(files, InstantSource.fixed(now));
  }

  /** Has the files read again; whether there is a new certificate. */
  public static boolean look(ServerKeys keys) {
    return keys.look();
  }

  private static Duration day() {
    return Duration.ofDays(1);
  }

  private byte[] certificate(String subject, KeyPair own, Instant end, byte[] extension) {
    byte[] body =
        tlv(
            0x30,
            hex("a003020102"),
            tlv(0x02, number(SERIALS.incrementAndGet())),
            ECDSA_SHA256,
            name("authority"),
            tlv(0x30, time(end.minus(day()).minus(day())), time(end)),
            name(subject),
            own.getPublic().getEncoded(),
            tlv(0xa3, tlv(0x30, extension)));
    return tlv(0x30, body, ECDSA_SHA256, tlv(0x03, new byte[1], sign(keys.getPrivate(), body)));
  }

  private static byte[] name(String text) {
    byte[] part = tlv(0x30, hex("0603550403"), tlv(0x0c, text.getBytes(UTF_8)));
    return tlv(0x30, tlv(0x31, part));
  }

  private static byte[] time(Instant at) {
    return tlv(0x18, TIME.format(at).getBytes(US_ASCII));
  }

  private static byte[] number(long value) {
    return BigInteger.valueOf(value).toByteArray();
  }

  private static byte[] sign(PrivateKey key, byte[] body) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(body);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tag, length, value (X.690, DER). */
  private static byte[] tlv(int tag, byte[]... parts) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      value.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = value.size();
    if (length > 0xff) {
      out.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8)});
    } else if (length > 0x7f) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(value.toByteArray());
    return out.toByteArray();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  /** Writes one part of a PEM file. */
  static void write(Path file, String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    String text = "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a connection fails with that was refused for its certificate. */
  public static UnbelievedCertificateException unbelieved(String why) {
    return new UnbelievedCertificateException(why, new CertificateException(why));
  }
}
