package dev.limpet.gateway.call;

/** Reads the parts of a {@code Server-Timing} that nodes write. */
final class ServerTiming {
  /** How long a call waited in the node. */
  static final String QUEUE = "queue;dur=";

  /** How long its data took to come there. */
  static final String DATA = "data;dur=";

  /** How long its function ran. */
  static final String RUN = "run;dur=";

  /** A whole number of milliseconds of more digits is none that a call could take. */
  private static final int MAX_DIGITS = 9;

  private static final int MICROS = 1000;

  private ServerTiming() {}

  /**
   * The duration of a part in microseconds, or -1 when it is not there.
   *
   * @param part its name with what follows: {@code run;dur=}
   */
  static long micros(String timing, String part) {
    int at = timing.indexOf(part);
    if (at < 0) {
      return -1;
    }
    long whole = 0;
    int digits = 0;
    int i = at + part.length();
    for (; i < timing.length() && isDigit(timing.charAt(i)); i++) {
      whole = whole * 10 + timing.charAt(i) - '0';
      digits++;
      if (digits > MAX_DIGITS) {
        return -1;
      }
    }
    return digits == 0 ? -1 : whole * MICROS + thousandths(timing, i);
  }

  private static long thousandths(String timing, int dot) {
    long rest = 0;
    int unit = MICROS / 10;
    if (dot < timing.length() && timing.charAt(dot) == '.') {
      for (int i = dot + 1; i < timing.length() && isDigit(timing.charAt(i)) && unit > 0; i++) {
        rest += (long) unit * (timing.charAt(i) - '0');
        unit /= 10;
      }
    }
    return rest;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
