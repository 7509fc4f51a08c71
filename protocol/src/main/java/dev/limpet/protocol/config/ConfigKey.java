package dev.limpet.protocol.config;

import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.ListenAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One key of a configuration: its name, its type and range, its default and what it is for. Made by
 * a factory for its type, then {@link #orElse} and {@link #says}:
 *
 * <pre>{@code
 * static final ConfigKey<Long> QUOTA =
 *     ConfigKey.bytes("quota", 1 << 20, 1L << 50)
 *         .orElse("10GiB")
 *         .says("Bytes that the store may have.");
 * }</pre>
 *
 * @param name lower-case words joined by hyphens
 * @param allowed what values are allowed, for messages and for the documentation
 * @param defaultText the default as it would be written, or null when there is none
 * @param says what it is for, one sentence
 * @param secret whether its value is never shown and never taken from an argument
 * @param parser reads a value; throws {@link IllegalArgumentException} with a reason
 */
public record ConfigKey<T>(
    String name,
    String allowed,
    @Nullable String defaultText,
    String says,
    boolean secret,
    Function<String, T> parser) {
  /** Items of a list. */
  public static final int MAX_ITEMS = 64;

  /** Longest value. */
  public static final int MAX_VALUE_CHARS = 4096;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private static final int HIGHEST_PORT = 65_535;

  /** Checks the name and that the default is allowed. */
  public ConfigKey {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name of a key: " + name);
    }
    if (defaultText != null) {
      var _ = parser.apply(defaultText);
    }
  }

  /** A whole number in a range. */
  public static ConfigKey<Integer> integer(String name, int min, int max) {
    return key(
        name,
        "a whole number from " + min + " to " + max,
        text -> Math.toIntExact(inRange(number(text), min, max)));
  }

  /** A size in a range, such as {@code 64MiB}. */
  public static ConfigKey<Long> bytes(String name, long min, long max) {
    return key(
        name,
        "a size from " + ByteSizes.format(min) + " to " + ByteSizes.format(max),
        text -> inRange(ByteSizes.parse(text), min, max));
  }

  /** A duration in a range, such as {@code 2s}. */
  public static ConfigKey<Duration> duration(String name, Duration min, Duration max) {
    return key(
        name,
        "a duration from " + Durations.format(min) + " to " + Durations.format(max),
        text -> {
          Duration value = Durations.parse(text);
          inRange(value.toMillis(), min.toMillis(), max.toMillis());
          return value;
        });
  }

  /** {@code true} or {@code false}. */
  public static ConfigKey<Boolean> flag(String name) {
    return key(
        name,
        "true or false",
        text -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw notAllowed();
          }
          return text.equals("true");
        });
  }

  /** One of these words. */
  public static ConfigKey<String> choice(String name, List<String> words) {
    return key(
        name,
        "one of " + String.join(", ", words),
        text -> {
          if (!words.contains(text)) {
            throw notAllowed();
          }
          return text;
        });
  }

  /**
   * A text of another form.
   *
   * @param allowed the form, for messages
   * @param parser throws {@link IllegalArgumentException} with a reason
   */
  public static <T> ConfigKey<T> of(String name, String allowed, Function<String, T> parser) {
    return key(name, allowed, parser);
  }

  /** A file or folder. */
  public static ConfigKey<Path> path(String name) {
    return key(
        name,
        "a path",
        text -> {
          try {
            return Path.of(text);
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("it is no path here: " + e.getReason(), e);
          }
        });
  }

  /** Where to listen, {@code HOST:PORT}; port 0 means a free one. */
  public static ConfigKey<ListenAddress> address(String name) {
    return key(name, "HOST:PORT, with an IPv6 address in brackets", ListenAddress::parse);
  }

  /** Base URL of a server. */
  public static ConfigKey<URI> url(String name) {
    return key(
        name,
        "a URL such as http://127.0.0.1:8640",
        text -> {
          try {
            return baseUrl(new URI(text));
          } catch (URISyntaxException e) {
            throw new IllegalArgumentException("it is no URL: " + e.getReason(), e);
          }
        });
  }

  private static URI baseUrl(URI url) {
    boolean base =
        ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null
            && url.getPort() <= HIGHEST_PORT
            && url.getRawUserInfo() == null
            && url.getRawQuery() == null
            && url.getRawFragment() == null
            && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"));
    if (!base) {
      throw notAllowed();
    }
    String text = url.toString();
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  /** Several values of another key's type, separated by commas; empty when absent. */
  public static <T> ConfigKey<List<T>> list(ConfigKey<T> item) {
    ConfigKey<List<T>> key =
        key(
            item.name,
            "a list of " + item.allowed + ", separated by commas",
            text -> items(item, text));
    return key.orElse("");
  }

  private static <T> List<T> items(ConfigKey<T> item, String text) {
    List<T> items = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (part.isBlank() && text.isBlank()) {
        continue;
      }
      if (items.size() == MAX_ITEMS) {
        throw new IllegalArgumentException("it has more than " + MAX_ITEMS + " items");
      }
      items.add(item.parser.apply(part.strip()));
    }
    return List.copyOf(items);
  }

  /**
   * A secret, such as a token: at least 16 visible ASCII characters. {@code NAME-file} names a file
   * that holds it instead. Masked wherever configuration is shown; never taken from an argument.
   */
  public static ConfigKey<String> secret(String name) {
    Pattern form = Pattern.compile("[!-~]{16,256}");
    return new ConfigKey<>(
        name,
        "16 to 256 visible ASCII characters without spaces",
        null,
        "",
        true,
        text -> {
          if (!form.matcher(text).matches()) {
            throw notAllowed();
          }
          return text;
        });
  }

  private static <T> ConfigKey<T> key(String name, String allowed, Function<String, T> parser) {
    return new ConfigKey<>(name, allowed, null, "", false, parser);
  }

  /** The same with a default, written as in a file. */
  public ConfigKey<T> orElse(String text) {
    return new ConfigKey<>(name, allowed, text, says, secret, parser);
  }

  /** The same with what it is for. */
  public ConfigKey<T> says(String sentence) {
    return new ConfigKey<>(name, allowed, defaultText, sentence, secret, parser);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it is no whole number", e);
    }
  }

  private static long inRange(long value, long min, long max) {
    if (value < min || value > max) {
      throw notAllowed();
    }
    return value;
  }

  /** What is allowed stands in every message, so there is no more to say. */
  private static IllegalArgumentException notAllowed() {
    return new IllegalArgumentException("");
  }
}
