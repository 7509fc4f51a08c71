package dev.limpet.protocol.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerKeysTest {
  @TempDir private Path folder;

  private static String refused(KeyFiles files) {
    return String.valueOf(
        assertThrows(LimpetException.class, () -> open(files)).problem().detail());
  }

  private static ServerKeys open(KeyFiles files) {
    return ServerKeys.unwatched(files, InstantSource.system());
  }

  private static String alias(ServerKeys keys) {
    return Objects.requireNonNull(keys.chooseEngineServerAlias("EC", null, null));
  }

  private static void copy(KeyFiles from, KeyFiles to) throws IOException {
    Files.copy(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void a_client_that_believes_the_authority_shakes_hands_and_another_does_not() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    ServerKeys keys = open(authority.issue("server"));
    shake(keys, Authorities.read(authority.authorities(), "node-ca = PEM-FILE").context());
    assertThrows(SSLHandshakeException.class, () -> shake(keys, SSLContext.getDefault()));
  }

  private static void shake(ServerKeys keys, SSLContext client) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, null, null);
    try (SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                try (SSLSocket socket = (SSLSocket) server.accept()) {
                  socket.startHandshake();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      try (SSLSocket socket =
          (SSLSocket) client.getSocketFactory().createSocket("localhost", server.getLocalPort())) {
        var checked = socket.getSSLParameters();
        checked.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(checked);
        socket.startHandshake();
      }
      served.join();
    }
  }

  @Test
  void changed_files_are_in_use_after_a_look_and_a_handshake_under_way_keeps_the_old_ones()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("server");
    ServerKeys keys = open(files);
    String before = alias(keys);
    var chain = keys.getCertificateChain(before);
    assertFalse(keys.look(), "nothing has changed");
    copy(authority.issue("next"), files);
    assertTrue(keys.look());
    assertNotEquals(before, alias(keys));
    assertArrayEquals(chain, keys.getCertificateChain(before));
    copy(authority.issue("last"), files);
    assertTrue(keys.look());
    assertNull(keys.getCertificateChain(before), "more than one generation is kept");
  }

  @Test
  void files_that_do_not_work_change_nothing() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("server");
    ServerKeys keys = open(files);
    String before = alias(keys);
    Files.copy(
        authority.issue("next").certificate(),
        files.certificate(),
        StandardCopyOption.REPLACE_EXISTING);
    assertFalse(keys.look(), "its key is not there yet");
    Files.delete(files.certificate());
    assertFalse(keys.look());
    assertEquals(before, alias(keys));
    copy(authority.issue("last"), files);
    assertTrue(keys.look());
  }

  @Test
  void each_way_in_which_files_do_not_fit_is_told_with_the_setting_to_change() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles one = authority.issue("one");
    KeyFiles other = authority.issue("other");
    String stranger = refused(new KeyFiles(one.certificate(), other.key()));
    assertTrue(stranger.contains("is not the key of the first certificate"), stranger);
    assertTrue(stranger.contains("tls-key = PATH"), stranger);
    String missing = refused(new KeyFiles(folder.resolve("none.pem"), one.key()));
    assertTrue(missing.contains("none.pem cannot be read: there is no such file"), missing);
    assertTrue(missing.contains("tls-cert = PATH"), missing);
    String keyless = refused(new KeyFiles(one.certificate(), folder.resolve("none.key")));
    assertTrue(keyless.contains("tls-key = ") && keyless.contains("no such file"), keyless);
    String swapped = refused(new KeyFiles(one.key(), one.key()));
    assertTrue(swapped.contains("there is no certificate in it"), swapped);
    String expired = refused(authority.issue("old", Instant.parse("2020-01-01T00:00:00Z")));
    assertTrue(expired.contains("expired at 2020-01-01T00:00:00Z"), expired);
    Instant far = Instant.now().plusSeconds(1_000_000_000);
    String early = refused(authority.issue("early", far));
    assertTrue(early.contains("is valid from"), early);
  }

  @Test
  void a_key_in_another_form_or_open_to_everybody_is_told_with_the_command_to_run()
      throws Exception {
    KeyFiles files = new TestAuthority(folder).issue("server");
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));
    String open = refused(files);
    assertTrue(open.contains("chmod 600 " + files.key()), open);
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(files.key(), Files.readString(files.key()).replace("PRIVATE", "EC PRIVATE"));
    String form = refused(files);
    assertTrue(form.contains("openssl pkcs8 -topk8 -nocrypt -in " + files.key()), form);
  }

  @Test
  void files_that_are_no_pem_are_refused() throws Exception {
    KeyFiles files = new TestAuthority(folder).issue("server");
    String good = Files.readString(files.certificate());
    for (String text :
        new String[] {
          "",
          "no pem",
          good.substring(0, good.length() - 30),
          good.replace('A', '='),
          good.substring(0, 60) + good.substring(100),
          "x".repeat(PemFile.MAX_PEM_BYTES + 1)
        }) {
      Files.writeString(files.certificate(), text);
      String said = refused(files);
      assertTrue(said.contains("tls-cert = "), said);
    }
  }
}
