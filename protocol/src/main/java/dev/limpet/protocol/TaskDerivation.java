package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a guest's randomness and clock are made of; {@link Task} has the formulas. */
public final class TaskDerivation {
  static final int DIGEST_BYTES = 32;

  private static final String RANDOM = "limpet task random v1";
  private static final String CLOCK = "limpet task clock v1";

  /** 2020-01-01T00:00:00Z. */
  private static final long CLOCK_FIRST_NANOS = 1_577_836_800_000_000_000L;

  /** Ten years of 365 days. */
  private static final long CLOCK_SPAN_NANOS = 315_360_000_000_000_000L;

  private TaskDerivation() {}

  /**
   * As {@link Task#seed()}, for whoever has the id already.
   *
   * @param withoutBody the id of the Task without its body
   */
  public static byte[] seed(Cid withoutBody) {
    return derive(RANDOM, withoutBody);
  }

  /**
   * As {@link Task#clockBaseNanos()}, for whoever has the id already.
   *
   * @param withoutBody the id of the Task without its body
   */
  public static long clockBaseNanos(Cid withoutBody) {
    long drawn = ByteBuffer.wrap(derive(CLOCK, withoutBody)).getLong();
    return CLOCK_FIRST_NANOS + Long.remainderUnsigned(drawn, CLOCK_SPAN_NANOS);
  }

  /** The NUL keeps a purpose from being the beginning of another. */
  private static byte[] derive(String purpose, Cid withoutBody) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(purpose.getBytes(StandardCharsets.US_ASCII));
    message.write(0);
    message.writeBytes(withoutBody.toBytes());
    return Sha256.of(message.toByteArray());
  }
}
