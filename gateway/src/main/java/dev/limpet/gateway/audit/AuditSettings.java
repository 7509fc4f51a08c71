package dev.limpet.gateway.audit;

import dev.limpet.protocol.config.ConfigKey;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a gateway is told of audits. */
public final class AuditSettings {
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,4})?)%");
  private static final double ALL_PERCENT = 100;

  /** The share of answers that is run again, from 0 to 1. */
  public static final ConfigKey<Double> SHARE =
      ConfigKey.of("audit", "a percentage such as 1% or 0.1%", AuditSettings::share)
          .orElse("0%")
          .says(
              "Of the answers of pure functions that nodes make, how many are made again on"
                  + " another node in idle time and compared; 0% audits nothing.");

  private AuditSettings() {}

  private static double share(String text) {
    Matcher matcher = PERCENT.matcher(text);
    double percent = matcher.matches() ? Double.parseDouble(matcher.group(1)) : -1;
    if (percent < 0 || percent > ALL_PERCENT) {
      throw new IllegalArgumentException("not a percentage from 0% to 100%");
    }
    return percent / ALL_PERCENT;
  }
}
