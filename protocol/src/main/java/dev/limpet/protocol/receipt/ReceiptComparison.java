package dev.limpet.protocol.receipt;

import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.receipt.Receipt.Result;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where two receipts part. A pure function on the same data has one outcome, one result, and on the
 * same engine uses the same fuel and memory, and leaves the same bytes in it, whichever node runs
 * it; where and when it ran, and what had to travel, may be different each time.
 *
 * @param lines one for each thing that a receipt says
 */
public record ReceiptComparison(List<Line> lines) {
  /** The line of the hashes of memory; there is none when neither receipt has one. */
  public static final String MEMORY_HASH = "memoryHash";

  /** What that line says for a receipt without one: it neither agrees nor differs. */
  public static final String NOT_RECORDED = "not recorded";

  /** What a line means. */
  public enum Verdict {
    /** Both say the same. */
    SAME,
    /** They cannot both be right about the same Task. */
    DIFFERS,
    /** They are different, and may be. */
    ASIDE
  }

  /**
   * One thing that both say.
   *
   * @param what in a word
   * @param first what the first says, {@code -} for nothing
   * @param second what the second says
   * @param verdict what it means
   */
  public record Line(String what, String first, String second, Verdict verdict) {}

  /** Keeps a copy. */
  public ReceiptComparison {
    lines = List.copyOf(lines);
  }

  /** Compares two receipts. */
  public static ReceiptComparison of(Receipt first, Receipt second) {
    Lines lines = new Lines(first, second);
    boolean sameEngine = first.ran().engine().equals(second.ran().engine());
    lines.must("task", receipt -> receipt.work().id());
    lines.must("outcome", receipt -> receipt.ending().outcome().text());
    lines.must("code", receipt -> receipt.ending().code());
    lines.must("result", result(Result::body));
    lines.must("size", result(Result::size));
    lines.must("status", result(Result::status));
    lines.must("head", result(Result::head));
    lines.must("grants", receipt -> String.join(" ", receipt.ran().grants()));
    lines.add("says", receipt -> receipt.ending().says(), sameEngine);
    lines.add("fuel", receipt -> receipt.used().fuel(), sameEngine);
    lines.add("memory", receipt -> receipt.used().memory(), sameEngine);
    boolean bothHashed = isHashed(first) && isHashed(second);
    if (isHashed(first) || isHashed(second)) {
      lines.add(MEMORY_HASH, ReceiptComparison::memoryHash, sameEngine && bothHashed);
    }
    lines.may("engine", receipt -> receipt.ran().engine());
    lines.may("node", receipt -> receipt.ran().node());
    lines.may("execution", receipt -> receipt.ran().execution().text());
    lines.may("from", receipt -> String.join(" ", receipt.work().inputs()));
    lines.may("read", receipt -> receipt.used().read());
    lines.may("blocks", receipt -> receipt.used().blocks());
    lines.may("fetched", receipt -> receipt.used().fetched());
    lines.may("started", receipt -> receipt.ran().started());
    lines.may("tookMicros", receipt -> receipt.ran().tookMicros());
    return new ReceiptComparison(lines.all);
  }

  private static boolean isHashed(Receipt receipt) {
    return receipt.used().memoryHash() != null;
  }

  private static Object memoryHash(Receipt receipt) {
    ByteString hash = receipt.used().memoryHash();
    return hash == null ? NOT_RECORDED : HexFormat.of().formatHex(hash.toBytes());
  }

  /**
   * The same with what the first's node says of a further run: its hash of memory, and all that it
   * says otherwise than before and than the second.
   *
   * @param further what that run's receipt and the second say
   */
  public ReceiptComparison with(ReceiptComparison further) {
    List<Line> all = new ArrayList<>(lines);
    for (Line line : further.lines) {
      if (line.what().equals(MEMORY_HASH)) {
        all.replaceAll(old -> old.what().equals(MEMORY_HASH) ? line : old);
      } else if (line.verdict() == Verdict.DIFFERS && !differences().contains(line.what())) {
        all.add(new Line(line.what() + " now", line.first(), line.second(), Verdict.DIFFERS));
      }
    }
    return new ReceiptComparison(all);
  }

  /** Whether both can be right. */
  public boolean agrees() {
    return lines.stream().noneMatch(line -> line.verdict() == Verdict.DIFFERS);
  }

  /** What they cannot both be right about. */
  public List<String> differences() {
    return lines.stream()
        .filter(line -> line.verdict() == Verdict.DIFFERS)
        .map(Line::what)
        .toList();
  }

  private static Function<Receipt, @Nullable Object> result(
      Function<Result, @Nullable Object> part) {
    return receipt -> {
      Result result = receipt.ending().result();
      return result == null ? null : part.apply(result);
    };
  }

  private static final class Lines {
    private final Receipt first;
    private final Receipt second;
    private final List<Line> all = new ArrayList<>();

    Lines(Receipt first, Receipt second) {
      this.first = first;
      this.second = second;
    }

    void must(String what, Function<Receipt, @Nullable Object> part) {
      add(what, part, true);
    }

    void may(String what, Function<Receipt, @Nullable Object> part) {
      add(what, part, false);
    }

    void add(String what, Function<Receipt, @Nullable Object> part, boolean decides) {
      String one = text(part.apply(first));
      String other = text(part.apply(second));
      Verdict unequal = decides ? Verdict.DIFFERS : Verdict.ASIDE;
      all.add(new Line(what, one, other, one.equals(other) ? Verdict.SAME : unequal));
    }

    private static String text(@Nullable Object value) {
      return value == null ? "-" : value.toString();
    }
  }
}
