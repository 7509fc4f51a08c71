package dev.limpet.node.http;

import dev.limpet.node.name.NameException;
import dev.limpet.node.name.NameRecords;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ETags;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.ipns.IpnsName;
import dev.limpet.protocol.ipns.IpnsRecord;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.time.Duration;

/**
 * {@code /ipns/NAME}: names whose records this node keeps. The record itself is had as a trustless
 * gateway gives it ({@code format=ipns-record}); all else is answered by a redirect to what the
 * name stands for now, which may be kept as long as the record says, while the data there may be
 * kept for ever.
 */
public final class NameResource implements Resource {
  private static final String PREFIX = "/ipns/";
  private static final String DATA = "/ipfs/";

  private final NameRecords records;
  private final boolean isPublic;

  /**
   * Names of these records.
   *
   * @param isPublic whether everybody may ask, so that shared caches may keep what is answered
   */
  public NameResource(NameRecords records, boolean isPublic) {
    this.records = records;
    this.isPublic = isPublic;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && resource.segments().size() > 1
        && resource.segments().getFirst().equals("ipns");
  }

  @Override
  public Need need() {
    return Need.READ;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    if (isPublic) {
      PublicPages.allow(exchange);
    }
    exchange.allow("GET", "HEAD");
    FixedHeaders.CONTENT.setOn(exchange);
    Wish wish = Wish.of(target.query(), exchange.joined(HeaderNames.ACCEPT));
    IpnsRecord record = record(target.segments().get(1));
    exchange.set(HeaderNames.VARY, "Accept");
    if (wish.format() != DataFormat.IPNS_RECORD) {
      redirect(exchange, record);
      return;
    }
    if (target.segments().size() > 2) {
      throw new LimpetException(ErrorCode.BAD_REQUEST, "a record is of a name, without a path");
    }
    answer(exchange, record);
  }

  private IpnsRecord record(String text) {
    IpnsName name;
    try {
      name = IpnsName.parse(text);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST, "no name of a key, and a node knows no DNSLink names", e);
    }
    try {
      return records.current(name);
    } catch (NameException e) {
      throw new LimpetException(ErrorCode.NAME_NOT_FOUND, e.reason(), e);
    }
  }

  private void answer(Exchange exchange, IpnsRecord record) {
    String etag = "\"" + record.name() + "." + record.content().sequence() + "\"";
    exchange.set(HeaderNames.ETAG, etag);
    keep(exchange, records.freshFor(record));
    if (exchange
        .joined(HeaderNames.IF_NONE_MATCH)
        .filter(tags -> ETags.noneMatch(tags, etag))
        .isPresent()) {
      exchange.answerEmpty(304);
      return;
    }
    exchange.set(ContentAddress.URI, "ipns://" + record.name());
    exchange.set(ContentAddress.PATH, PREFIX + record.name());
    exchange.set(
        HeaderNames.CONTENT_DISPOSITION, Disposition.of(false, record.name() + ".ipns-record"));
    exchange.set(HeaderNames.CONTENT_TYPE, IpnsRecord.MEDIA_TYPE);
    exchange.answerBytes(200, record.bytes());
  }

  private void keep(Exchange exchange, Duration time) {
    exchange.set(
        HeaderNames.CACHE_CONTROL,
        (isPublic ? "public, max-age=" : "private, max-age=") + time.toSeconds());
  }

  /**
   * What a name of a name stands for is only as fresh as all of them: such an answer is not kept.
   */
  private void redirect(Exchange exchange, IpnsRecord record) {
    String value = record.content().value();
    boolean direct = value.startsWith(DATA);
    keep(exchange, direct ? records.freshFor(record) : Duration.ZERO);
    exchange.set(HeaderNames.LOCATION, DATA + place(record) + behindName(exchange.rawTarget()));
    exchange.answerEmpty(307);
  }

  private String place(IpnsRecord record) {
    try {
      String path = records.resolve(PREFIX + record.name(), true);
      int end = path.endsWith("/") ? path.length() - 1 : path.length();
      return DataRef.parse(path.substring(0, end)).toEncoded();
    } catch (NameException e) {
      throw new LimpetException(ErrorCode.NAME_NOT_FOUND, e.reason(), e);
    } catch (LimpetException e) {
      throw new LimpetException(ErrorCode.NAME_NOT_FOUND, "the name stands for no data", e);
    }
  }

  /** The rest of the path, and the query, as they were sent. */
  private static String behindName(String raw) {
    int at = raw.indexOf('/', 1) + 1;
    while (at < raw.length() && raw.charAt(at) != '/' && raw.charAt(at) != '?') {
      at++;
    }
    return raw.substring(at);
  }
}
