package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.PeerId;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a receipt says, value by value; {@link Receipt} tells its form. Who ends an Execution has
 * these values already, and writes them once: no receipt need be made of them before.
 */
public interface ReceiptValues {
  /** The Task id, or null when the function did not read its whole body. */
  @Nullable Cid task();

  /** DAG-CBOR of the Task. */
  ByteString form();

  /** The inputs as they were asked for. */
  List<String> inputs();

  /** How it ended. */
  Receipt.Ending ending();

  /** Instructions, not negative as all the numbers. */
  long fuel();

  /** Most bytes of linear memory. */
  long memory();

  /** Bytes of distinct blocks that were read. */
  long read();

  /** How many blocks these are. */
  long blocks();

  /** Bytes that came from elsewhere. */
  long fetched();

  /** Of linear memory at the end, or null. */
  @Nullable ByteString memoryHash();

  /** Whose receipt it is. */
  PeerId node();

  /** Which attempt. */
  ExecutionId execution();

  /** What ran it. */
  String engine();

  /** Capabilities that were in effect. */
  List<String> grants();

  /** Milliseconds since 1970 UTC. */
  long startedMs();

  /** Microseconds from the start to the end of the function. */
  long tookMicros();

  /** Bytes of the DAG-CBOR. */
  default int encodedLength() {
    return ReceiptForm.length(this);
  }

  /**
   * Writes the DAG-CBOR, once for who has room that mostly suffices and does not ask for {@link
   * #encodedLength()} before.
   *
   * @param out where it goes
   * @return bytes of the DAG-CBOR; when there was not so much room, only some of them were written
   * @throws IllegalArgumentException when a number is negative
   */
  default int write(ByteBuffer out) {
    return ReceiptForm.write(this, out);
  }
}
