package dev.limpet.cli.map;

import dev.limpet.cli.client.WholeCall;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What the calls of one kind came to. Many threads count. */
public final class Tally {
  private final AtomicLong ran = new AtomicLong();
  private final AtomicLong fromMemo = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();

  /**
   * Counts an answer.
   *
   * @return bytes of all answers so far
   */
  long count(WholeCall.Answer answer) {
    (answer.fromMemo() ? fromMemo : ran).incrementAndGet();
    return bytes.addAndGet(answer.bytes().length);
  }

  void took(long more) {
    nanos.addAndGet(more);
  }

  /** Calls whose function ran. */
  public long ran() {
    return ran.get();
  }

  /** Calls that were answered without a run. */
  public long fromMemo() {
    return fromMemo.get();
  }

  /** Bytes of all answers. */
  public long bytes() {
    return bytes.get();
  }

  /** Wall time in milliseconds. */
  public long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos.get());
  }

  /** The numbers for a script. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ran", ran());
    json.put("fromMemo", fromMemo());
    json.put("answerBytes", bytes());
    json.put("ms", millis());
    return json;
  }
}
