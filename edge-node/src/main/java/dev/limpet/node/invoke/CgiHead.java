package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.HeaderRules;
import dev.limpet.protocol.LimpetException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header lines with which a function of the kind {@code http} begins its output, up to
 * the empty line (RFC 3875, section 6). Lines that it may not set are left out; what is no header
 * line fails the call. Used by one thread.
 */
final class CgiHead {
  private static final Pattern STATUS = Pattern.compile("([2-5][0-9]{2})( .*)?");
  private static final int OK = 200;
  private static final int FOUND = 302;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final List<Map.Entry<String, String>> lines = new ArrayList<>();
  private int bytes;
  private int count;
  private int status;
  private boolean redirects;
  private @Nullable String contentType;
  private boolean ended;

  /**
   * Takes output of the guest.
   *
   * @return how many bytes of it belong to the head
   * @throws LimpetException {@code guest-failed} when it is malformed, or larger than allowed
   */
  int take(byte[] source, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (ended) {
        return i;
      }
      take(source[offset + i]);
    }
    return length;
  }

  /** Whether the empty line was seen. */
  boolean isEnded() {
    return ended;
  }

  private void take(byte next) {
    if (++bytes > HeaderRules.MAX_GUEST_HEADER_BYTES) {
      throw bad("has more than " + HeaderRules.MAX_GUEST_HEADER_BYTES + " bytes of header lines");
    }
    if (next != '\n') {
      line.write(next);
      return;
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    line.reset();
    String whole = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    if (whole.isEmpty()) {
      ended = true;
      return;
    }
    if (++count > HeaderRules.MAX_GUEST_HEADER_LINES) {
      throw bad("has more than " + HeaderRules.MAX_GUEST_HEADER_LINES + " header lines");
    }
    parse(whole);
  }

  private void parse(String whole) {
    int colon = whole.indexOf(':');
    String name = colon < 0 ? "" : whole.substring(0, colon);
    String value = whole.substring(colon + 1).strip();
    if (!HeaderRules.isToken(name) || !HeaderRules.isValue(value)) {
      throw bad("has a line among its header lines that is none");
    }
    if (name.equalsIgnoreCase("Status")) {
      if (status != 0 || !STATUS.matcher(value).matches()) {
        throw bad("has a Status that is none, or two");
      }
      status = Integer.parseInt(value.substring(0, 3));
    } else if (name.equalsIgnoreCase("Content-Type")) {
      if (contentType != null) {
        throw bad("has two lines Content-Type");
      }
      contentType = ascii(value);
    } else if (HeaderRules.guestMaySet(name)) {
      redirects |= name.equalsIgnoreCase("Location");
      lines.add(Map.entry(name, ascii(value)));
    }
  }

  /** What else there may be in a header would reach the caller as question marks. */
  private static String ascii(String value) {
    if (value.chars().anyMatch(c -> c >= 0x80)) {
      throw bad("has a line among its header lines that is not ASCII");
    }
    return value;
  }

  /**
   * What was said, once it has ended.
   *
   * @throws LimpetException {@code guest-failed} when there is no empty line
   */
  GuestHead parsed() {
    if (!ended) {
      throw bad("ends before the empty line that follows its header lines");
    }
    int said = status != 0 ? status : redirects ? FOUND : OK;
    return new GuestHead(said, contentType, lines);
  }

  static LimpetException bad(String what) {
    return new LimpetException(ErrorCode.GUEST_FAILED, "the answer of the function " + what);
  }
}
