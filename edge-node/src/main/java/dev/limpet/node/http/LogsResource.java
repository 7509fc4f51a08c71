package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.log.ExecutionLogs;
import dev.limpet.node.log.LogRecord;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.LogCursor;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPage;
import dev.limpet.protocol.LogPart;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/executions/{id}/log?from=}: some of the log of an Execution, also while it runs;
 * {@code GET /v1/logs?function=&limit=&cursor=&after=}: the logs of a function.
 */
public final class LogsResource implements Resource {
  /** Of a log that is read in parts. */
  static final int MAX_PART_BYTES = 16 << 10;

  /** Of each log in a list: its end. */
  static final int MAX_ITEM_BYTES = 8 << 10;

  /** Text of all logs of one page; with it the answer stays below what its reader takes. */
  static final int MAX_PAGE_BYTES = 128 << 10;

  private static final List<String> LIST = List.of("v1", "logs");
  private static final List<String> EXECUTIONS = List.of("v1", "executions");
  private static final String LOG = "log";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Function<ExecutionId, @Nullable LogRecord> one;
  private final ExecutionLogs logs;

  /**
   * Shows logs.
   *
   * @param one the log of an Execution that runs or has ended, or null
   * @param logs those that are kept
   */
  public LogsResource(Function<ExecutionId, @Nullable LogRecord> one, ExecutionLogs logs) {
    this.one = one;
    this.logs = logs;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && (resource.segments().equals(LIST) || isOfExecution(resource.segments()));
  }

  private static boolean isOfExecution(List<String> segments) {
    return segments.size() == EXECUTIONS.size() + 2
        && segments.subList(0, EXECUTIONS.size()).equals(EXECUTIONS)
        && segments.getLast().equals(LOG);
  }

  @Override
  public Need need() {
    return Need.INSPECT;
  }

  @Override
  public void handle(Exchange exchange) {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    exchange.allow("GET", "HEAD");
    if (target.segments().equals(LIST)) {
      exchange.answerJson(200, page(target.query()));
    } else {
      target.query().onlyKnown(List.of("from"));
      long from = number(target.query(), "from", 0);
      exchange.answerJson(200, part(id(target.segments().get(EXECUTIONS.size())), from));
    }
  }

  private static ExecutionId id(String text) {
    try {
      return ExecutionId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_PATH, String.valueOf(e.getMessage()), e);
    }
  }

  private static long number(QueryParameters query, String name, long otherwise) {
    String text = query.one(name).orElse(Long.toString(otherwise));
    if (!NUMBER.matcher(text).matches()) {
      throw new LimpetException(ErrorCode.BAD_QUERY, name + " is a whole number from 0");
    }
    return Long.parseLong(text);
  }

  private LogPart part(ExecutionId id, long from) {
    LogRecord found = one.apply(id);
    if (found == null) {
      throw new LimpetException(
          ErrorCode.EXECUTION_NOT_FOUND, "this node keeps no log of " + id + "; it may have none");
    }
    return found.part(from, MAX_PART_BYTES);
  }

  private LogPage page(QueryParameters query) {
    query.onlyKnown(List.of("function", "after", Paging.LIMIT, Paging.CURSOR));
    Cid function = function(query);
    Paging paging = Paging.of(query, LogPage.MAX_LOGS);
    LogCursor before = paging.cursor() == null ? null : LogCursor.parse(paging.cursor());
    Long after = query.one("after").isEmpty() ? null : number(query, "after", 0);
    ExecutionLogs.Range range = new ExecutionLogs.Range(before, after);
    Items items = new Items(paging.limit());
    boolean more = logs.list(function, range, items);
    List<LogItem> found = items.items;
    if (!range.isForward()) {
      Collections.reverse(found);
      return new LogPage(found, more ? found.getFirst().cursor().toString() : null, List.of());
    }
    return new LogPage(found, null, List.of());
  }

  private static Cid function(QueryParameters query) {
    String text = query.required("function", "function=CID says whose logs are wanted");
    try {
      return Cid.parse(text).toV1();
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_CID, "function: " + e.getMessage(), e);
    }
  }

  /** The items of one page; the first one always fits. */
  private static final class Items implements ExecutionLogs.Taker {
    private final List<LogItem> items = new ArrayList<>();
    private final int limit;
    private long bytes;

    Items(int limit) {
      this.limit = limit;
    }

    @Override
    public boolean take(LogRecord entry) {
      String text = entry.log().tail(MAX_ITEM_BYTES);
      if (items.size() == limit || (!items.isEmpty() && bytes + text.length() > MAX_PAGE_BYTES)) {
        return false;
      }
      bytes += text.length();
      long cut = Math.max(0, entry.log().writtenBytes() - MAX_ITEM_BYTES);
      items.add(entry.item().with(text, cut));
      return true;
    }
  }
}
