package dev.limpet.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody who misspelt a word may have meant. */
public final class NearMatch {
  /** Longer words are not compared: the work is quadratic in the length. */
  static final int MAX_WORD_CHARS = 64;

  private static final int SHOWN = 3;

  private NearMatch() {}

  /**
   * The known words nearest to an unknown one, best first, at most three; none when nothing is
   * near: more than a third of its letters would have to change.
   */
  public static List<String> of(String word, Collection<String> known) {
    if (word.length() > MAX_WORD_CHARS) {
      return List.of();
    }
    String wanted = plain(word);
    int allowed = Math.max(1, wanted.length() / 3);
    return known.stream()
        .filter(k -> distance(wanted, plain(k)) <= allowed || startsAlike(wanted, plain(k)))
        .sorted(
            Comparator.comparingInt((String k) -> distance(wanted, plain(k)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(SHOWN)
        .toList();
  }

  /** A sentence for a message: {@code "; did you mean quota?"}, or nothing. */
  public static String hint(String word, Collection<String> known) {
    List<String> near = of(word, known);
    return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static boolean startsAlike(String a, String b) {
    return a.length() >= 3 && b.length() >= 3 && (a.startsWith(b) || b.startsWith(a));
  }

  /** Edit distance where two neighbours that changed places count once. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
