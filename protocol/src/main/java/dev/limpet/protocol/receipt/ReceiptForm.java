package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt.Ending;
import dev.limpet.protocol.receipt.Receipt.Ran;
import dev.limpet.protocol.receipt.Receipt.Result;
import dev.limpet.protocol.receipt.Receipt.Used;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes receipts; the keys stand in the order of DAG-CBOR, the shorter ones first. */
final class ReceiptForm {
  /** Those that every receipt has. */
  private static final int ALWAYS = 15;

  private ReceiptForm() {}

  static int length(Receipt receipt) {
    CborOut out = new CborOut(null);
    write(receipt, out);
    return out.length();
  }

  static void write(Receipt receipt, ByteBuffer to) {
    write(receipt, new CborOut(to));
  }

  private static void write(Receipt receipt, CborOut out) {
    Ending ending = receipt.ending();
    Result result = ending.result();
    Used used = receipt.used();
    Ran ran = receipt.ran();
    out.map(ALWAYS + optional(receipt));
    number(out, "v", Receipt.VERSION);
    if (ending.code() != null) {
      number(out, "code", ending.code());
    }
    texts(out, "from", receipt.work().inputs());
    number(out, "fuel", used.fuel());
    link(out, "head", result == null ? null : result.head());
    text(out, "node", ran.node().toString());
    number(out, "read", used.read());
    text(out, "says", ending.says());
    if (result != null) {
      number(out, "size", result.size());
    }
    link(out, "task", receipt.work().task());
    number(out, "took", ran.tookMicros());
    out.text("work");
    out.raw(receipt.work().form());
    number(out, "blocks", used.blocks());
    text(out, "engine", ran.engine());
    texts(out, "grants", ran.grants());
    number(out, "memory", used.memory());
    link(out, "result", result == null ? null : result.body());
    if (result != null) {
      number(out, "status", result.status());
    }
    number(out, "fetched", used.fetched());
    text(out, "outcome", ending.outcome().text());
    number(out, "started", ran.startedMs());
    text(out, "execution", ran.execution().text());
  }

  private static int optional(Receipt receipt) {
    Ending ending = receipt.ending();
    Result result = ending.result();
    int count = receipt.work().task() == null ? 0 : 1;
    count += ending.code() == null ? 0 : 1;
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
