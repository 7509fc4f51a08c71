package dev.limpet.node.invoke;

import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.InputStream;

/** Port: the body of a call, as the server has it. */
public interface CallerBody {
  /** Bytes, 0 without a body, -1 when only its end will tell. */
  long length();

  /** Whether all of it can be read without waiting for who sends it; false when nobody knows. */
  boolean isHere();

  /** The bytes; every call gives the same stream, which is not closed. */
  InputStream stream();

  /** What a caller is told when the stream has failed. */
  LimpetException fault(IOException e);
}
