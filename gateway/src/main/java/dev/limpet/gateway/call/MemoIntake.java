package dev.limpet.gateway.call;

import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.memo.KnownHeads;
import dev.limpet.gateway.proxy.AnswerHeaders;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import java.util.Set;

/**
 * Takes down whole answers, with the head that whoever asks again is told.
 *
 * @param rules complete a head
 */
record MemoIntake(AnswerRules rules) {
  private static final CharSequence EXECUTION = KnownNames.of(Headers.EXECUTION);
  private static final CharSequence NODE = KnownNames.of(Headers.NODE);
  private static final CharSequence FUNCTION = KnownNames.of(Headers.FUNCTION);

  /** What each kept answer says, for which nothing was made and nothing read. */
  private static final Map<CharSequence, CharSequence> AGAIN =
      Map.of(
          KnownNames.of(Headers.MEMO),
          HttpHeaders.createOptimized(MemoState.HIT.text()),
          KnownNames.of("Accept-Ranges"),
          HttpHeaders.createOptimized("bytes"),
          KnownNames.of(Headers.BYTES_FETCHED),
          HttpHeaders.createOptimized("0"),
          KnownNames.of(Headers.BLOCKS_READ),
          HttpHeaders.createOptimized("0"),
          KnownNames.of(Headers.SERVER_TIMING),
          HttpHeaders.createOptimized(
              "route;dur=0, queue;dur=0, data;dur=0, load;dur=0, run;dur=0"));

  /** What is said anew each time. */
  private static final Set<String> OF_THE_ANSWER =
      Set.of("cache-control", "content-length", "accept-ranges", "date", "connection");

  private static final int NO_CONTENT = 204;
  private static final int LAST_ASCII = 0x7f;

  /** Keeps an answer when it may be kept. */
  void take(
      AskedCall asked,
      Attempt attempt,
      StoredFunction function,
      HttpClientResponse answer,
      Buffer body) {
    if (!asked.turn().mayKeep(attempt, answer)) {
      return;
    }
    MultiMap head = lines(attempt, function, answer);
    rules.call(asked, function, answer.statusCode(), head);
    if (answer.statusCode() != NO_CONTENT) {
      head.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    }
    boolean isOpen = asked.caller().needsNoCredential();
    asked.turn().keep(attempt, answer, new KnownHeads(isOpen, head, answer.headers()), body);
  }

  private static MultiMap lines(
      Attempt attempt, StoredFunction function, HttpClientResponse answer) {
    MultiMap said = HttpHeaders.headers();
    AnswerHeaders.copyAnswer(answer.headers(), OF_THE_ANSWER, said);
    MultiMap lines = HttpHeaders.headers();
    said.forEach((name, value) -> lines.add(KnownNames.of(name), asAscii(value)));
    lines.set(EXECUTION, asAscii(attempt.id().text()));
    lines.set(NODE, attempt.choice().node().name());
    lines.set(FUNCTION, function.cid().toString());
    AGAIN.forEach(lines::set);
    return lines;
  }

  /** A form that is copied at once; what is no ASCII it would write in another way. */
  private static CharSequence asAscii(String text) {
    boolean isAscii = text.chars().allMatch(c -> c <= LAST_ASCII);
    return isAscii ? HttpHeaders.createOptimized(text) : text;
  }
}
