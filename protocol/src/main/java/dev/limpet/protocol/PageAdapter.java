package dev.limpet.protocol;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON of a {@link Page}; by hand, because its items have a type of their own. */
final class PageAdapter<T> implements JsonAdapter<Page<T>> {
  private final JsonAdapter<List<T>> items;

  PageAdapter(JsonAdapter<List<T>> items) {
    this.items = items;
  }

  @Override
  public void toJson(JsonWriter writer, Page<T> page) {
    writer.beginObject();
    writer.name("items");
    items.toJson(writer, page.items());
    writer.name("next");
    writer.value(page.next());
    writer.endObject();
  }

  @Override
  public Page<T> fromJson(JsonReader reader) {
    List<T> read = List.of();
    @Nullable String next = null;
    reader.beginObject();
    while (reader.hasNextField()) {
      switch (reader.nextField()) {
        case "items" -> read = items.fromJson(reader);
        case "next" -> next = reader.isNullValue() ? null : reader.readString();
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    return new Page<>(read, next);
  }
}
