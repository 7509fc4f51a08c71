package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the values of a manifest may be. Failures are {@link IllegalArgumentException}s that begin
 * with the key.
 */
final class ManifestRules {
  /** Arguments, variables, labels, grants or scopes of one manifest. */
  static final int MAX_ENTRIES = 64;

  /** Longest single text; the block as a whole is bounded by its bytes. */
  static final int MAX_VALUE_CHARS = 4096;

  private static final Pattern PROFILE = Pattern.compile("[a-z]{1,16}-[0-9]{1,4}");
  private static final Pattern GRANT = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,127}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  private ManifestRules() {}

  static void module(Cid module) {
    link("module", module);
    if (module.codec() != Multicodec.RAW && module.codec() != Multicodec.DAG_PB) {
      throw new IllegalArgumentException("module must be the CID of a file");
    }
  }

  static void link(String key, Cid cid) {
    if (Wire.present(key, cid).version() != 1) {
      throw new IllegalArgumentException(key + " must be a CID of version 1: " + cid.toV1());
    }
  }

  /** A raw function sees no files, so no script either. */
  static void script(Cid script, @Nullable Abi abi) {
    link("script", script);
    if (abi == Abi.RAW) {
      throw new IllegalArgumentException("script: a raw function has none, abi must be http");
    }
  }

  static void profile(String profile) {
    if (!profile.equals(FunctionManifest.PROFILE) && !PROFILE.matcher(profile).matches()) {
      throw new IllegalArgumentException("profile must look like " + FunctionManifest.PROFILE);
    }
  }

  static Map<ManifestLimit, Long> limits(Map<ManifestLimit, Long> limits) {
    limits.forEach(ManifestLimit::check);
    return FunctionManifest.ordered(limits);
  }

  static Map<String, List<String>> grants(Map<String, List<String>> grants) {
    bounded("grants", grants.size());
    Map<String, List<String>> copy = new LinkedHashMap<>();
    grants.forEach(
        (name, scopes) -> {
          if (!GRANT.matcher(name).matches()) {
            throw new IllegalArgumentException("grants: a name is of a-z, 0-9 and -");
          }
          copy.put(name, texts("grants." + name, scopes));
        });
    return FunctionManifest.sorted(copy);
  }

  static List<String> texts(String key, List<String> texts) {
    bounded(key, texts.size());
    for (String text : texts) {
      value(key, text);
    }
    return List.copyOf(texts);
  }

  static Map<String, String> env(Map<String, String> env) {
    bounded("env", env.size());
    env.forEach(
        (name, text) -> {
          if (!VARIABLE.matcher(name).matches() || name.startsWith("LIMPET_")) {
            throw new IllegalArgumentException(
                "env: a name is of letters, digits and _, and does not start with LIMPET_");
          }
          value("env." + name, text);
        });
    return FunctionManifest.sorted(env);
  }

  static List<String> headers(List<String> headers) {
    if (headers.size() > Invocation.MAX_LISTED_HEADERS) {
      throw new IllegalArgumentException(
          "headers has more than " + Invocation.MAX_LISTED_HEADERS + " names");
    }
    for (String name : headers) {
      boolean allowed = name.equals(name.toLowerCase(Locale.ROOT)) && HeaderRules.listable(name);
      if (!allowed || name.length() > Names.MAX_NAME_CHARS) {
        throw new IllegalArgumentException(
            "headers: " + PercentText.shown(name) + " is not a header that a function may see");
      }
    }
    return FunctionManifest.sorted(headers);
  }

  static void contentType(String contentType) {
    value("content-type", contentType);
    boolean visible = contentType.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    if (!visible || !contentType.equals(contentType.strip()) || contentType.indexOf('/') < 1) {
      throw new IllegalArgumentException("content-type must look like text/csv; charset=utf-8");
    }
  }

  static Map<String, String> requires(Map<String, String> requires) {
    bounded("requires", requires.size());
    requires.forEach(
        (label, text) -> {
          if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("requires: a label is of letters, digits and ._/-");
          }
          value("requires." + label, text);
        });
    return FunctionManifest.sorted(requires);
  }

  /** A text that an argument or a variable of a C program can be. */
  private static void value(String key, String text) {
    if (text.length() > MAX_VALUE_CHARS) {
      throw new IllegalArgumentException(key + " has more than " + MAX_VALUE_CHARS + " characters");
    }
    if (text.indexOf('\0') >= 0 || !wellFormed(text)) {
      throw new IllegalArgumentException(key + " has a NUL or half a surrogate pair");
    }
  }

  static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static void bounded(String key, int size) {
    if (size > MAX_ENTRIES) {
      throw new IllegalArgumentException(key + " has more than " + MAX_ENTRIES + " entries");
    }
  }
}
