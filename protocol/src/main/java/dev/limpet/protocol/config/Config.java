package dev.limpet.protocol.config;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one start: every value is read, in range, and knows where it came from.
 * Printing it masks what is secret.
 */
public final class Config {
  private static final String MASK = "********";

  /**
   * A value as {@code config show} prints it.
   *
   * @param key the name of the key
   * @param value as it was written; masked when it is secret; empty when there is none
   * @param origin where it came from: {@code default}, a file and line, a variable, {@code --set}
   */
  public record Shown(String key, String value, String origin) {}

  private final Map<String, Object> values;
  private final List<Shown> shown;

  private Config(Map<String, Object> values, List<Shown> shown) {
    this.values = values;
    this.shown = List.copyOf(shown);
  }

  static Config of(ConfigSchema schema, Map<String, ConfigEntry> entries) {
    Map<String, Object> values = new HashMap<>();
    List<Shown> shown = new ArrayList<>();
    for (ConfigKey<?> key : schema.keys()) {
      ConfigEntry entry = entryOf(key, entries);
      if (entry == null) {
        shown.add(new Shown(key.name(), "", "not set"));
        continue;
      }
      values.put(key.name(), parse(key, entry));
      shown.add(new Shown(key.name(), key.secret() ? MASK : entry.text(), entry.origin()));
    }
    return new Config(values, shown);
  }

  private static @Nullable ConfigEntry entryOf(ConfigKey<?> key, Map<String, ConfigEntry> entries) {
    ConfigEntry file = key.secret() ? entries.get(key.name() + "-file") : null;
    if (file != null) {
      return new ConfigEntry(
          ConfigFile.secret(Path.of(file.text()), key.name()), file.origin() + ", " + file.text());
    }
    ConfigEntry written = entries.get(key.name());
    if (written != null) {
      return written;
    }
    return key.defaultText() == null ? null : new ConfigEntry(key.defaultText(), "default");
  }

  private static Object parse(ConfigKey<?> key, ConfigEntry entry) {
    String shown = key.secret() ? MASK : "\"" + entry.text() + "\"";
    String where = entry.origin() + ": " + key.name() + " = ";
    if (entry.text().length() > ConfigKey.MAX_VALUE_CHARS) {
      throw ConfigSchema.bad(
          where + "… has more than " + ConfigKey.MAX_VALUE_CHARS + " characters");
    }
    try {
      return key.parser().apply(entry.text());
    } catch (IllegalArgumentException e) {
      String reason =
          e.getMessage() == null || e.getMessage().isEmpty() || key.secret()
              ? ""
              : " (" + e.getMessage() + ")";
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          where + shown + " is not allowed" + reason + "; allowed: " + key.allowed(),
          e);
    }
  }

  /**
   * The value of a key that has a default or was checked to be there.
   *
   * @throws LimpetException {@code bad-config} when it was not set and has no default
   */
  public <T> T get(ConfigKey<T> key) {
    return find(key)
        .orElseThrow(
            () ->
                ConfigSchema.bad(key.name() + " is not set; add the line " + key.name() + " = …"));
  }

  /** The value of a key, or empty when it was not set and has no default. */
  @SuppressWarnings("unchecked") // put there by the parser of the same key
  public <T> Optional<T> find(ConfigKey<T> key) {
    return Optional.ofNullable((T) values.get(key.name()));
  }

  /** All keys with what they are set to and where that stands; secrets masked. */
  public List<Shown> shown() {
    return shown;
  }

  /** One {@code key = value} a line; secrets masked. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Shown line : shown) {
      out.append(line.key()).append(" = ").append(line.value()).append('\n');
    }
    return out.toString();
  }
}
