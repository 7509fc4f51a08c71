package dev.limpet.cli.run;

import dev.limpet.node.invoke.CallerBody;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The request body of a local run.
 *
 * @param length bytes, 0 without a body, -1 when only its end will tell
 * @param stream the bytes
 */
public record RunBody(long length, InputStream stream) implements CallerBody {
  /** No body: the method is GET. */
  public static RunBody none() {
    return new RunBody(0, InputStream.nullInputStream());
  }

  /** Whoever types or pipes it may take their time. */
  @Override
  public boolean isHere() {
    return true;
  }

  @Override
  public LimpetException fault(IOException e) {
    return new LimpetException(
        ErrorCode.BAD_USAGE, "the body cannot be read: " + e.getMessage(), e);
  }
}
