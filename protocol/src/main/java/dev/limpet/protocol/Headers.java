package dev.limpet.protocol;

import java.util.List;

/** Names of the headers that Limpet gives a meaning. {@link HeaderRules} says who may set them. */
public final class Headers {
  /** Every header that starts so is the platform's. */
  public static final String PREFIX = "Limpet-";

  /** The Execution that made the answer. */
  public static final String EXECUTION = "Limpet-Execution";

  /** The node that it ran on. */
  public static final String NODE = "Limpet-Node";

  /** CID of the function's manifest. */
  public static final String FUNCTION = "Limpet-Function";

  /** Bytes of the data referred to. */
  public static final String DATA_BYTES = "Limpet-Data-Bytes";

  /** {@code hit}, {@code miss} or {@code bypass}. */
  public static final String MEMO = "Limpet-Memo";

  /** CID of the Task. */
  public static final String TASK = "Limpet-Task";

  /** CID of the receipt. */
  public static final String RECEIPT = "Limpet-Receipt";

  /** Bytes of data that travelled for this call, between nodes or from outside. */
  public static final String BYTES_FETCHED = "Limpet-Bytes-Fetched";

  /** Blocks that the function's reads touched. */
  public static final String BLOCKS_READ = "Limpet-Blocks-Read";

  /** Code of the error; only the platform sets it. */
  public static final String ERROR = "Limpet-Error";

  /** On a call: lowers its wall time, such as {@code 2s}. */
  public static final String TIMEOUT = "Limpet-Timeout";

  /**
   * On a call: how much data may travel for it, between nodes or from outside, such as {@code
   * 64MiB}.
   */
  public static final String MAX_FETCH = "Limpet-Max-Fetch";

  /**
   * On a call that wants no answer from memory: the name or key of a node that is not to run it
   * when another one can.
   */
  public static final String AVOID = "Limpet-Avoid";

  /**
   * On a call that wants no answer from memory: {@code ?1} asks for the hash of the function's
   * memory at its end in the receipt.
   */
  public static final String MEMORY_HASH = "Limpet-Memory-Hash";

  /** On a call: data as {@code CID[/PATH]}, percent-encoded; one line for each input. */
  public static final String DATA = "Limpet-Data";

  /** From gateway to node: an {@link Invocation}. */
  public static final String INVOCATION = "Limpet-Invocation";

  /** On {@code POST /v1/dags}: bytes of the blocks to come, so that a quota refuses early. */
  public static final String DAG_SIZE = "Limpet-Dag-Size";

  /** From node to node: leave to read one DAG. */
  public static final String TICKET = "Limpet-Ticket";

  /** Where the time went: queue, route, load, run. */
  public static final String SERVER_TIMING = "Server-Timing";

  /** What a function used, from node to gateway: {@code fuel=TICKS, memory=BYTES}. */
  public static final String USAGE = "Limpet-Usage";

  /** What the gateway thinks of a node that announces, for the node. */
  public static final String NODE_STATE = "Limpet-Node-State";

  /** On a call: makes a repeated attempt of a call that is not pure the same call. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** Longest method name that is passed on. */
  static final int MAX_METHOD_CHARS = 32;

  /**
   * What may stand in the trailers of a streamed answer; everything else there is dropped by the
   * gateway.
   */
  public static final List<String> TRAILERS =
      List.of(TASK, RECEIPT, BYTES_FETCHED, BLOCKS_READ, SERVER_TIMING, "ETag");

  private Headers() {}
}
