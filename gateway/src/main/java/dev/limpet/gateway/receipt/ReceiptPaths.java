package dev.limpet.gateway.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.http.Paging;
import dev.limpet.gateway.http.Receipts;
import dev.limpet.gateway.placement.HoldersOffline;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptQuery;
import dev.limpet.protocol.receipt.ReceiptStatement;
import dev.limpet.protocol.tlog.WitnessRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The paths of receipts. A receipt is for whoever may make calls and knows its CID, which nobody
 * guesses: it is in the answer of the call, and contains the random id of its Execution. All others
 * get the same 404 as for receipts that never were.
 */
public final class ReceiptPaths implements Receipts {
  /** Nodes that are asked for one receipt, besides the one that the caller names. */
  static final int MAX_ASKED_FOR_RECEIPT = 64;

  private static final System.Logger LOG = System.getLogger(ReceiptPaths.class.getName());
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final List<String> TYPES = List.of("application/octet-stream");
  private static final String SIZE_TYPE = "text/x.tlog.size";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final String SILENT = "it does not say whether it has the receipt";

  private final Ground ground;
  private final ReceiptSearch search;

  /**
   * What it works with.
   *
   * @param door who may do what
   * @param registry the nodes
   * @param client reaches them
   * @param witness watches their logs
   * @param enrolments vouch for their keys
   * @param work threads for what blocks
   */
  public record Ground(
      Door door,
      NodeRegistry registry,
      NodeClient client,
      Witness witness,
      Enrolments enrolments,
      BlockingWork work) {}

  /** Opens the paths. */
  public ReceiptPaths(Ground ground) {
    this.ground = ground;
    this.search = new ReceiptSearch(ground.registry, ground.client);
  }

  @Override
  public void receipt(Exchange exchange, Wanted wanted) {
    ground.door.ask(exchange.headers());
    List<KnownNode> nodes = ground.registry.nodes().stream().filter(KnownNode::servesData).toList();
    Future<NodeClient.Answer> found = found(nodes, wanted);
    if (wanted.dsse()) {
      exchange.answer(found.compose(this::stated), answer -> give(exchange, answer));
    } else {
      exchange.answer(found.map(ReceiptPaths::asItIs), answer -> give(exchange, answer));
    }
  }

  /** The node that is named is asked alone, the others when it does not have it. */
  private Future<NodeClient.Answer> found(List<KnownNode> nodes, Wanted wanted) {
    String name = wanted.node();
    KnownNode named = name == null ? null : ground.registry.find(name);
    List<KnownNode> silent = new ArrayList<>();
    if (named == null || !named.isMember()) {
      return among(nodes, wanted.receipt(), silent);
    }
    List<KnownNode> others = nodes.stream().filter(node -> node != named).toList();
    return among(List.of(named), wanted.receipt(), silent)
        .recover(_ -> among(others, wanted.receipt(), silent));
  }

  /**
   * From one of these that has it.
   *
   * @param silent those that may have it and did not say, to which others are added
   */
  private Future<NodeClient.Answer> among(
      List<KnownNode> nodes, Cid receipt, List<KnownNode> silent) {
    List<KnownNode> first = nodes.stream().limit(MAX_ASKED_FOR_RECEIPT).toList();
    List<Future<Optional<NodeClient.Answer>>> asked =
        first.stream().map(node -> ask(node, receipt)).toList();
    return Future.join(asked)
        .transform(
            _ -> {
              for (int i = 0; i < first.size(); i++) {
                if (asked.get(i).failed()) {
                  silent.add(first.get(i));
                }
              }
              return asked.stream()
                  .filter(Future::succeeded)
                  .flatMap(answer -> answer.result().stream())
                  .filter(answer -> answer.status() == ACCEPTED || isOf(receipt, answer))
                  .min(Comparator.comparing(answer -> answer.status() == ACCEPTED))
                  .map(Future::succeededFuture)
                  .orElseGet(() -> Future.failedFuture(unknown(receipt, silent)));
            });
  }

