package dev.limpet.protocol;

import dev.limpet.content.ipld.Ipld;

/** Whether answers of a function may be kept and given again. */
public enum ManifestMemo {
  /** Those of calls without a body; so it is for a manifest that does not say. */
  WITHOUT_BODY,
  /** None. */
  NEVER,
  /** Those of calls with a body, too: equal bodies have equal answers. */
  BODY;

  /** As it stands in a manifest. */
  Ipld node() {
    return switch (this) {
      case WITHOUT_BODY -> new Ipld.Bool(true);
      case NEVER -> new Ipld.Bool(false);
      case BODY -> new Ipld.Text("body");
    };
  }

  /**
   * What a manifest says.
   *
   * @throws IllegalArgumentException for anything else
   */
  static ManifestMemo of(String key, Ipld node) {
    for (ManifestMemo memo : values()) {
      if (memo.node().equals(node)) {
        return memo;
      }
    }
    throw new IllegalArgumentException(PercentText.shown(key) + " must be true, false or \"body\"");
  }
}
