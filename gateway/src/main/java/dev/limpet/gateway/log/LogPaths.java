package dev.limpet.gateway.log;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.call.ExecutionLog;
import dev.limpet.gateway.call.Recalls;
import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.http.Logs;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.LogCursor;
import dev.limpet.protocol.LogPage;
import dev.limpet.protocol.LogPart;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From a question for logs to the nodes that keep them.
 *
 * <p>Logs can have callers' data in them. The log of an Execution is for whoever may make calls and
 * knows its id, which nobody guesses: the same people see its end in a 502. Lists are for the owner
 * alone.
 */
public final class LogPaths implements Logs, AutoCloseable {
  /** Readers that follow at the same time; each makes its nodes answer every second or oftener. */
  static final int MAX_FOLLOWERS = 32;

  /** Nodes that are asked for one answer; each may send a mebibyte. */
  static final int MAX_ASKED_NODES = 16;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final String FOLLOW = "follow";

  /** Anybody can be asked for it. */
  private static final Cid NOTHING = Cid.of(Multicodec.RAW, new byte[0]);

  private final Ground ground;
  private final NodeLogs logs;
  private final Permits followers = new Permits("followers of logs", MAX_FOLLOWERS);
  private volatile boolean stopping;

  /**
   * What it works with.
   *
   * @param door who may do what
   * @param functions from what people write to a function
   * @param registry the nodes
   * @param executions who ran what
   * @param recalls asks nodes that went silent
   * @param client reaches nodes
   */
  public record Ground(
      Door door,
      FunctionLookup functions,
      NodeRegistry registry,
      ExecutionLog executions,
      Recalls recalls,
      NodeClient client) {}

  /** Opens the way. */
  public LogPaths(Ground ground) {
    this.ground = ground;
    this.logs = new NodeLogs(ground.client);
  }

  @Override
  public void log(Exchange exchange, ExecutionId id, QueryParameters query) {
    ground.door.ask(exchange.headers());
    query.onlyKnown(List.of(FOLLOW));
    boolean follow = follows(query);
    Execution known = ground.executions.find(id);
    if (known == null) {
      exchange.answer(search(id), node -> stream(exchange, id, node, follow));
      return;
    }
    String name = known.node();
    KnownNode node = name == null ? null : ground.registry.find(name);
    if (node == null) {
      throw new LimpetException(away(id, name, null));
    }
    if (node.servesData()) {
      stream(exchange, id, node, follow);
    } else {
      exchange.answer(recalled(known, node), here -> stream(exchange, id, here, follow));
    }
  }

  /** A node that is away, if it answers all the same. */
  private Future<KnownNode> recalled(Execution known, KnownNode node) {
    return ground
        .recalls
        .recall(List.of(node), known.function(), () -> true)
        .compose(
            _ ->
                node.servesData()
                    ? Future.succeededFuture(node)
                    : Future.failedFuture(
                        new LimpetException(away(known.id(), node.name(), node))));
  }