  /** Whether a node gave what was asked for: one that gives another file hides no other's. */
  private static boolean isOf(Cid receipt, NodeClient.Answer answer) {
    try {
      ReceiptFile file = ReceiptFile.parse(answer.body().getBytes());
      return Receipt.cidOf(file.receipt().toBytes()).equals(receipt);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.DEBUG, "a node gave what is no file of a receipt", e);
      return false;
    }
  }

  /** The answer of a node that has it or promised it; empty when it says that it has it not. */
  private Future<Optional<NodeClient.Answer>> ask(KnownNode node, Cid receipt) {
    NodeLink link = node.servesData() ? node.link() : null;
    if (link == null) {
      return Future.failedFuture(SILENT);
    }
    return ground
        .client
        .send(
            link.request(HttpMethod.GET, "/v1/receipts/" + receipt, List.of()),
            null,
            new NodeClient.Bounds(TIME, ReceiptFile.MAX_RECEIPT_FILE_BYTES))
        .compose(
            answer ->
                answer.isSuccess() || answer.status() == NOT_FOUND
                    ? Future.succeededFuture(
                        Optional.of(answer).filter(NodeClient.Answer::isSuccess))
                    : Future.failedFuture(SILENT));
  }

  private static LimpetException unknown(Cid receipt, List<KnownNode> silent) {
    if (silent.isEmpty()) {
      return new LimpetException(
          ErrorCode.RECEIPT_NOT_FOUND,
          "no node that is here has a receipt "
              + receipt
              + "; it may be too old, or its node away");
    }
    List<KnownNode> told = HoldersOffline.told(silent);
    String names = HoldersOffline.names(told.stream());
    return new LimpetException(
        HoldersOffline.problem(
            told,
            "no node that answered has the receipt, and these did not: "
                + names
                + "; try again soon"));
  }

  /** What is given: of no type while the receipt is only promised. */
  private record Given(@Nullable String type, Buffer body) {}

  private static Given asItIs(NodeClient.Answer answer) {
    return new Given(answer.status() == ACCEPTED ? null : ReceiptFile.MEDIA_TYPE, answer.body());
  }

  /** The statement of the operator, who looks at the file first. */
  private Future<Given> stated(NodeClient.Answer answer) {
    if (answer.status() == ACCEPTED) {
      return Future.succeededFuture(asItIs(answer));
    }
    return ground.work.run(
        () ->
            new Given(
                ReceiptStatement.MEDIA_TYPE,
                Buffer.buffer(ground.enrolments.state(answer.body().getBytes()))));
  }

  private static void give(Exchange exchange, Given given) {
    exchange.header("Cache-Control", "no-store");
    if (given.type() == null) {
      exchange.header("Retry-After", "1");
      exchange.bytes(ACCEPTED, TEXT, Buffer.buffer());
    } else {
      exchange.bytes(OK, given.type(), given.body());
    }
  }

  @Override
  public void list(Exchange exchange, QueryParameters query) {
    ground.door.inspect(exchange.headers());
    Paging paging = Paging.among(query, ReceiptQuery.PARAMETERS);
    exchange.answer(
        search.page(ReceiptQuery.of(query), paging),
        page -> {
          exchange.header("Cache-Control", "no-store");
          exchange.json(OK, page);
        });
  }

  @Override
  public void cosign(Exchange exchange) {
    KnownNode node = member(exchange);
    Future<Witness.Verdict> looked =
        exchange
            .read(TYPES, WitnessRequest.MAX_REQUEST_CHARS)
            .compose(
                body -> ground.work.run(() -> ground.witness.look(node.peerId(), request(body))));
    exchange.answer(
        looked,
        verdict -> {
          switch (verdict) {
            case Witness.Verdict.Cosigned cosigned ->
                exchange.bytes(OK, TEXT, text(cosigned.signature() + "\n"));
            case Witness.Verdict.Elsewhere elsewhere ->
                exchange.bytes(CONFLICT, SIZE_TYPE, text(elsewhere.size() + "\n"));
            case Witness.Verdict.Forked forked ->
                exchange.fail(new LimpetException(ErrorCode.LOG_FORKED, forked.detail()));
          }
        });
  }

  private static Buffer text(String text) {
    return Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
  }

  private static WitnessRequest request(Buffer body) {
    try {
      return WitnessRequest.parse(new String(body.getBytes(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void enrol(Exchange exchange) {
    KnownNode node = member(exchange);
    exchange.answer(
        ground.work.run(() -> ground.enrolments.enrol(node)),
        note -> exchange.bytes(OK, TEXT, text(note.toString())));
  }

  private KnownNode member(Exchange exchange) {
    KnownNode node = ground.door.node(exchange.headers());
    if (!node.isMember()) {
      throw new LimpetException(
          ErrorCode.FORBIDDEN, "this node was not let in yet: limpet nodes approve " + node.name());
    }
    return node;
  }

  @Override
  public void key(Exchange exchange) {
    ground.door.ask(exchange.headers());
    PeerId operator = ground.enrolments.operator();
    exchange.bytes(
        OK,
        TEXT,
        text(
            operator
                + "\n"
                + Enrolment.key(operator).verifierKey()
                + "\n"
                + Enrolment.cosigningKey(operator).verifierKey()
                + "\n"));
  }
}
