package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The log of one Execution: what the function wrote on standard error, and how it ended.
 *
 * @param execution its id
 * @param function CID of the manifest
 * @param node where it ran; null when the node itself says it
 * @param state how far it is
 * @param startedAt when it began, on the node's clock
 * @param endedAt when it ended, or null while it runs
 * @param error code of the error, or null
 * @param exitCode what the function exited with, or null
 * @param detail what the platform says about the end of one that failed, or null
 * @param text the log or its end; what is not UTF-8 is replaced, control characters are kept
 * @param cutBytes bytes of the log that are not in {@code text}
 * @param sequence its place in the log of its node, a number that only grows; 0 while it runs
 */
@Json
public record LogItem(
    ExecutionId execution,
    Cid function,
    @Nullable String node,
    ExecutionState state,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    @Nullable Integer exitCode,
    @Nullable String detail,
    String text,
    long cutBytes,
    long sequence) {
  /** The longest text; JSON of strangers has no longer strings. */
  public static final int MAX_LOG_TEXT_CHARS = 32 << 10;

  /** Checks the parts. */
  public LogItem {
    Wire.present("execution", execution);
    Wire.present("function", function);
    Wire.optionalText("node", node);
    Wire.present("state", state);
    Wire.present("startedAt", startedAt);
    Wire.optionalText("error", error);
    Wire.optionalText("detail", detail);
    Wire.text("text", text, MAX_LOG_TEXT_CHARS);
    Wire.atLeast("cutBytes", cutBytes, 0);
    Wire.atLeast("sequence", sequence, 0);
  }

  /** The same from a node of that name. */
  public LogItem at(String name) {
    return new LogItem(
        execution, function, name, state, startedAt, endedAt, error, exitCode, detail, text,
        cutBytes, sequence);
  }

  /** The same with a text. */
  public LogItem with(String newText, long cut) {
    return new LogItem(
        execution, function, node, state, startedAt, endedAt, error, exitCode, detail, newText, cut,
        sequence);
  }

  /** Where a list goes on after it. */
  public LogCursor cursor() {
    return new LogCursor(endedAt == null ? startedAt : endedAt, execution);
  }
}
