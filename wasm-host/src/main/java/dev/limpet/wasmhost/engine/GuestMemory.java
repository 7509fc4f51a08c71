package dev.limpet.wasmhost.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.TrapException;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.PassiveDataSegment;

/**
 * Linear memory of one guest: a single array, of which the first {@code limit} bytes are the
 * guest's.
 *
 * <p>Invariants. {@code 0 <= limit <= bytes.length}; {@code limit} shrinks only in {@link
 * #restore}; every byte from {@code limit} on is zero, because nothing writes there, so growth
 * inside the array is a change of {@code limit} alone. All addresses are unsigned 32 bits given as
 * {@code int}: one beyond 2^31 is negative and fails the same comparison as one beyond the end. The
 * array behind may be half as long again as what the guest has, so that growing by single pages
 * costs a constant for each page, not a copy of everything. Every array is paid from the {@link
 * Budget.Lease} before it exists, the old and the new one both while one is copied into the other.
 *
 * <p>There is one such class for all guests: the compiled code of a module is fast as long as it
 * has seen only one implementation of the engine's interface. Nothing here may be overridden, and
 * no other implementation may ever be given to an instance.
 */
public final class GuestMemory extends LastingInts {

  /** Ticks for a page: zeroing it, and its share of the copies, take some 10 microseconds. */
  static final long FUEL_PER_PAGE = 8192;

  /** Bytes that a fill or a copy moves in the time of a loop pass. */
  static final int BULK_BYTES_PER_TICK = 64;

  /** What an idle memory holds instead of a lease and a signal: it keeps nothing of a caller. */
  private static final Budget.Lease NO_LEASE = new Budget(0).lease();

  private static final byte[] NO_BYTES = {};

  /** For compiled code alone; null when no function of the module is split. */
  public final @Nullable PartExits exits;

  private final MemoryPlan plan;
  private int maximumPages;
  private Budget.Lease lease;
  private @Nullable Object host;
  private byte[] bytes;
  private int limit;
  private DataSegment[] segments = {};
  private boolean dropped;
  private boolean growthDenied;

  /**
   * A memory whose first array is already paid by the lease.
   *
   * @param world of the Execution that it is for
   */
  GuestMemory(MemoryPlan plan, GuestWorld world) {
    super(plan.globals(), world.limits(), world.signal());
    this.plan = plan;
    this.exits = plan.split() ? new PartExits() : null;
    this.lease = world.lease();
    this.limit = Math.multiplyExact(plan.declared().initialPages(), PAGE_SIZE);
    this.bytes = KeptArrays.SHARED.take(Math.max(limit, plan.arrayBytes()));
    enter(world);
  }

  /** From here on it is the memory of that Execution, whose lease pays for the array. */
  void wake(GuestWorld world) {
    begin(world.limits(), world.signal());
    enter(world);
  }

  private void enter(GuestWorld world) {
    maximumPages =
        (int) Math.min(plan.declared().maximumPages(), world.limits().memoryBytes() / PAGE_SIZE);
    lease = world.lease();
    host = world.host();
  }

  /** Lets go of the array: the guest has ended, and was no more than one call. */
  void leaveArray() {
    byte[] array = bytes;
    bytes = NO_BYTES;
    KeptArrays.SHARED.leave(array, limit);
  }

  /** What it is now, to be restored later; call it between two calls of the guest. */
  MemoryImage image() {
    int used = limit;
    while (used > 0 && bytes[used - 1] == 0) {
      used--;
    }
    dropped = false;
    return new MemoryImage(Arrays.copyOf(bytes, used), limit, segments.clone(), growthDenied);
  }

  /** Makes it what it was, and lets go of everything that belongs to an Execution. */
  void restore(MemoryImage image) {
    byte[] used = image.used();
    System.arraycopy(used, 0, bytes, 0, used.length);
    if (limit > used.length) {
      Arrays.fill(bytes, used.length, limit, (byte) 0);
    }
    limit = image.limit();
    if (dropped) {
      segments = image.segments().clone();
      dropped = false;
    }
    growthDenied = image.growthDenied();
    lease = NO_LEASE;
    host = null;
    begin(GuestLimits.NOTHING, new StopSignal());
  }

