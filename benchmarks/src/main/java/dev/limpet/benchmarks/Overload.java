package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What becomes of a gateway that is asked for three times what it can do. First callers that wait
 * for their answers, few and then more, find the most that it answers in a second (the peak); then
 * requests come at a fixed rate, whatever the answers take: at nine tenths of the peak, and at
 * three times the peak. Latencies count from when a request was meant to start; those of refusals
 * also from when it was sent, which is what the gateway can do about them.
 *
 * <p>More callers than the cores serve at once hear refusals, and so do not find the peak; callers
 * so many that they only wait longer find it with a p99 that flatters what comes later. So the peak
 * is that of the fewest callers with nearly the most answers.
 */
public final class Overload {
  private static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int CALM_PART_PERCENT = 90;
  private static final int LOAD = 3;
  private static final double HALF = 0.5;
  private static final double MOST = 0.99;

  /** Fewer callers are the peak when they get so much of what the best number gets. */
  private static final double NEARLY = 0.97;

  private final LoadLoop load;
  private final double seconds;
  private final int connections;

  private Overload(LoadLoop load, double seconds, int connections) {
    this.load = load;
    this.seconds = seconds;
    this.connections = connections;
  }

  /**
   * Runs once and prints one line, with rates a second and times in microseconds.
   *
   * @param arguments URL of the gateway; target to GET; seconds of each part; connections; numbers
   *     of callers that find the peak, rising, with commas
   */
  public static void main(String[] arguments) throws IOException {
    URI server = URI.create(arguments[0]);
    LoadLoop load = new LoadLoop(server, HttpConnection.get(server, arguments[1]));
    Overload overload =
        new Overload(load, Double.parseDouble(arguments[2]), Integer.parseInt(arguments[3]));
    List<Integer> callers = Arrays.stream(arguments[4].split(",")).map(Integer::valueOf).toList();
    System.out.println("result: " + overload.run(callers).toJson());
  }

  private Outcome run(List<Integer> callers) throws IOException {
    LoadAnswers _ = load.waiting(callers.getFirst(), seconds);
    Peak peak = peak(callers);
    return new Outcome(
        peak,
        load.at(peak.rate() * CALM_PART_PERCENT / 100, seconds, connections),
        load.at(peak.rate() * LOAD, seconds, connections));
  }

  private Peak peak(List<Integer> callers) throws IOException {
    Peak[] all = new Peak[callers.size()];
    for (int at = 0; at < all.length; at++) {
      all[at] = new Peak(callers.get(at), load.waiting(callers.get(at), seconds));
    }
    double most = Arrays.stream(all).mapToDouble(Peak::goodput).max().orElse(0);
    return Arrays.stream(all)
        .filter(one -> one.goodput() >= most * NEARLY)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no number of callers was given"));
  }

  /** Callers that wait, and their answers. */
  private record Peak(int callers, LoadAnswers answers) {
    double goodput() {
      return answers.perSecond(OK);
    }

    long rate() {
      return Math.max(1, Math.round(goodput()));
    }
  }

  /**
   * What came of it.
   *
   * @param peak answers to callers that wait for them
   * @param calm requests at nine tenths of that
   * @param loaded requests at three times that
   */
  private record Outcome(Peak peak, LoadAnswers calm, LoadAnswers loaded) {
    String toJson() {
      return String.format(
          Locale.ROOT,
          "{\"peak\":%d,\"callers\":%d,\"p99Peak\":%d,\"goodput\":%.0f,"
              + "\"p50Calm\":%d,\"p99Calm\":%d,\"p50Accepted\":%d,\"p99Accepted\":%d,"
              + "\"refused\":%d,\"p99Refused\":%d,"
              + "\"p50RefusedSent\":%d,\"p99RefusedSent\":%d,\"failed\":%d,\"p99Late\":%d}",
          peak.rate(),
          peak.callers,
          peak.answers.micros(OK, MOST),
          loaded.perSecond(OK),
          calm.micros(OK, HALF),
          calm.micros(OK, MOST),
          loaded.micros(OK, HALF),
          loaded.micros(OK, MOST),
          loaded.count(TOO_MANY),
          loaded.micros(TOO_MANY, MOST),
          loaded.sentMicros(TOO_MANY, HALF),
          loaded.sentMicros(TOO_MANY, MOST),
          loaded.failed(OK, TOO_MANY),
          loaded.lateMicros(MOST));
    }
  }
}
