package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.http.HeadLines.LineName;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.protocol.ETags;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * One request for data: what is asked for, in which form, and where its path leads.
 *
 * @param isPublic whether shared caches may keep the answer
 */
record Asked(
    Exchange exchange,
    RequestTarget.Content target,
    Wish wish,
    ContentPaths.Followed followed,
    boolean isPublic) {
  static final String FILENAME = "filename";
  static final String DOWNLOAD = "download";

  private static final LineName ROOTS = new LineName("X-Ipfs-Roots");
  private static final Header BY_ACCEPT = FixedHeaders.fixed("Vary", "Accept");
  private static final HeaderName CONTENT_LOCATION = HeaderNames.create("Content-Location");

  /** What is said of data, and not of a problem. */
  static final List<HeaderName> DESCRIPTION =
      List.of(
          ContentAddress.URI,
          CONTENT_LOCATION,
          HeaderNames.CONTENT_DISPOSITION,
          HeaderNames.ACCEPT_RANGES);

  /** Data never changes under its CID. */
  private static final Caching FOREVER = new Caching("max-age=29030400, immutable");

  /** A page about data may look different in the next release. */
  private static final Caching GENERATED =
      new Caching("max-age=604800, stale-while-revalidate=2678400");

  /** For how long an answer may be kept, by all or by the caller alone. */
  private record Caching(Header byAll, Header byCaller) {
    Caching(String time) {
      this(
          FixedHeaders.fixed("Cache-Control", "public, " + time),
          FixedHeaders.fixed("Cache-Control", "private, " + time));
    }
  }

  /** What is at the end of the path. */
  Cid cid() {
    return followed.cid();
  }

  QueryParameters query() {
    return target.query();
  }

  /** The last name of the path, or an empty string. */
  String lastName() {
    List<String> path = target.data().path();
    return path.isEmpty() ? "" : path.getLast();
  }

  /** The name that the caller wants a file to have, or an empty string. */
  String filename() {
    List<String> names = query().values(FILENAME);
    return names.isEmpty() ? "" : names.getFirst();
  }

  /**
   * Says which blocks the path led through, and where a form that was negotiated stands.
   *
   * @param place what was said of the place
   */
  void describe(HeadLines place) {
    exchange.set(BY_ACCEPT);
    StringJoiner roots = new StringJoiner(",");
    followed.cids().forEach(cid -> roots.add(cid.toString()));
    place.text(ROOTS, roots.toString());
    if (wish.negotiated()) {
      exchange.set(CONTENT_LOCATION, location());
    }
  }

  /** The same with the form in its query, in the order of the parameters' names. */
  private String location() {
    List<String> parameters = new ArrayList<>(List.of("format=" + wish.format().parameter()));
    query().all().forEach(parameter -> parameters.add(parameter.raw()));
    if (wish.format() == DataFormat.CAR) {
      for (String name : CarSelection.NEGOTIATED) {
        String value = wish.parameters().get(name);
        if (value != null && query().values("car-" + name).isEmpty()) {
          parameters.add("car-" + name + "=" + value);
        }
      }
    }
    parameters.sort(null);
    return exchange.rawTarget().substring(0, pathLength()) + "?" + String.join("&", parameters);
  }

  /** Characters of the target before its query. */
  private int pathLength() {
    int question = exchange.rawTarget().indexOf('?');
    return question < 0 ? exchange.rawTarget().length() : question;
  }

  /**
   * Whether the caller has this answer already and got 304; it is the same as long as its tag is.
   */
  boolean isUnchanged(String etag) {
    describe(etag, FOREVER);
    return answerIfKnown(knows(etag));
  }

  /**
   * The same for a page that this release makes of data; whoever knows what is at the end of the
   * path by its CID knows what the page shows.
   */
  boolean isUnchangedPage(String etag) {
    describe(etag, GENERATED);
    return answerIfKnown(knows(etag) || knows("\"" + cid() + "\""));
  }

  private void describe(String etag, Caching caching) {
    exchange.set(HeaderNames.ETAG, etag);
    exchange.set(isPublic ? caching.byAll : caching.byCaller);
  }

  private boolean knows(String etag) {
    return exchange
        .joined(HeaderNames.IF_NONE_MATCH)
        .filter(tags -> ETags.noneMatch(tags, weak(etag)))
        .isPresent();
  }

  private boolean answerIfKnown(boolean known) {
    if (known) {
      exchange.answerEmpty(304);
    }
    return known;
  }

  /** A tag as it is compared, where it does not matter whether it is a weak one. */
  private static String weak(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  /**
   * Names the file that a browser would keep.
   *
   * @param inline whether it may be shown, if the caller does not ask for a download
   * @param name unless the caller gives one
   */
  void disposition(boolean inline, String name) {
    String asked = filename();
    boolean shown = inline && !query().values(DOWNLOAD).contains("true");
    exchange.set(
        HeaderNames.CONTENT_DISPOSITION, Disposition.of(shown, asked.isEmpty() ? name : asked));
  }

  /** Sends the caller to the path with a slash: only then links of a page are below it. */
  void redirectBelow() {
    String raw = exchange.rawTarget();
    int length = pathLength();
    exchange.set(HeaderNames.LOCATION, raw.substring(0, length) + "/" + raw.substring(length));
    exchange.answerEmpty(301);
  }
}
