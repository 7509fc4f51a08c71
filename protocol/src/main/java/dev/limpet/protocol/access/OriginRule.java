package dev.limpet.protocol.access;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps web pages of strangers from using the browser of somebody who may reach this listener.
 *
 * <p>{@link #check} is for requests that change something or call a function, {@link #checkView}
 * for those that show what only the machine's own user may see. Programs that are no browsers send
 * neither {@code Origin} nor {@code Sec-Fetch-Site} and pass. A browser sends {@code Origin} with
 * every request of a script to another origin and with every POST, and {@code Sec-Fetch-Site} with
 * every request to a trustworthy origin, loopback among them:
 *
 * <ul>
 *   <li>an {@code Origin} that is configured passes;
 *   <li>any other than the listener's own is foreign; so is {@code null}, which is what sandboxed
 *       pages have, our own function answers among them;
 *   <li>without {@code Origin}, {@code Sec-Fetch-Site} must be {@code none} (typed by the user) or
 *       {@code same-origin}; {@code same-site} is another port of this machine, where another
 *       program's page may be;
 *   <li>a service worker is never installed from here: it would outlive its page.
 * </ul>
 */
public final class OriginRule {
  private static final Set<String> OWN_SITES = Set.of("none", "same-origin");

  private final Set<String> trusted = new TreeSet<>();
  private final String setting;

  /**
   * Trusts origins that the setting {@code origins} names.
   *
   * @param trusted origins that are configured, such as {@code https://console.example}
   * @throws IllegalArgumentException when one is no origin
   */
  public OriginRule(List<String> trusted) {
    this(trusted, "origins");
  }

  /**
   * Trusts origins that a setting names.
   *
   * @param trusted origins that are configured
   * @param setting where others can be added
   * @throws IllegalArgumentException when one is no origin
   */
  public OriginRule(List<String> trusted, String setting) {
    this.setting = setting;
    for (String origin : trusted) {
      this.trusted.add(
          normal(origin)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "not an origin such as https://console.example: " + origin)));
    }
  }

  /**
   * Refuses what a foreign page asks. {@code Host} was checked before ({@link HostRule}).
   *
   * @throws LimpetException {@code foreign-origin}
   */
  public void check(HeaderLines headers) {
    refuseServiceWorker(headers);
    List<String> origins = headers.values("Origin");
    if (origins.isEmpty()) {
      checkSite(headers);
      return;
    }
    Optional<String> origin = origins.size() == 1 ? normal(origins.getFirst()) : Optional.empty();
    if (origin.isPresent() && trusted.contains(origin.get())) {
      return;
    }
    if (origin.isEmpty() || !isOwn(origin.get(), headers.values("Host"))) {
      throw foreign(
          "the Origin of this request is foreign",
          origin
              .map(o -> "; if you trust that page, add the line: " + setting + " = " + o)
              .orElse(""));
    }
    checkSite(headers);
  }

  /**
   * Refuses to show a foreign page what its browser's user may see without a token. A link that
   * somebody followed is that person's own request, wherever the link stood: the page learns
   * nothing of the answer. Frames, images and scripts are the page's request.
   *
   * @throws LimpetException {@code foreign-origin}
   */
  public void checkView(HeaderLines headers) {
    if (isFollowedLink(headers)) {
      refuseServiceWorker(headers);
    } else {
      check(headers);
    }
  }

  /** Whether {@link #checkView} refuses nothing. */
  public boolean mayView(HeaderLines headers) {
    try {
      checkView(headers);
      return true;
    } catch (LimpetException e) {
      return false;
    }
  }

  /** A browser says {@code ?1} only after a click or a key, and no page can (Fetch Metadata). */
  private static boolean isFollowedLink(HeaderLines headers) {
    return headers.values("Origin").isEmpty()
        && headers.values("Sec-Fetch-User").equals(List.of("?1"))
        && headers.values("Sec-Fetch-Mode").equals(List.of("navigate"))
        && headers.values("Sec-Fetch-Dest").equals(List.of("document"));
  }

  /**
   * Refuses to be the script of a service worker; for every request, also a harmless one.
   *
   * @throws LimpetException {@code foreign-origin}
   */
  public static void refuseServiceWorker(HeaderLines headers) {
    if (!headers.values("Service-Worker").isEmpty()) {
      throw foreign("service workers are not served from here", "");
    }
  }

  private static void checkSite(HeaderLines headers) {
    for (String site : headers.values("Sec-Fetch-Site")) {
      if (!OWN_SITES.contains(site.strip().toLowerCase(Locale.ROOT))) {
        throw foreign("a page of another origin caused this request", "");
      }
    }
  }

  private static LimpetException foreign(String what, String advice) {
    return new LimpetException(ErrorCode.FOREIGN_ORIGIN, what + advice);
  }

  /** The listener's own origin has the host and port of the request, whatever the scheme. */
  private static boolean isOwn(String origin, List<String> host) {
    if (host.size() != 1) {
      return false;
    }
    String scheme = origin.substring(0, origin.indexOf("://"));
    return normal(scheme + "://" + host.getFirst()).filter(origin::equals).isPresent();
  }

  /** An origin with its port always written, or nothing for {@code null} and the malformed. */
  private static Optional<String> normal(String origin) {
    try {
      URI uri = new URI(origin);
      String scheme = uri.getScheme();
      boolean bare =
          ("http".equals(scheme) || "https".equals(scheme))
              && uri.getRawAuthority() != null
              && origin.equals(scheme + "://" + uri.getRawAuthority());
      return bare
          ? HostName.parse(uri.getRawAuthority())
              .map(h -> scheme + "://" + h.text() + ":" + port(scheme, h.port()))
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static int port(String scheme, int written) {
    if (written >= 0) {
      return written;
    }
    return scheme.equals("http") ? 80 : 443;
  }
}
