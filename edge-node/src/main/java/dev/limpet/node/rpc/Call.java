package dev.limpet.node.rpc;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.http.Exchange;
import dev.limpet.protocol.QueryParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a command: what was asked, and what is answered. */
final class Call {
  /** A body of arguments, one a line: what {@code ipfs} sends when they are piped into it. */
  static final int MAX_ARGUMENTS_BYTES = 256 << 10;

  private final Exchange exchange;
  private final List<String> named;
  private final Options options;
  private final Answer answer;
  private CidForm cids = CidForm.USUAL;

  /**
   * A call.
   *
   * @param last an argument that stands at the end of the path, or none
   */
  Call(Exchange exchange, @Nullable String last, QueryParameters query) {
    this.exchange = exchange;
    List<String> arguments = new ArrayList<>();
    if (last != null) {
      arguments.add(last);
    }
    arguments.addAll(query.values("arg"));
    this.named = List.copyOf(arguments);
    this.options = new Options(query);
    this.answer = new Answer(exchange);
  }

  Options options() {
    return options;
  }

  Answer answer() {
    return answer;
  }

  /** Arguments of the request line, maybe none. */
  List<String> named() {
    return named;
  }

  /**
   * The first argument, or the first line of the body.
   *
   * @param name what Kubo calls it
   * @throws RpcException when there is none
   */
  String argument(String name) throws IOException {
    return (named.isEmpty() ? arguments(name) : named).getFirst();
  }

  /**
   * All arguments, at least one: those of the request line, and each line of the body.
   *
   * @param name what Kubo calls them
   * @throws RpcException when there is none
   */
  List<String> arguments(String name) throws IOException {
    List<String> all = new ArrayList<>(named);
    String boundary = boundary();
    if (!boundary.isEmpty()) {
      Part part = new Multipart(exchange.body(2L * MAX_ARGUMENTS_BYTES), boundary).next();
      if (part != null) {
        all.addAll(lines(part));
      }
    }
    if (all.isEmpty()) {
      throw RpcException.usage("argument \"" + name + "\" is required");
    }
    return all;
  }

  private static List<String> lines(Part part) throws IOException {
    byte[] bytes = part.body().readNBytes(MAX_ARGUMENTS_BYTES + 1);
    if (bytes.length > MAX_ARGUMENTS_BYTES) {
      throw RpcException.usage(
          "arguments in a body have at most " + MAX_ARGUMENTS_BYTES + " bytes; ask in parts");
    }
    return new String(bytes, StandardCharsets.UTF_8).lines().toList();
  }

  private static boolean isForm(String type) {
    return HeaderParameters.parse(type).value().equals("multipart/form-data");
  }

  /** What separates the parts of the body; empty when it has none. */
  private String boundary() {
    List<String> types = exchange.lines("Content-Type");
    return types.size() == 1 ? Multipart.boundary(types.getFirst()) : "";
  }

  /**
   * Refuses forms of the answer that a node does not have, before anything is done.
   *
   * @param bytes whether the answer is bytes, which have one form
   * @throws RpcException when another is asked for
   */
  void requireKnownForms(boolean bytes) {
    String encoding = options.text("", "encoding", "enc");
    if (!bytes && !encoding.isEmpty() && !encoding.equals("json")) {
      throw RpcException.usage("invalid encoding: " + encoding + "; a node answers in json");
    }
    cids = CidForm.of(options);
  }

  /** A CID as this caller wants it written. */
  String text(Cid cid) {
    return cids.of(cid);
  }

  /**
   * The files that came.
   *
   * @param maxBytes of all of them, and what is around them
   * @param name what Kubo calls the argument
   * @throws RpcException when there are none
   */
  Multipart files(long maxBytes, String name) {
    String boundary = boundary();
    if (boundary.isEmpty() && exchange.lines("Content-Type").stream().anyMatch(Call::isForm)) {
      throw RpcException.usage("no multipart boundary param in Content-Type");
    }
    if (boundary.isEmpty()) {
      throw RpcException.noFile(name);
    }
    return new Multipart(exchange.body(maxBytes), boundary);
  }

  /** Says for the records what was done, and to what. */
  void acted(String object, String detail) {
    exchange.acted(object, detail);
  }
}
