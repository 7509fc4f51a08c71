package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A function as a caller names it: a name, a name at a version, or a CID. */
public sealed interface FunctionRef {
  /**
   * A function by its name.
   *
   * @param name see {@link Names#function}
   * @param version a version of that name, from 1; null for the newest
   */
  record ByName(String name, @Nullable Integer version) implements FunctionRef {
    /** Checks name and version. */
    public ByName {
      Names.function(name);
      if (version != null && version < Names.FIRST_VERSION) {
        throw new IllegalArgumentException("versions count from 1");
      }
    }

    /** {@code name} or {@code name@version}. */
    @Override
    public String toString() {
      return version == null ? name : name + "@" + version;
    }
  }

  /**
   * A function by a CID.
   *
   * @param cid of a manifest, or of a module that means its default manifest
   */
  record ByCid(Cid cid) implements FunctionRef {
    @Override
    public String toString() {
      return cid.toString();
    }
  }

  /**
   * Reads what stands for {@code {function}} in a URL or on the command line.
   *
   * @throws LimpetException {@code bad-name} when it is neither a name, nor {@code name@version},
   *     nor a CID
   */
  static FunctionRef parse(String text) {
    if (Names.isCid(text)) {
      return new ByCid(Cid.parse(text));
    }
    int at = text.indexOf('@');
    try {
      return at < 0
          ? new ByName(text, null)
          : new ByName(text.substring(0, at), version(text.substring(at + 1)));
    } catch (IllegalArgumentException e) {
      throw new LimpetException(
          ErrorCode.BAD_NAME,
          PercentText.shown(text) + " is neither a CID nor a name: " + e.getMessage(),
          e);
    }
  }

  private static int version(String text) {
    if (!VersionForm.FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("a version is an integer from 1");
    }
    return Integer.parseInt(text);
  }

  /** Holds the pattern, which an interface could only hold in public. */
  final class VersionForm {
    private static final Pattern FORM = Pattern.compile("[1-9][0-9]{0,8}");

    private VersionForm() {}
  }
}