  /** What its instance imports, or null when the engine knows it. */
  @Nullable ImportValues imports() {
    return plan.imports();
  }

  /** From here on its host functions find this. */
  public void meet(Object other) {
    host = other;
  }

  /** What the host functions of this guest need. */
  public @Nullable Object host() {
    return host;
  }

  /** Whether the guest asked for more than it may have, and got -1. */
  public boolean growthDenied() {
    return growthDenied;
  }

  /** Bytes that the guest has. */
  public int size() {
    return limit;
  }

  /** The array behind, longer than {@link #size()} perhaps; another one after the guest grew. */
  public byte[] array() {
    return bytes;
  }

  /**
   * The index in {@link #array()} of what a guest points at.
   *
   * @param address unsigned 32 bits
   * @param length in bytes
   * @throws GuestFault when not all of it is the guest's
   */
  public int at(int address, long length) {
    if (length < 0 || Integer.toUnsignedLong(address) + length > limit) {
      throw new GuestFault();
    }
    return address;
  }

  /** The byte that a guest points at. */
  public int getByte(int address) {
    return bytes[at(address, 1)] & 0xFF;
  }

  /** The 16 bits that a guest points at. */
  public int getShort(int address) {
    return (short) Cells.S.get(bytes, at(address, 2)) & 0xFFFF;
  }

  /** The 32 bits that a guest points at. */
  public int getInt(int address) {
    return (int) Cells.I.get(bytes, at(address, 4));
  }

  /** The 64 bits that a guest points at. */
  public long getLong(int address) {
    return (long) Cells.J.get(bytes, at(address, 8));
  }

  /** Writes 8 bits where a guest points at. */
  public void putByte(int address, int value) {
    bytes[at(address, 1)] = (byte) value;
  }

  /** Writes 16 bits where a guest points at. */
  public void putShort(int address, int value) {
    Cells.S.set(bytes, at(address, 2), (short) value);
  }

  /** Writes 32 bits where a guest points at. */
  public void putInt(int address, int value) {
    Cells.I.set(bytes, at(address, 4), value);
  }

  /** Writes 64 bits where a guest points at. */
  public void putLong(int address, long value) {
    Cells.J.set(bytes, at(address, 8), value);
  }

  @Override
  public int pages() {
    return limit / PAGE_SIZE;
  }

  @Override
  public int initialPages() {
    return plan.declared().initialPages();
  }

  @Override
  public int maximumPages() {
    return maximumPages;
  }

  @Override
  public int grow(int pages) {
    StackProbe.require(depth);
    int before = pages();
    if (pages < 0 || pages > maximumPages - before) {
      growthDenied = true;
      return -1;
    }
    charge(pages * FUEL_PER_PAGE);
    int wanted = (before + pages) * PAGE_SIZE;
    if (wanted > bytes.length) {
      reallocate(wanted);
    }
    limit = wanted;
    return before;
  }

  private void reallocate(int wanted) {
    int half = KeptArrays.sizeClass((int) Math.min(Integer.MAX_VALUE, bytes.length * 3L / 2));
    int roomy = (int) Math.min((long) maximumPages * PAGE_SIZE, half);
    int old = bytes.length;
    if (roomy > wanted && lease.tryReserve(roomy)) {
      replace(roomy);
    } else if (lease.tryReserve(wanted)) {
      replace(wanted);
    } else {
      throw new GuestStopped(new StopReason.NoNodeMemory());
    }
    lease.release(old);
  }

