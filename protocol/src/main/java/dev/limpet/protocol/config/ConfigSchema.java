package dev.limpet.protocol.config;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NearMatch;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All keys of one process. Values come from four places, the later ones win: the defaults, a file
 * of {@code key = value} lines, environment variables, and {@code --set key=value}.
 *
 * <p>A key that nobody knows stops the start wherever it stands, because a misspelt limit that is
 * silently ignored is worse than a process that does not start; the message names near matches and
 * the place.
 */
public final class ConfigSchema {
  private static final String FILE_SUFFIX = "-file";

  /**
   * What Kubernetes puts into the environment for a service of the name {@code limpet-node} or
   * {@code limpet-gateway}; not meant for us.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile("SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_(TCP|UDP).*)?");

  private final String process;
  private final Map<String, ConfigKey<?>> keys = new LinkedHashMap<>();

  /**
   * @param process the process, such as {@code node}: names the file and the variables
   * @param keys its keys, in the order of the documentation
   */
  public ConfigSchema(String process, List<ConfigKey<?>> keys) {
    this.process = process;
    for (ConfigKey<?> key : keys) {
      if (this.keys.put(key.name(), key) != null) {
        throw new IllegalArgumentException("the key " + key.name() + " is declared twice");
      }
    }
  }

  /** The same with more keys behind these. */
  public ConfigSchema and(List<ConfigKey<?>> more) {
    List<ConfigKey<?>> all = new ArrayList<>(keys.values());
    all.addAll(more);
    return new ConfigSchema(process, all);
  }

  /** Such as {@code node}. */
  public String process() {
    return process;
  }

  /** Its keys, in the order of the documentation. */
  public List<ConfigKey<?>> keys() {
    return List.copyOf(keys.values());
  }

  /**
   * Reads the configuration of a process that starts.
   *
   * @throws LimpetException {@code bad-config} for an unknown key, a key twice in one place, or a
   *     value that is not allowed
   */
  public Config load(ConfigSource source) {
    Map<String, ConfigEntry> entries = new LinkedHashMap<>();
    overlay(entries, fromFile(source));
    overlay(entries, fromEnvironment(source.environment()));
    overlay(entries, fromSettings(source.settings()));
    return Config.of(this, entries);
  }

  /** A later place wins, also when it has the value and the earlier one the file of a secret. */
  private void overlay(Map<String, ConfigEntry> entries, Map<String, ConfigEntry> later) {
    later.forEach(
        (name, entry) -> {
          String other = twin(name);
          if (other != null && later.containsKey(other)) {
            throw bad(entry.origin() + ": set " + name + " or " + other + ", not both");
          }
          if (other != null) {
            entries.remove(other);
          }
          entries.put(name, entry);
        });
  }

  private @Nullable String twin(String name) {
    ConfigKey<?> key = keys.get(base(name));
    if (key == null || !key.secret()) {
      return null;
    }
    return name.equals(key.name()) ? key.name() + FILE_SUFFIX : key.name();
  }

  private Map<String, ConfigEntry> fromFile(ConfigSource source) {
    Map<String, ConfigEntry> entries = new LinkedHashMap<>();
    for (ConfigFile.Line line : ConfigFile.read(source.file())) {
      known(line.key(), line.origin());
      String value = twin(line.key()) == null ? line.value() : beside(source.file(), line);
      if (entries.put(line.key(), new ConfigEntry(value, line.origin())) != null) {
        throw bad(line.origin() + ": the key " + line.key() + " stands here for the second time");
      }
      ConfigKey<?> key = keys.get(line.key());
      if (key != null && key.secret()) {
        ConfigFile.mustBePrivate(source.file(), line.key());
      }
    }
    return entries;
  }

  /** The file of a secret is named as seen from the file that names it, wherever one starts. */
  private static String beside(@Nullable Path file, ConfigFile.Line line) {
    if (file == null || !line.key().endsWith(FILE_SUFFIX)) {
      return line.value();
    }
    try {
      return file.resolveSibling(line.value()).toString();
    } catch (InvalidPathException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG, line.origin() + ": it is no path here: " + e.getReason(), e);
    }
  }

  private Map<String, ConfigEntry> fromEnvironment(Map<String, String> environment) {
    Map<String, ConfigEntry> entries = new LinkedHashMap<>();
    String prefix = "LIMPET_" + process.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
    for (String variable : new TreeSet<>(environment.keySet())) {
      if (!variable.startsWith(prefix)
          || SERVICE_LINK.matcher(variable.substring(prefix.length())).matches()) {
        continue;
      }
      String origin = "environment variable " + variable;
      String key = variable.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', '-');
      known(key, origin);
      entries.put(key, new ConfigEntry(environment.getOrDefault(variable, "").strip(), origin));
    }
    return entries;
  }

  private Map<String, ConfigEntry> fromSettings(List<String> settings) {
    Map<String, ConfigEntry> entries = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 0) {
        throw bad("--set " + setting.strip() + ": expected KEY=VALUE");
      }
      String key = setting.substring(0, equals).strip();
      String origin = "--set " + key;
      known(key, origin);
      ConfigKey<?> declared = keys.get(key);
      if (declared != null && declared.secret()) {
        throw bad(
            origin
                + ": a secret is never an argument, because every user of this machine could read"
                + " it; write it into a file with mode 0600 and set "
                + key
                + FILE_SUFFIX
                + "=PATH");
      }
      entries.put(key, new ConfigEntry(setting.substring(equals + 1).strip(), origin));
    }
    return entries;
  }

  private void known(String name, String origin) {
    ConfigKey<?> key = keys.get(base(name));
    if (key == null || (!key.secret() && !key.name().equals(name))) {
      String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
      throw bad(origin + ": unknown key \"" + shown + "\"" + NearMatch.hint(name, writable()));
    }
  }

  /** The key itself, or the secret key that {@code NAME-file} belongs to. */
  private String base(String name) {
    return name.endsWith(FILE_SUFFIX) && !keys.containsKey(name)
        ? name.substring(0, name.length() - FILE_SUFFIX.length())
        : name;
  }

  private Set<String> writable() {
    Set<String> names = new TreeSet<>(keys.keySet());
    keys.values().stream()
        .filter(ConfigKey::secret)
        .forEach(key -> names.add(key.name() + FILE_SUFFIX));
    return names;
  }

  /** The keys as a Markdown table, for {@code docs/CONFIG.md}; a test there compares. */
  public String markdown() {
    StringBuilder out = new StringBuilder("| key | default | allowed | meaning |\n");
    out.append("| --- | --- | --- | --- |\n");
    for (ConfigKey<?> key : keys.values()) {
      String name = "`" + key.name() + "`" + (key.secret() ? ", `" + key.name() + "-file`" : "");
      String value =
          key.defaultText() == null || key.defaultText().isEmpty()
              ? ""
              : "`" + key.defaultText() + "`";
      out.append("| %s | %s | %s | %s |%n".formatted(name, value, key.allowed(), key.says()));
    }
    return out.toString().replace("\r\n", "\n");
  }

  static LimpetException bad(String detail) {
    return new LimpetException(ErrorCode.BAD_CONFIG, detail);
  }
}
