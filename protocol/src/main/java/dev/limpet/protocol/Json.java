package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonStream;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/**
 * JSON in and out for the records of this package.
 *
 * <p>Reading is strict about form ({@link StrictJsonReader}) and tolerant about content: a field
 * that a record does not have is skipped, so that an older process understands a newer one. Writing
 * leaves out what is absent. CIDs are their canonical strings, times RFC 3339 in UTC with
 * milliseconds, bytes base64url, durations fields that end in {@code Ms}.
 */
public final class Json {
  /** Media type of every JSON body that is not a problem document. */
  public static final String MEDIA_TYPE = "application/json";

  /** Longest message that goes into the detail of a problem. */
  private static final int SHOWN_CHARS = 300;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private static final Jsonb JSONB =
      Jsonb.builder()
          .serializeNulls(false)
          .serializeEmpty(true)
          .failOnNullPrimitives(true)
          .add(Cid.class, text(Cid::parse, Cid::toString))
          .add(ExecutionId.class, text(ExecutionId::parse, ExecutionId::text))
          .add(PeerId.class, text(PeerId::parse, PeerId::toString))
          .add(ByteString.class, text(ByteString::parse, ByteString::toString))
          .add(URI.class, text(URI::create, URI::toString))
          .add(Instant.class, text(Json::parseTime, Json::formatTime))
          .build();

  private static final JsonStream WITHOUT_EMPTY =
      JsonStream.builder().serializeNulls(false).serializeEmpty(false).build();

  private Json() {}

  /**
   * Reads one document.
   *
   * @param type a record of this package marked {@code @Json}
   * @param maxBytes more bytes than this are refused unread
   * @throws LimpetException {@code body-too-large} or {@code bad-json}; the detail names the field
   */
  public static <T> T read(Class<T> type, byte[] json, int maxBytes) {
    return read(JSONB.adapter(type), type.getSimpleName(), json, maxBytes);
  }

  /** Reads one page of a list; as {@link #read}. */
  public static <T> Page<T> readPage(Class<T> itemType, byte[] json, int maxBytes) {
    return read(pageAdapter(itemType), "list of " + itemType.getSimpleName(), json, maxBytes);
  }

  /**
   * Reads one document of somebody else, whose form no record has; as {@link #read}.
   *
   * @return a map, a list, a string, a number or a boolean; inside of it there may be nulls
   */
  public static Object readAny(byte[] json, int maxBytes) {
    return read(JSONB.adapter(Object.class), "document", json, maxBytes);
  }

  private static <T> T read(JsonAdapter<T> adapter, String what, byte[] json, int maxBytes) {
    if (json.length > maxBytes) {
      throw new LimpetException(
          ErrorCode.BODY_TOO_LARGE,
          "this JSON has " + json.length + " bytes, at most " + maxBytes + " are read");
    }
    try {
      StrictJsonReader reader = new StrictJsonReader(json);
      if (reader.isNullValue()) {
        throw new JsonDataException("expected an object, found null");
      }
      T value = adapter.fromJson(reader);
      reader.end();
      return value;
    } catch (JsonDataException | IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_JSON, what + ": " + shown(e), e);
    }
  }

  private static String shown(RuntimeException e) {
    String message = e.getMessage() == null ? "does not fit" : e.getMessage();
    return message.length() > SHOWN_CHARS ? message.substring(0, SHOWN_CHARS) + "…" : message;
  }

  /** One object as UTF-8 without line breaks. */
  public static byte[] write(Object value) {
    return JSONB.toJsonBytes(value);
  }

  /** As {@link #write}, without lists that are empty: for a record that takes none for that. */
  static <T> byte[] writeWithoutEmpty(Class<T> type, T value) {
    try (BytesJsonWriter writer = WITHOUT_EMPTY.bufferedWriterAsBytes()) {
      JSONB.adapter(type).toJson(writer, value);
      return writer.result();
    }
  }

  /** As {@link #write}, as a string: for the command line. */
  public static String writeString(Object value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  /** A page of a list: {@code {"items":[…],"next":"…"}}. */
  public static <T> byte[] writePage(Class<T> itemType, Page<T> page) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonWriter writer = JSONB.writer(out)) {
      pageAdapter(itemType).toJson(writer, page);
    }
    return out.toByteArray();
  }

  private static <T> JsonAdapter<Page<T>> pageAdapter(Class<T> itemType) {
    return new PageAdapter<>(JSONB.adapter(Types.listOf(itemType)));
  }

  /** RFC 3339 in UTC with milliseconds, such as {@code 2026-11-24T04:05:06.789Z}. */
  public static String formatTime(Instant time) {
    return TIME.format(time.truncatedTo(ChronoUnit.MILLIS));
  }

  private static Instant parseTime(String text) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME
          .withZone(ZoneOffset.UTC)
          .parse(text, Instant::from);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("expected a time such as 2026-11-24T04:05:06Z", e);
    }
  }

  private static <T> JsonAdapter<T> text(Function<String, T> parse, Function<T, String> format) {
    return new TextAdapter<>(parse, format).nullSafe();
  }

  /** A value that travels as a string of its own form. */
  private record TextAdapter<T>(Function<String, T> parse, Function<T, String> format)
      implements JsonAdapter<T> {
    @Override
    public void toJson(JsonWriter writer, T value) {
      writer.value(format.apply(value));
    }

    @Override
    public T fromJson(JsonReader reader) {
      String text = reader.readString();
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new JsonDataException(reader.location() + ": " + e.getMessage(), e);
      }
    }
  }
}
