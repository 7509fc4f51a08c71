package dev.limpet.protocol.receipt;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt.Ending;
import dev.limpet.protocol.receipt.Receipt.Ran;
import dev.limpet.protocol.receipt.Receipt.Result;
import dev.limpet.protocol.receipt.Receipt.Used;
import dev.limpet.protocol.receipt.Receipt.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads receipts and refuses everything else with {@link IllegalArgumentException}. */
final class ReceiptReader {
  /** As many as a call has inputs, or a manifest has grants. */
  static final int MAX_RECEIPT_TEXTS = 256;

  /** The year 9999 ends here, in milliseconds; later moments are no times. */
  private static final long LAST_MS = 253_402_300_799_999L;

  /** A year: no Execution takes so long. */
  private static final long LONGEST_MICROS = 366L * 86_400 * 1_000_000;

  /** HTTP has no status beyond it. */
  private static final int LAST_STATUS = 999;

  private final Map<String, Ipld> left;

  private ReceiptReader(Map<String, Ipld> entries) {
    left = new LinkedHashMap<>(entries);
  }

  static Receipt read(byte[] bytes) {
    requireLength(bytes); // before anything is made of them
    return of(map(bytes), bytes);
  }

  /** The receipt that these entries of a map, which these bytes are, say. */
  static Receipt of(Map<String, Ipld> map, byte[] bytes) {
    requireLength(bytes);
    ReceiptReader reader = new ReceiptReader(map);
    Receipt receipt = reader.receipt();
    if (!reader.left.isEmpty()) {
      throw new IllegalArgumentException("unknown keys: " + reader.left.keySet());
    }
    return receipt;
  }

  private static void requireLength(byte[] bytes) {
    if (bytes.length > Receipt.MAX_RECEIPT_BYTES) {
      throw new IllegalArgumentException("longer than a receipt may be");
    }
  }

  /** A DAG-CBOR map from outside. */
  static Map<String, Ipld> map(byte[] bytes) {
    try {
      if (DagCbor.decode(bytes) instanceof Ipld.MapNode node) {
        return node.entries();
      }
    } catch (ContentException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("it is no map");
  }

  private Receipt receipt() {
    if (number("v") != Receipt.VERSION) {
      throw new IllegalArgumentException("a receipt of another version");
    }
    Work work = work();
    Ending ending =
        new Ending(
            ReceiptOutcome.parse(text("outcome")),
            left.containsKey("code") ? number("code") : null,
            left.containsKey("says") ? text("says") : null,
            result());
    if ((ending.outcome() == ReceiptOutcome.OK) != (ending.result() != null)) {
      throw new IllegalArgumentException("a result belongs to success, and only to it");
    }
    Used used =
        new Used(
            number("fuel"),
            number("memory"),
            number("read"),
            number("blocks"),
            number("fetched"),
            memoryHash());
    return new Receipt(work, ending, used, ran());
  }

  private Work work() {
    Cid task = link("task");
    if (!(taken("work") instanceof Ipld.MapNode form)) {
      throw new IllegalArgumentException("work must be a map");
    }
    function(form.entries());
    data(form.entries());
    byte[] bytes = DagCbor.encode(form);
    if (task != null && !Cid.of(Multicodec.DAG_CBOR, bytes).equals(task)) {
      throw new IllegalArgumentException("task is not the CID of work");
    }
    return new Work(task, ByteString.of(bytes), texts("from"));
  }

  /** The data that a Task is about. */
  static List<Cid> data(Map<String, Ipld> form) {
    if (!(form.get("inputs") instanceof Ipld.ListNode(List<Ipld> items))) {
      throw new IllegalArgumentException("work names no inputs");
    }
    List<Cid> data = new ArrayList<>();
    for (Ipld item : items) {
      if (!(item instanceof Ipld.LinkNode(Cid cid))) {
        throw new IllegalArgumentException("an input of work is no link");
      }
      data.add(cid);
    }
    return data;
  }

  /** The function that a Task is about. */
  static Cid function(Map<String, Ipld> form) {
    if (form.get("manifest") instanceof Ipld.LinkNode(Cid cid)) {
      return cid;
    }
    throw new IllegalArgumentException("work names no manifest");
  }

  private @Nullable Result result() {
    Cid body = link("result");
    Cid head = link("head");
    if (body == null) {
      return null;
    }
    return new Result(body, number("size"), (int) bounded("status", LAST_STATUS), head);
  }

  private Ran ran() {
    return new Ran(
        PeerId.parse(text("node")),
        ExecutionId.parse(text("execution")),
        text("engine"),
        texts("grants"),
        bounded("started", LAST_MS),
        bounded("took", LONGEST_MICROS));
  }

  /** Its length is checked where it goes. */
  private @Nullable ByteString memoryHash() {
    if (!left.containsKey("memoryHash")) {
      return null;
    }
    if (taken("memoryHash") instanceof Ipld.Bytes(byte[] value)) {
      return ByteString.of(value);
    }
    throw new IllegalArgumentException("memoryHash must be bytes");
  }

  private Ipld taken(String key) {
    Ipld value = left.remove(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  private long number(String key) {
    if (taken(key) instanceof Ipld.Int(long value) && value >= 0) {
      return value;
    }
    throw new IllegalArgumentException(key + " must be a number that is not negative");
  }

  private long bounded(String key, long most) {
    long value = number(key);
    if (value > most) {
      throw new IllegalArgumentException(key + " is too large");
    }
    return value;
  }

  private String text(String key) {
    if (taken(key) instanceof Ipld.Text(String value)) {
      return value;
    }
    throw new IllegalArgumentException(key + " must be text");
  }

  private @Nullable Cid link(String key) {
    Ipld value = left.remove(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Ipld.LinkNode(Cid cid)) {
      return cid;
    }
    throw new IllegalArgumentException(key + " must be a link");
  }

  private List<String> texts(String key) {
    if (!(taken(key) instanceof Ipld.ListNode(List<Ipld> items))
        || items.size() > MAX_RECEIPT_TEXTS) {
      throw new IllegalArgumentException(key + " must be a short list");
    }
    List<String> texts = new ArrayList<>();
    for (Ipld item : items) {
      if (!(item instanceof Ipld.Text(String value))) {
        throw new IllegalArgumentException(key + " must be a list of text");
      }
      texts.add(value);
    }
    return texts;
  }
}