  private static boolean follows(QueryParameters query) {
    String value = query.one(FOLLOW).orElse("false");
    if (!value.equals("true") && !value.equals("false")) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "follow is true or false");
    }
    return value.equals("true");
  }

  private static Problem away(ExecutionId id, @Nullable String name, @Nullable KnownNode node) {
    Problem problem =
        Problem.of(
                ErrorCode.HOLDERS_OFFLINE,
                "the node that ran "
                    + id
                    + " keeps its log and is away ("
                    + name
                    + "); start it and ask again")
            .withRetryAfter(RETRY_AFTER);
    return name == null
        ? problem
        : problem.withHolders(
            List.of(new Problem.AwayHolder(name, node == null ? null : node.lastSeen())));
  }

  private void stream(Exchange exchange, ExecutionId id, KnownNode node, boolean follow) {
    if (follow) {
      followers.take();
      exchange.whenAnswered(followers::release);
    }
    LogStream.Source source = new LogStream.Source(id, node, () -> ground.executions.find(id));
    new LogStream(exchange, logs, source, follow, () -> stopping).start();
  }

  /**
   * The node that has the log of an Execution of which the gateway knows nothing any more. Those
   * who went silent are asked last.
   */
  private Future<KnownNode> search(ExecutionId id) {
    List<KnownNode> here = here(Set.of());
    return search(id, here)
        .compose(
            found ->
                found
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            recalled(Set.of(), NOTHING)
                                .compose(back -> searchMore(id, here, back))));
  }

  private Future<KnownNode> searchMore(
      ExecutionId id, List<KnownNode> asked, List<KnownNode> back) {
    List<KnownNode> all = Stream.concat(asked.stream(), back.stream()).toList();
    return search(id, back).map(found -> found.orElseThrow(() -> unknown(id, missing(all))));
  }

  private Future<Optional<KnownNode>> search(ExecutionId id, List<KnownNode> asked) {
    List<Future<Optional<LogPart>>> answers =
        asked.stream().map(node -> logs.part(node, id, 0)).toList();
    return Future.join(answers)
        .transform(
            _ -> {
              for (int i = 0; i < asked.size(); i++) {
                Future<Optional<LogPart>> answer = answers.get(i);
                if (answer.succeeded() && answer.result().isPresent()) {
                  return Future.succeededFuture(Optional.of(asked.get(i)));
                }
              }
              return Future.succeededFuture(Optional.empty());
            });
  }

  /** Those who went silent and answer all the same; those of these names are asked first. */
  private Future<List<KnownNode>> recalled(Set<String> first, Cid wanted) {
    List<KnownNode> silent = new ArrayList<>(ground.recalls.silent((_, _) -> true));
    silent.sort(Comparator.comparing(node -> !first.contains(node.name())));
    return ground
        .recalls
        .recall(silent, wanted, () -> false)
        .map(_ -> silent.stream().filter(KnownNode::servesData).limit(MAX_ASKED_NODES).toList());
  }

  private static LimpetException unknown(ExecutionId id, List<String> away) {
    String detail =
        "nothing is known of "
            + id
            + ": an Execution is known for an hour, and its log as long as its node keeps it;"
            + " the id stands in Limpet-Execution of the answer";
    return new LimpetException(
        ErrorCode.EXECUTION_NOT_FOUND,
        away.isEmpty() ? detail : detail + "; not asked, because they are away: " + away);
  }

  /** Nodes that can be asked now: those of these names first, then the others. */
  private List<KnownNode> here(Set<String> first) {
    List<KnownNode> nodes = new ArrayList<>();
    List<KnownNode> others = new ArrayList<>();
    for (KnownNode node : ground.registry.nodes()) {
      if (node.servesData()) {
        (first.contains(node.name()) ? nodes : others).add(node);
      }
    }
    nodes.addAll(others);
    return nodes.subList(0, Math.min(MAX_ASKED_NODES, nodes.size()));
  }

  /** Nodes that somebody let in and that are not among these. */
  private List<String> missing(List<KnownNode> asked) {
    Set<KnownNode> there = new HashSet<>(asked);
    return ground.registry.nodes().stream()
        .filter(node -> node.isMember() && !there.contains(node))
        .map(KnownNode::name)
        .limit(LogPage.MAX_LOGS)
        .toList();
  }

  @Override
  public void logs(Exchange exchange, QueryParameters query) {
    ground.door.inspect(exchange.headers());
    query.onlyKnown(List.of("function", "limit", "cursor", FOLLOW));
    boolean follow = follows(query);
    int limit = limit(query);
    String cursor = query.one("cursor").map(text -> "&cursor=" + LogCursor.parse(text)).orElse("");
    FunctionRef ref =
        FunctionRef.parse(query.required("function", "function=NAME or CID says whose logs"));
    exchange.answer(
        function(ref).compose(cid -> ask(cid, "&limit=" + Math.max(1, limit) + cursor)),
        gathered -> {
          LogPage page = LogMerge.merge(gathered.pages, limit, gathered.missing);
          if (!follow) {
            exchange.json(200, page);
          } else {
            follow(exchange, gathered, page);
          }
        });
  }

  private static int limit(QueryParameters query) {
    String text = query.one("limit").orElse(Integer.toString(Page.DEFAULT_LIMIT));
    if (!text.matches("[0-9]{1,9}")) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "limit is a whole number from 0");
    }
    return Math.min(LogPage.MAX_LOGS, Integer.parseInt(text));
  }

  /** A manifest that is not kept here may still have logs on nodes. */
  private Future<Cid> function(FunctionRef ref) {
    Future<Cid> found = ground.functions.find(ref).map(StoredFunction::cid);
    return ref instanceof FunctionRef.ByCid byCid ? found.otherwise(byCid.cid().toV1()) : found;
  }

  /** What nodes said about one function. */
  private record Gathered(Cid function, Map<String, LogPage> pages, List<String> missing) {}

  private Future<Gathered> ask(Cid function, String more) {
    Set<String> ran = ground.executions.nodesOf(function);
    return recalled(ran, function).compose(_ -> ask(function, more, here(ran)));
  }

  private Future<Gathered> ask(Cid function, String more, List<KnownNode> asked) {
    Map<String, Future<LogPage>> answers = new HashMap<>();
    asked.forEach(node -> answers.put(node.name(), logs.page(node, function, more)));
    return Future.join(List.copyOf(answers.values()))
        .transform(
            _ -> {
              Map<String, LogPage> pages = new TreeMap<>();
              Set<String> missing = new TreeSet<>(missing(asked));
              answers.forEach(
                  (name, answer) -> {
                    if (answer.succeeded()) {
                      pages.put(name, answer.result());
                    } else {
                      missing.add(name);
                    }
                  });
              return Future.succeededFuture(new Gathered(function, pages, List.copyOf(missing)));
            });
  }

  private void follow(Exchange exchange, Gathered gathered, LogPage page) {
    if (exchange.is(HttpMethod.HEAD)) {
      exchange.stream("application/x-ndjson").end();
      return;
    }
    followers.take();
    exchange.whenAnswered(followers::release);
    Cid function = gathered.function;
    LogFollower.Subject subject =
        new LogFollower.Subject(function, () -> here(ground.executions.nodesOf(function)));
    new LogFollower(exchange, logs, subject, () -> stopping).start(gathered.pages, page);
  }

  /** Ends what is followed, so that the process can stop. */
  @Override
  public void close() {
    stopping = true;
  }
}
