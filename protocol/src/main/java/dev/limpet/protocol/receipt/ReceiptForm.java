package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.receipt.Receipt.Ending;
import dev.limpet.protocol.receipt.Receipt.Result;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes receipts; the keys stand in the order of DAG-CBOR, the shorter ones first. */
final class ReceiptForm {
  /** Those that every receipt has. */
  private static final int ALWAYS = 15;

  private ReceiptForm() {}

  static int length(ReceiptValues receipt) {
    return write(receipt, new CborOut(null));
  }

  static int write(ReceiptValues receipt, ByteBuffer to) {
    return write(receipt, new CborOut(to));
  }

  private static int write(ReceiptValues receipt, CborOut out) {
    Ending ending = receipt.ending();
    Result result = ending.result();
    Cid task = receipt.task();
    ByteString memoryHash = receipt.memoryHash();
    int more = (task == null ? 0 : 1) + (memoryHash == null ? 0 : 1);
    out.map(ALWAYS + more + optional(ending));
    number(out, "v", Receipt.VERSION);
    if (ending.code() != null) {
      number(out, "code", ending.code());
    }
    texts(out, "from", receipt.inputs());
    number(out, "fuel", receipt.fuel());
    link(out, "head", result == null ? null : result.head());
    text(out, "node", receipt.node().toString());
    number(out, "read", receipt.read());
    text(out, "says", ending.says());
    if (result != null) {
      number(out, "size", result.size());
    }
    link(out, "task", task);
    number(out, "took", receipt.tookMicros());
    out.text("work");
    out.raw(receipt.form());
    number(out, "blocks", receipt.blocks());
    text(out, "engine", receipt.engine());
    texts(out, "grants", receipt.grants());
    number(out, "memory", receipt.memory());
    link(out, "result", result == null ? null : result.body());
    if (result != null) {
      number(out, "status", result.status());
    }
    number(out, "fetched", receipt.fetched());
    text(out, "outcome", ending.outcome().text());
    number(out, "started", receipt.startedMs());
    text(out, "execution", receipt.execution().text());
    if (memoryHash != null) {
      out.text("memoryHash");
      out.bytes(memoryHash);
    }
    return out.length();
  }

  private static int optional(Ending ending) {
    Result result = ending.result();
    int count = ending.code() == null ? 0 : 1;
    count += ending.says() == null ? 0 : 1;
    if (result != null) {
      count += result.head() == null ? 3 : 4;
    }
    return count;
  }

  private static void number(CborOut out, String key, long value) {
    out.text(key);
    out.number(value);
  }

  private static void text(CborOut out, String key, @Nullable String value) {
    if (value != null) {
      out.text(key);
      out.text(value);
    }
  }

  private static void texts(CborOut out, String key, List<String> values) {
    out.text(key);
    out.list(values.size());
    for (int i = 0; i < values.size(); i++) {
      out.text(values.get(i));
    }
  }

  private static void link(CborOut out, String key, @Nullable Cid cid) {
    if (cid != null) {
      out.text(key);
      out.link(cid);
    }
  }
}
