package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataUnavailableException;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.engine.StopSignal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The world of one guest: its descriptors, clock and random bytes. Made and used on the guest's
 * thread. The host functions find it in the guest's memory object.
 */
public final class WasiState {

  /** Ticks for bytes that a host function moves: one for each so many. */
  private static final int BYTES_PER_TICK = 16;

  /** Three streams, {@code /tmp}, and mostly one input. */
  private static final int PREOPENED = 5;

  private final List<byte[]> arguments;
  private final List<byte[]> environment;
  private final WasiSetup setup;
  private final WasiSetup.Streams streams;
  private final StopSignal signal;
  private @Nullable FdTable descriptors;
  private final VirtualClock clock;
  private @Nullable ChaCha20Random random;
  private long outputBytes;

  /** Builds it. */
  public WasiState(WasiSetup setup, StopSignal signal) {
    this.arguments = new ArrayList<>(setup.program().arguments().size());
    setup.program().arguments().forEach(text -> arguments.add(terminated(text)));
    this.environment = new ArrayList<>(setup.program().environment().size());
    setup
        .program()
        .environment()
        .forEach((name, value) -> environment.add(terminated(name + "=" + value)));
    this.streams = setup.streams();
    this.signal = signal;
    this.clock = new VirtualClock(setup.clockBaseNanos());
    this.setup = setup;
  }

  /**
   * Opens what a command finds open. A raw function finds nothing, and does not pay for it.
   *
   * @throws GuestStopped when a mount cannot be had
   */
  public void openFiles() {
    FdTable _ = descriptors();
  }

  private static byte[] terminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static ArrayList<@Nullable Descriptor> preopened(WasiSetup setup) {
    ArrayList<@Nullable Descriptor> preopened = new ArrayList<>(PREOPENED);
    preopened.add(new Descriptor.Stream(Descriptor.Stream.Kind.INPUT));
    preopened.add(new Descriptor.Stream(Descriptor.Stream.Kind.OUTPUT));
    preopened.add(new Descriptor.Stream(Descriptor.Stream.Kind.LOG));
    WasiSetup.Files files = setup.files();
    ScratchSpace space = new ScratchSpace(files.scratchBytes(), files.lease());
    ScratchDirectory root = ScratchDirectory.root(space, setup.clockBaseNanos());
    Descriptor.Directory tmp = new Descriptor.Directory(root, "/tmp");
    WasiSetup.NamedMount script = files.script();
    long device = 1;
    if (script != null) {
      preopened.add(opened(script, device++));
      preopened.add(tmp);
    }
    for (WasiSetup.NamedMount mount : files.mounts()) {
      preopened.add(opened(mount, device++));
    }
    if (script == null) {
      preopened.add(tmp);
    }
    return preopened;
  }

  private static Descriptor.Directory opened(WasiSetup.NamedMount mount, long device) {
    return new Descriptor.Directory(rootOf(mount, device), mount.path());
  }

  private static FsNode rootOf(WasiSetup.NamedMount mount, long device) {
    try {
      return DataFsFile.of(mount.data().root(), device);
    } catch (DataUnavailableException e) {
      throw unavailable(e);
    }
  }

  static GuestStopped unavailable(DataUnavailableException e) {
    return new GuestStopped(new StopReason.DataUnavailable(String.valueOf(e.getMessage())));
  }

  /** Bytes written on standard output so far. */
  public long outputBytes() {
    return outputBytes;
  }

  /** The log, as it was given. */
  public LogBuffer log() {
    return streams.log();
  }

  List<byte[]> arguments() {
    return arguments;
  }

  List<byte[]> environment() {
    return environment;
  }

  FdTable descriptors() {
    FdTable table = descriptors;
    if (table == null) {
      table = new FdTable(preopened(setup), setup.files().openFiles());
      descriptors = table;
    }
    return table;
  }

  VirtualClock clock() {
    return clock;
  }

  ChaCha20Random random() {
    ChaCha20Random generator = random;
    if (generator == null) {
      generator = new ChaCha20Random(setup.random().bytes());
      random = generator;
    }
    return generator;
  }

  StopSignal signal() {
    return signal;
  }

  /** Pays for bytes that a host function moves, and looks at the stop signal. */
  public void chargeBytes(GuestMemory memory, long bytes) {
    memory.charge(bytes / BYTES_PER_TICK);
    signal.check();
  }

  /**
   * Reads once from the input, at least one byte unless it has ended or none is wanted; 0 then.
   *
   * @throws GuestStopped when it fails
   */
  public int readInput(byte[] target, int offset, int length) {
    return readInput(new Span(target, offset, length));
  }

  /**
   * Writes to the output, whole.
   *
   * @throws GuestStopped when it fails, or is more than the limit
   */
  public void writeOutput(byte[] source, int offset, int length) {
    writeOutput(new Span(source, offset, length));
  }

  /** Reads once from the input; 0 at its end. */
  int readInput(Span target) {
    if (target.length() == 0) {
      return 0;
    }
    signal.enterBlocking();
    try {
      int count = streams.input().read(target.array(), target.offset(), target.length());
      if (count > target.length()) {
        throw new IOException("the input gave more than was asked for");
      }
      return Math.max(0, count);
    } catch (IOException | RuntimeException e) {
      throw failed(new StopReason.InputFailed(e));
    } finally {
      signal.leaveBlocking();
    }
  }

  void writeOutput(Span source) {
    if (source.length() > streams.maxOutputBytes() - outputBytes) {
      throw new GuestStopped(new StopReason.OverOutput());
    }
    signal.enterBlocking();
    try {
      streams.output().write(source.array(), source.offset(), source.length());
      outputBytes += source.length();
    } catch (IOException | RuntimeException e) {
      throw failed(new StopReason.OutputFailed(e));
    } finally {
      signal.leaveBlocking();
    }
  }

  void writeLog(Span source) {
    streams.log().write(source.array(), source.offset(), source.length());
  }

  /** A stream that fails because its thread was interrupted fails for the signal's reason. */
  private GuestStopped failed(StopReason reason) {
    @Nullable StopReason earlier = signal.reason();
    return new GuestStopped(earlier == null ? reason : earlier);
  }
}
