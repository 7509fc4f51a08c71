package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.Task;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node says about one Execution. Its CID is that of its DAG-CBOR; together with a nonce that
 * is a leaf of the node's log. The form below only grows, by keys that readers must know: an
 * unknown key is refused, so that nothing signed is overlooked.
 *
 * <pre>{@code
 * v          1
 * task       link            the Task id; absent when the function did not read its whole body
 * work       map             the Task itself (see Task), without its body when task is absent
 * outcome    text            how it ended
 * code       integer         the exit code, when it exited with one
 * says       text            why the engine stopped it, when it did
 * result     link            of the answer's body as a file (unixfs-v1-2025); after success only
 * size       integer         bytes of the answer's body
 * status     integer         HTTP status of the answer
 * head       link            of the DAG-CBOR of {lines, type}: what an http function said itself
 * fuel       integer         instructions used
 * memory     integer         most bytes of linear memory
 * read       integer         bytes of the distinct blocks that it read
 * blocks     integer         how many these are
 * fetched    integer         bytes of data that came from elsewhere for it
 * from       list of text    its inputs as they were asked for, CID[/PATH]
 * node       text            the node's key, as its peer id
 * execution  text            the id of the Execution
 * engine     text            engine, pass and options that ran it
 * grants     list of text    capabilities that were in effect
 * started    integer         milliseconds since 1970 UTC, by the node's clock
 * took       integer         microseconds from the start to the end of the function
 * memoryHash bytes           32: hash of its memory at its end; only of a call that asked for it
 * }</pre>
 *
 * @param work what ran
 * @param ending how it ended
 * @param used what it used
 * @param ran where and when
 */
public record Receipt(Work work, Ending ending, Used used, Ran ran)
    implements LogEntry, ReceiptValues {
  /** The version of the form. */
  public static final int VERSION = 1;

  /** Of a SHA-256. */
  public static final int MEMORY_HASH_BYTES = 32;

  /** Largest receipt; a Task travels in a header of at most 32 KiB. */
  public static final int MAX_RECEIPT_BYTES = 60 << 10;

  /**
   * What ran.
   *
   * @param task the Task id, or null
   * @param form DAG-CBOR of the Task
   * @param inputs as they were asked for
   */
  public record Work(@Nullable Cid task, ByteString form, List<String> inputs) {
    /** Copies the list. */
    public Work {
      inputs = List.copyOf(inputs);
    }

    /**
     * CID of the function's manifest, out of the Task.
     *
     * @throws IllegalArgumentException when the form is not that of a Task
     */
    public Cid function() {
      return ReceiptReader.function(ReceiptReader.map(form.toBytes()));
    }

    /**
     * The data that it ran on, out of the Task: what the inputs resolved to, in their order.
     *
     * @throws IllegalArgumentException when the form is not that of a Task
     */
    public List<Cid> data() {
      return ReceiptReader.data(ReceiptReader.map(form.toBytes()));
    }

    /**
     * The Task itself.
     *
     * @throws IllegalArgumentException when the form is not that of a Task
     */
    public Task toTask() {
      return Task.decode(form.toBytes());
    }

    /** What two receipts of the same work have in common, also when there is no Task id. */
    public Cid id() {
      return Cid.of(Multicodec.DAG_CBOR, form.toBytes());
    }
  }

  /**
   * How it ended.
   *
   * @param outcome in a word
   * @param code the exit code, or null
   * @param says why the engine stopped it, or null
   * @param result what was answered, or null
   */
  public record Ending(
      ReceiptOutcome outcome,
      @Nullable Long code,
      @Nullable String says,
      @Nullable Result result) {}

  /**
   * What was answered.
   *
   * @param body CID of the body as a file
   * @param size bytes of the body
   * @param status of HTTP
   * @param head CID of what an http function said itself, or null
   */
  public record Result(Cid body, long size, int status, @Nullable Cid head) {}

  /**
   * What it used.
   *
   * @param fuel instructions
   * @param memory most bytes of linear memory
   * @param read bytes of distinct blocks
   * @param blocks distinct blocks
   * @param fetched bytes from elsewhere
   * @param memoryHash of linear memory at the end, of {@link #MEMORY_HASH_BYTES}; null when nobody
   *     asked for it, and when the function was ended from outside
   */
  public record Used(
      long fuel,
      long memory,
      long read,
      long blocks,
      long fetched,
      @Nullable ByteString memoryHash) {
    /** Checks the length of the hash. */
    public Used {
      if (memoryHash != null && memoryHash.size() != MEMORY_HASH_BYTES) {
        throw new IllegalArgumentException(
            "memoryHash must have " + MEMORY_HASH_BYTES + " bytes, not " + memoryHash.size());
      }
    }

    /** Of a call that asked for no hash. */
    public Used(long fuel, long memory, long read, long blocks, long fetched) {
      this(fuel, memory, read, blocks, fetched, null);
    }
  }

  /**
   * Where and when.
   *
   * @param node whose receipt this is
   * @param execution which attempt
   * @param engine what ran it
   * @param grants in effect
   * @param startedMs milliseconds since 1970 UTC
   * @param tookMicros microseconds
   */
  public record Ran(
      PeerId node,
      ExecutionId execution,
      String engine,
      List<String> grants,
      long startedMs,
      long tookMicros) {
    /** Copies the list. */
    public Ran {
      grants = List.copyOf(grants);
    }

    /** When it started. */
    public Instant started() {
      return Instant.ofEpochMilli(startedMs);
    }

    /** When it ended. */
    public Instant ended() {
      return started().plusNanos(tookMicros * 1000);
    }
  }

  /** The DAG-CBOR. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(encodedLength());
    write(out);
    return out.array();
  }

  @Override
  public @Nullable Cid task() {
    return work.task;
  }

  @Override
  public ByteString form() {
    return work.form;
  }

  @Override
  public List<String> inputs() {
    return work.inputs;
  }

  @Override
  public long fuel() {
    return used.fuel;
  }

  @Override
  public long memory() {
    return used.memory;
  }

  @Override
  public long read() {
    return used.read;
  }

  @Override
  public long blocks() {
    return used.blocks;
  }

  @Override
  public long fetched() {
    return used.fetched;
  }

  @Override
  public @Nullable ByteString memoryHash() {
    return used.memoryHash;
  }

  @Override
  public PeerId node() {
    return ran.node;
  }

  @Override
  public ExecutionId execution() {
    return ran.execution;
  }

  @Override
  public String engine() {
    return ran.engine;
  }

  @Override
  public List<String> grants() {
    return ran.grants;
  }

  @Override
  public long startedMs() {
    return ran.startedMs;
  }

  @Override
  public long tookMicros() {
    return ran.tookMicros;
  }

  /** The CID of a receipt in its DAG-CBOR. */
  public static Cid cidOf(byte[] encoded) {
    return cidOf(encoded, 0, encoded.length);
  }

  /** The CID of a receipt in its DAG-CBOR, which is a part of an array. */
  public static Cid cidOf(byte[] bytes, int offset, int length) {
    return Cid.v1(Multicodec.DAG_CBOR, Multihash.sha256(bytes, offset, length));
  }

  /**
   * Reads a receipt.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Receipt decode(byte[] bytes) {
    return ReceiptReader.read(bytes);
  }
}
