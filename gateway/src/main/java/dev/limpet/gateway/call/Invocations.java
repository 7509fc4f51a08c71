package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.CallTrace;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoWish;
import dev.limpet.protocol.access.Ticket;
import dev.limpet.protocol.trace.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node is told of one call; the same for each node but for time, id and sources. */
final class Invocations {
  private static final String MOUNT = "/data";

  /** JSON writes a character as six at most, base64 three bytes as four. */
  private static final int WORST_GROWTH = 6;

  /** Room for the names of the parts of an input. */
  private static final int INPUT_CHARS = 40;

  /** Room for the parts of fixed size, with the sources. */
  private static final int FIXED_CHARS = 4096;

  private final AskedCall asked;
  private final StoredFunction function;
  private final Question question;
  private final Map<String, String> headers;
  private final @Nullable String contentType;
  private final @Nullable String ifNoneMatch;
  private final @Nullable String range;
  private final @Nullable String ifRange;

  /**
   * Reads what the function may see of the request.
   *
   * @throws LimpetException {@code headers-too-large} when it does not fit into one header
   */
  Invocations(AskedCall asked, StoredFunction function, Question question) {
    this.asked = asked;
    this.function = function;
    this.question = question;
    this.headers = listed(asked, function.manifest().headers());
    this.contentType = asked.joined("Content-Type");
    this.ifNoneMatch = asked.isRead() && !asked.async() ? asked.joined("If-None-Match") : null;
    this.range = asked.isRead() && !asked.async() ? asked.joined("Range") : null;
    this.ifRange = range == null ? null : asked.joined("If-Range");
    if (mayBeTooLong()) {
      invocation(ExecutionId.random(), List.of(), asked.maxFetchBytes()).toHeader();
    }
  }

  StoredFunction function() {
    return function;
  }

  Question question() {
    return question;
  }

  private static Map<String, String> listed(AskedCall asked, List<String> names) {
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, String> listed = new LinkedHashMap<>();
    for (String name : names) {
      String value = asked.joined(name);
      if (value != null) {
        listed.put(name, value);
      }
    }
    return listed;
  }

  private boolean mayBeTooLong() {
    int chars = asked.exchange().request().uri().length();
    for (DataRef input : asked.inputs()) {
      chars += input.toEncoded().length() + INPUT_CHARS;
    }
    for (String value : headers.values()) {
      chars += value.length();
    }
    chars += contentType == null ? 0 : contentType.length();
    chars += ifNoneMatch == null ? 0 : ifNoneMatch.length();
    int json = FIXED_CHARS + chars * WORST_GROWTH + function.block().size() * 4 / 3;
    return json * 4 / 3 > Invocation.MAX_HEADER_CHARS;
  }

  /** The value of {@code Limpet-Invocation} for a node; the time that is left is that of now. */
  private String header(ExecutionId id, Choice choice) {
    long mostFetched = choice.isForKeptAlone() ? 0 : asked.maxFetchBytes();
    return invocation(id, sources(choice), mostFetched).toHeader();
  }

  /**
   * The header lines of the request to a node: the invocation, for the node's operator alone the
   * caller's trace, and which part of a kept answer is wanted. These are no part of a Task.
   */
  List<Map.Entry<String, String>> lines(ExecutionId id, Choice choice) {
    Map.Entry<String, String> invocation = Map.entry(Headers.INVOCATION, header(id, choice));
    TraceContext trace = asked.exchange().trace();
    if (trace == null && range == null) {
      return List.of(invocation);
    }
    List<Map.Entry<String, String>> lines = new ArrayList<>(List.of(invocation));
    if (range != null) {
      lines.add(Map.entry("Range", range));
    }
    if (ifRange != null) {
      lines.add(Map.entry("If-Range", ifRange));
    }
    if (trace == null) {
      return lines;
    }
    CallTrace spans = asked.exchange().spans();
    TraceContext next = spans == null ? trace.next() : spans.asks(choice.node().name());
    lines.add(Map.entry(TraceContext.PARENT, next.parent()));
    if (!next.state().isEmpty()) {
      lines.add(Map.entry(TraceContext.STATE, next.state()));
    }
    return lines;
  }

  /**
   * The same work for a node that has all the data, whatever is kept, with time of its own.
   *
   * @param unseen whether only what it says of the answer is wanted
   */
  Invocation again(Duration time, boolean unseen) {
    Invocation first = invocation(ExecutionId.random(), List.of(), 0);
    return new Invocation(
        first.execution(),
        first.function(),
        first.module(),
        first.manifest(),
        first.method(),
        unseen,
        first.path(),
        first.query(),
        first.arguments(),
        first.inputs(),
        first.headers(),
        first.contentType(),
        time.toMillis(),
        0,
        null,
        List.of(),
        0,
        false,
        MemoWish.NO_STORE,
        first.memoryHash());
  }

  private Invocation invocation(ExecutionId id, List<Invocation.Source> sources, long mostFetched) {
    return new Invocation(
        id,
        function.cid(),
        function.module().cid(),
        function.block(),
        asked.isHead() ? "GET" : asked.exchange().method().name(),
        asked.isHead(),
        asked.target().path(),
        asked.target().query().raw(),
        asked.target().query().arguments(),
        inputs(asked.inputs()),
        headers,
        contentType,
        Math.max(1, asked.remainingMillis()),
        mostFetched,
        ifNoneMatch,
        sources,
        asked.exchange().body().length(),
        asked.caller() != Caller.PUBLIC,
        asked.memo(),
        asked.memoryHash());
  }

  private static List<Invocation.Input> inputs(List<DataRef> refs) {
    List<Invocation.Input> inputs = new ArrayList<>(refs.size());
    for (DataRef ref : refs) {
      String mount = inputs.isEmpty() ? MOUNT : MOUNT + inputs.size();
      inputs.add(new Invocation.Input(ref.root(), ref.path(), mount));
    }
    return inputs;
  }

  /** Whom the node asks for each input, with leave to read nothing else. */
  private List<Invocation.Source> sources(Choice choice) {
    List<Invocation.Source> sources = new ArrayList<>();
    int each = Math.max(1, Invocation.MAX_SOURCES / Math.max(1, asked.inputs().size()));
    for (int i = 0; i < asked.inputs().size(); i++) {
      Cid root = asked.inputs().get(i).root();
      for (Choice.Supply supply : choice.sources()) {
        if (supply.root().equals(root)) {
          for (KnownNode holder :
              supply.nodes().subList(0, Math.min(each, supply.nodes().size()))) {
            source(i, holder, root).ifPresent(sources::add);
          }
        }
      }
    }
    return sources;
  }

  private static Optional<Invocation.Source> source(int input, KnownNode holder, Cid root) {
    NodeLink link = holder.link();
    return link == null
        ? Optional.empty()
        : Optional.of(
            new Invocation.Source(input, link.url(), Ticket.issue(link.linkToken(), root)));
  }
}
