package dev.limpet.node;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.MemoWish;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An invocation as the gateway sends it, with what a test wants to be different. */
final class TestCall {
  private final SampleFunction function;
  private @Nullable ExecutionId execution;
  private String method = "GET";
  private boolean head;
  private String path = "";
  private String query = "";
  private List<String> arguments = List.of();
  private final List<Invocation.Input> inputs = new ArrayList<>();
  private final List<Invocation.Source> sources = new ArrayList<>();
  private long timeoutMs = 20_000;
  private long maxFetchBytes = 64 << 20;
  private @Nullable String ifNoneMatch;
  private byte @Nullable [] body;
  private boolean chunked;
  private Map<String, String> headers = Map.of();
  private @Nullable String contentType;
  private String range = "";
  private MemoWish memo = MemoWish.USE;
  private boolean hash;
  private String trace = "";

  private TestCall(SampleFunction function) {
    this.function = function;
  }

  static TestCall of(SampleFunction function) {
    return new TestCall(function);
  }

  /** Names the execution; without it each sending is one of its own. */
  TestCall execution(ExecutionId id) {
    execution = id;
    return this;
  }

  TestCall memoryHash() {
    hash = true;
    return this;
  }

  TestCall method(String value) {
    method = value;
    return this;
  }

  TestCall head() {
    head = true;
    return this;
  }

  TestCall path(String value) {
    path = value;
    return this;
  }

  TestCall query(String value) {
    query = value;
    return this;
  }

  TestCall arguments(String... values) {
    arguments = List.of(values);
    return this;
  }

  TestCall on(Cid root, String... names) {
    String mount = inputs.isEmpty() ? "/data" : "/data" + inputs.size();
    inputs.add(new Invocation.Input(root, List.of(names), mount));
    return this;
  }

  TestCall from(URI peer, String ticket) {
    sources.add(new Invocation.Source(inputs.size() - 1, peer, ticket));
    return this;
  }

  TestCall timeoutMs(long value) {
    timeoutMs = value;
    return this;
  }

  TestCall maxFetch(long bytes) {
    maxFetchBytes = bytes;
    return this;
  }

  TestCall ifNoneMatch(String tag) {
    ifNoneMatch = tag;
    return this;
  }

  TestCall body(byte[] bytes) {
    method = "POST";
    body = bytes;
    return this;
  }

  TestCall chunked(byte[] bytes) {
    chunked = true;
    return body(bytes);
  }

  TestCall headers(Map<String, String> seen, String type) {
    headers = seen;
    contentType = type;
    return this;
  }

  TestCall range(String value) {
    range = "Range: " + value + "\r\n";
    return this;
  }

  TestCall memo(MemoWish wish) {
    memo = wish;
    return this;
  }

  /** Makes it part of a trace, with these lines. */
  TestCall traced(String parent, String state) {
    trace = "traceparent: " + parent + "\r\ntracestate: " + state + "\r\n";
    return this;
  }

  /** The value of the header. */
  String header() {
    byte[] sent = body;
    ExecutionId named = execution;
    return new Invocation(
            named == null ? ExecutionId.random() : named,
            function.cid(),
            function.manifest().module(),
            ByteString.of(function.manifest().encode()),
            method,
            head,
            path,
            query,
            arguments,
            inputs,
            headers,
            contentType,
            timeoutMs,
            maxFetchBytes,
            ifNoneMatch,
            sources,
            sent == null ? 0 : chunked ? -1 : sent.length,
            true,
            memo,
            hash ? true : null)
        .toHeader();
  }

  /** Sends it on a connection; the answer is still to be read. */
  WireClient send(WireClient client) {
    byte[] sent = body;
    StringBuilder request =
        new StringBuilder(head ? "HEAD" : "POST")
            .append(" /v1/invocations HTTP/1.1\r\nHost: localhost\r\n")
            .append(Headers.INVOCATION)
            .append(": ")
            .append(header())
            .append("\r\n")
            .append(range)
            .append(trace);
    if (sent == null) {
      return client.send(request.append("Content-Length: 0\r\n\r\n").toString());
    }
    if (!chunked) {
      request.append("Content-Length: ").append(sent.length).append("\r\n\r\n");
      return client.send(request.toString()).send(sent);
    }
    request.append("Transfer-Encoding: chunked\r\n\r\n");
    client.send(request.append(Integer.toHexString(sent.length)).append("\r\n").toString());
    return client.send(sent).send("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends it on a connection of its own and reads the whole answer. */
  WireAnswer ask(NodeUnderTest node) {
    try (WireClient client = WireClient.connect(node.url())) {
      return head ? headOnly(send(client)) : send(client).answer();
    }
  }

  /** HEAD travels as HEAD, so the answer has no body whatever length it states. */
  private static WireAnswer headOnly(WireClient client) {
    return new WireAnswer(client.head(), "", List.of(), false);
  }
}
