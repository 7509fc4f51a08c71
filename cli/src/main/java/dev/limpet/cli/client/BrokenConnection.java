package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.access.PlainHttp;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.UnbelievedCertificateException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * Says in one line why a server gave no answer, and what to do about it.
 *
 * @param base where it should be
 * @param role {@code gateway} or {@code node}
 * @param authorities who is believed there
 */
record BrokenConnection(URI base, String role, Authorities authorities) {
  /** Of a question that is only asked to say more about a failure. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** The failure for people. A connection that broke without a reason is looked at once more. */
  CliException told(IOException cause) {
    UnbelievedCertificateException refused = UnbelievedCertificateException.in(cause).orElse(null);
    if (refused != null) {
      return unreachable(
          base + " did not show a certificate that is believed here: " + refused.getMessage());
    }
    return switch (cause) {
      case ConnectException _, UnknownHostException _ -> notReachable();
      case HttpConnectTimeoutException _ -> isSecure() && speaksOther() ? other() : notReachable();
      case HttpTimeoutException _ ->
          new CliException(
              ErrorCode.OUT_OF_TIME, "the " + role + " at " + base + " did not answer in time");
      default ->
          speaksOther()
              ? other()
              : unreachable(
                  "the connection to the " + role + " at " + base + " broke: " + said(cause));
    };
  }

  private static String said(IOException cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private CliException notReachable() {
    String advice =
        role.equals("gateway")
            ? "start one with 'limpet up', or name another with --gateway URL or LIMPET_GATEWAY"
            : "start one with 'limpet up', or name another with --node NAME|URL";
    return unreachable("no " + role + " answers at " + base + ": " + advice);
  }

  private CliException other() {
    boolean secure = isSecure();
    return unreachable(
        base
            + " speaks "
            + (secure ? "plain http, and no https" : "https, and no plain http")
            + ": name it as "
            + otherBase()
            + (secure ? ", or where its tls-listen is" : ""));
  }

  private boolean isSecure() {
    return "https".equals(base.getScheme());
  }

  private URI otherBase() {
    String rest = base.toString().substring(base.getScheme().length());
    return URI.create((isSecure() ? "http" : "https") + rest);
  }

  /** Whether https is spoken there where http was asked for, or the reverse. No token is shown. */
  private boolean speaksOther() {
    URI other = otherBase();
    HttpClient probe = PlainHttp.clientOf(other, authorities).connectTimeout(PATIENCE).build();
    try (InputStream _ =
        probe
            .send(
                HttpRequest.newBuilder(other.resolve("/health/live")).timeout(PATIENCE).build(),
                BodyHandlers.ofInputStream())
            .body()) {
      return true;
    } catch (IOException e) {
      return UnbelievedCertificateException.in(e).isPresent();
    } catch (InterruptedException e) {
      throw StreamClient.interrupted();
    } finally {
      probe.shutdownNow();
    }
  }

  private static CliException unreachable(String why) {
    return new CliException(ErrorCode.UNREACHABLE, why);
  }
}