  /** The budget said yes, but the heap may be full of other things. */
  private void replace(int length) {
    try {
      byte[] larger = KeptArrays.SHARED.take(length);
      System.arraycopy(bytes, 0, larger, 0, limit);
      KeptArrays.SHARED.leave(bytes, limit);
      bytes = larger;
    } catch (OutOfMemoryError e) {
      throw new GuestStopped(new StopReason.NoNodeMemory());
    }
  }

  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments) {
    initialize(instance, dataSegments, 0);
  }

  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
    if (instance.imports().memoryCount() == 0) {
      takeGlobals(instance); // who imports a memory has none there
    }
    MemoryImage image = plan.image();
    if (image == null) {
      segments = plan.data().writeTo(this, instance);
    } else {
      begin(image);
    }
  }

  /** Makes a memory of zeros what another one was. */
  private void begin(MemoryImage image) {
    System.arraycopy(image.used(), 0, bytes, 0, image.used().length);
    limit = image.limit();
    segments = image.segments().clone();
    growthDenied = image.growthDenied();
  }

  @Override
  public void initPassiveSegment(int segment, int target, int offset, int length) {
    byte[] source = segments[segment].data();
    if ((offset | length) < 0 || offset > source.length - length) {
      throw outOfBounds();
    }
    chargeBulk(length);
    write(target, source, offset, length);
  }

  /** For a fill or a copy: a look at the signal comes with it when it is long. */
  private void chargeBulk(int length) {
    charge(length / BULK_BYTES_PER_TICK);
  }

  @Override
  public void drop(int segment) {
    if (segments[segment].data().length > 0) {
      segments[segment] = PassiveDataSegment.EMPTY;
      dropped = true;
    }
  }

  @Override
  public void write(int address, byte[] source, int offset, int length) {
    check(address, length);
    System.arraycopy(source, offset, bytes, address, length);
  }

  @Override
  public byte[] readBytes(int address, int length) {
    check(address, length);
    return Arrays.copyOfRange(bytes, address, address + length);
  }

  /** The engine adds start and length before it calls: an overflow shows as {@code to < from}. */
  @Override
  public void fill(byte value, int from, int to) {
    if (from < 0 || to < from || to > limit) {
      throw outOfBounds();
    }
    chargeBulk(to - from);
    Fill.fill(bytes, from, to, value);
  }

  @Override
  public void copy(int target, int source, int length) {
    check(source, length);
    check(target, length);
    chargeBulk(length);
    System.arraycopy(bytes, source, bytes, target, length);
  }

  /** Java's arrays start as zeros. */
  @Override
  public void zero() {}

  private void check(int address, int length) {
    if ((address | length) < 0 || address > limit - length) {
      throw outOfBounds();
    }
  }

  /** As the JIT knows it best: before a loop it checks all that its turns will touch. */
  private void checkAccess(int address, int length) {
    Objects.checkIndex(address, limit - (length - 1));
  }

  static TrapException outOfBounds() {
    return new TrapException("out of bounds memory access");
  }

  @Override
  public byte read(int address) {
    checkAccess(address, 1);
    return bytes[address];
  }

  @Override
  public void writeByte(int address, byte value) {
    checkAccess(address, 1);
    bytes[address] = value;
  }

  @Override
  public short readShort(int address) {
    checkAccess(address, 2);
    return (short) Cells.S.get(bytes, address);
  }

  @Override
  public void writeShort(int address, short value) {
    checkAccess(address, 2);
    Cells.S.set(bytes, address, value);
  }

  @Override
  public long readU16(int address) {
    return Short.toUnsignedLong(readShort(address));
  }

  @Override
  public int readInt(int address) {
    checkAccess(address, 4);
    return (int) Cells.I.get(bytes, address);
  }

  @Override
  public void writeI32(int address, int value) {
    checkAccess(address, 4);
    Cells.I.set(bytes, address, value);
  }

  @Override
  public long readLong(int address) {
    checkAccess(address, 8);
    return (long) Cells.J.get(bytes, address);
  }

  @Override
  public void writeLong(int address, long value) {
    checkAccess(address, 8);
    Cells.J.set(bytes, address, value);
  }

  @Override
  public float readFloat(int address) {
    checkAccess(address, 4);
    return (float) Cells.F.get(bytes, address);
  }

  @Override
  public long readF32(int address) {
    return Integer.toUnsignedLong(readInt(address));
  }

  @Override
  public void writeF32(int address, float value) {
    checkAccess(address, 4);
    Cells.F.set(bytes, address, value);
  }

  @Override
  public double readDouble(int address) {
    checkAccess(address, 8);
    return (double) Cells.D.get(bytes, address);
  }

  @Override
  public long readF64(int address) {
    return readLong(address);
  }

  @Override
  public void writeF64(int address, double value) {
    checkAccess(address, 8);
    Cells.D.set(bytes, address, value);
  }
}
