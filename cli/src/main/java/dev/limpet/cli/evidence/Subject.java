package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptQuery;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a folder is about.
 *
 * @param text in words
 * @param query which receipts
 * @param original the receipt of the answer of an Execution, as the gateway remembers it; null when
 *     it has to be looked for
 */
public record Subject(String text, ReceiptQuery query, @Nullable OriginalReceipt original) {
  /**
   * The time that is asked about.
   *
   * @param since the first moment, or null
   * @param until the first moment after it, or null
   */
  public record Span(@Nullable Instant since, @Nullable Instant until) {}

  /**
   * Finds out what is meant.
   *
   * @param typed an Execution, a name of a function with or without a version, or the CID of a
   *     function or of data
   * @throws CliException when it is none of these, or the gateway does not have it
   */
  public static Subject of(ServerClient gateway, String typed, Span span) {
    if (typed.startsWith("x-")) {
      return execution(gateway, typed, span);
    }
    Optional<Cid> cid = cid(typed);
    if (cid.isEmpty()) {
      Set<Cid> functions = versions(gateway, typed);
      String text = "the function " + typed + " (" + count(functions) + ")";
      return new Subject(text, query(functions, null, null, span), null);
    }
    return isFunction(gateway, cid.get())
        ? new Subject("the function " + cid.get(), query(Set.of(cid.get()), null, null, span), null)
        : new Subject("the data " + cid.get(), query(Set.of(), cid.get(), null, span), null);
  }

  private static String count(Set<Cid> functions) {
    return functions.size() == 1
        ? functions.iterator().next().toString()
        : functions.size() + " versions";
  }

  private static ReceiptQuery query(
      Set<Cid> functions, @Nullable Cid data, @Nullable ExecutionId execution, Span span) {
    return new ReceiptQuery(functions, data, execution, span.since, span.until);
  }

  private static Subject execution(ServerClient gateway, String typed, Span span) {
    ExecutionId id;
    try {
      id = ExecutionId.parse(typed);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
    ReceiptQuery query = query(Set.of(), null, id, span);
    return new Subject("the Execution " + id, query, original(gateway, id));
  }

  /** Within an hour the gateway knows whose answer a call got; later its own receipt must do. */
  private static @Nullable OriginalReceipt original(ServerClient gateway, ExecutionId id) {
    try {
      return OriginalReceipt.of(gateway.get("/v1/executions/" + id));
    } catch (CliException e) {
      if (e.code().equals(ErrorCode.EXECUTION_NOT_FOUND.code())) {
        return null;
      }
      throw e;
    }
  }

  /** Why that receipt is not about this; empty when it is. */
  String mismatch(Receipt receipt) {
    if (original != null) {
      return original.mismatch(receipt);
    }
    return query.wants(receipt) ? "" : "it is listed, and not about " + text;
  }

  private static Optional<Cid> cid(String text) {
    try {
      return Optional.of(Cid.parse(text).toV1());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isFunction(ServerClient gateway, Cid cid) {
    try {
      return !gateway.get("/v1/functions/" + cid).fields().isEmpty();
    } catch (CliException e) {
      if (e.code().equals(ErrorCode.FUNCTION_NOT_FOUND.code())) {
        return false;
      }
      throw e;
    }
  }

  /** The functions that a name has meant, the newest first, or that of one version. */
  private static Set<Cid> versions(ServerClient gateway, String typed) {
    int at = typed.indexOf('@');
    String name = at < 0 ? typed : typed.substring(0, at);
    List<JsonObject> history = gateway.get("/v1/names/" + Targets.segment(name)).objects("history");
    Set<Cid> functions = new LinkedHashSet<>();
    for (JsonObject version : history) {
      if (at < 0 || version.text("version").equals(typed.substring(at + 1))) {
        cid(version.text("function")).ifPresent(functions::add);
      }
    }
    if (functions.isEmpty()) {
      throw new CliException(ErrorCode.NAME_NOT_FOUND, "there is no " + typed);
    }
    if (functions.size() > ReceiptQuery.MAX_ASKED_FUNCTIONS) {
      throw CliException.usage(
          typed + " has meant too many functions; name one: " + name + "@VERSION");
    }
    return functions;
  }
}
