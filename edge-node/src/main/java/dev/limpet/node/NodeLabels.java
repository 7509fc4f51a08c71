package dev.limpet.node;

import dev.limpet.protocol.NodeJoin;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Labels as the owner of a node writes them: {@code zone=eu}. */
final class NodeLabels {
  /** The same words that {@code requires} of a manifest may use. */
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,127}=[^\\p{Cntrl}]{1,256}");

  private NodeLabels() {}

  /** The text, when it is one label; else {@link IllegalArgumentException}. */
  static String checked(String text) {
    if (!LABEL.matcher(text).matches()) {
      throw new IllegalArgumentException("a label is KEY=VALUE, with letters, digits and ._/-");
    }
    return text;
  }

  /** Values by key; {@link IllegalArgumentException} for two of one key or too many. */
  static Map<String, String> of(List<String> labels) {
    Map<String, String> values = new TreeMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      String key = label.substring(0, equals);
      if (values.put(key, label.substring(equals + 1)) != null) {
        throw new IllegalArgumentException("the label " + key + " stands there twice");
      }
    }
    if (values.size() > NodeJoin.MAX_LABELS) {
      throw new IllegalArgumentException("there are more than " + NodeJoin.MAX_LABELS);
    }
    return values;
  }

  /** The same with labels that are not the owner's but tell what the settings are. */
  static Map<String, String> of(List<String> labels, boolean publicData, boolean asksOutside) {
    Map<String, String> values = of(labels);
    tell(values, NodeJoin.PUBLIC_DATA_LABEL, publicData);
    tell(values, NodeJoin.TRUSTLESS_GATEWAYS_LABEL, asksOutside);
    return values;
  }

  private static void tell(Map<String, String> values, String label, boolean holds) {
    if (holds) {
      values.put(label, "true");
    } else {
      values.remove(label);
    }
  }
}
