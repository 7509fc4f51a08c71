package dev.limpet.wasmhost.abi;

import dev.limpet.wasmhost.data.InputTooLongException;
import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.GuestFault;
import dev.limpet.wasmhost.engine.GuestInstance;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.GuestTrap;
import dev.limpet.wasmhost.engine.InstancePool;
import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.wasi.WasiState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A raw function: {@code alloc(len) -> ptr} says where the input goes, {@code handle(ptr, len) ->
 * (ptr << 32 | len)} says where the answer is. It imports nothing. A module that needs to be
 * initialised does so in its start function, or exports {@code _initialize()}, {@code
 * limpet_init()} or both, which run in this order.
 *
 * <p>Every call finds memory, globals and table as they are after that: what one call leaves
 * behind, no other can see.
 */
public final class RawAbi {

  /** Longest input: it is in memory as a whole, in the guest and, while it arrives, beside it. */
  public static final int MAX_INPUT_BYTES = 16 << 20;

  private static final int FIRST_BYTES = 2 << 10;
  private static final String ALLOC = "alloc";
  private static final String HANDLE = "handle";
  private static final String INITIALIZE = "_initialize";

  /** Of a guest's thread, for inputs that are no longer: what was in it is written over. */
  private static final ThreadLocal<byte[]> KEPT =
      ThreadLocal.withInitial(() -> new byte[FIRST_BYTES]);

  private final GuestMemory memory;
  private final WasiState world;
  private final Budget.Lease lease;

  /** How much of the input's array is input. */
  private int readBytes;

  /**
   * A call that has not begun.
   *
   * @param memory of the instance
   * @param world has input and output
   * @param lease pays for the input while it is outside the guest
   */
  public RawAbi(GuestMemory memory, WasiState world, Budget.Lease lease) {
    this.memory = memory;
    this.world = world;
    this.lease = lease;
  }

  /**
   * Reads the input, gets an instance, calls it, and writes its answer.
   *
   * @param held all of the input when it is in memory, and need not be read
   * @param ready called when the instance is there
   * @throws GuestTrap when it breaks a rule, of wasm or of this ABI
   * @throws GuestStopped when it was ended
   */
  public void run(InstancePool.Use use, byte @Nullable [] held, Runnable ready) {
    byte[] input = held == null ? read() : held;
    int length = held == null ? readBytes : held.length;
    GuestInstance instance = use.instance(RawAbi::initialise);
    ready.run();
    int address = (int) instance.call(ALLOC, "i>i", length)[0];
    put(address, input, length);
    if (held == null) {
      lease.release(paidFor(input));
    }
    long result = instance.call(HANDLE, "ii>I", address, length)[0];
    if (result < 0) {
      throw new GuestTrap("handle answered a negative number");
    }
    answer((int) (result >>> 32), (int) result);
  }

  private byte[] read() {
    byte[] input = KEPT.get();
    int length = 0;
    while (true) {
      if (length == input.length) {
        input = larger(input);
      }
      int read = world.readInput(input, length, input.length - length);
      if (read == 0) {
        readBytes = length;
        return input;
      }
      length += read;
      if (length > MAX_INPUT_BYTES) {
        throw new GuestStopped(
            new StopReason.InputFailed(new InputTooLongException(MAX_INPUT_BYTES)));
      }
    }
  }

  private static void initialise(GuestInstance instance) {
    instance.callIfThere(INITIALIZE);
    instance.callIfThere(LoadedModule.INIT);
  }

  private byte[] larger(byte[] input) {
    int wanted = (int) Math.min(input.length * 2L, MAX_INPUT_BYTES + 1);
    if (!lease.tryReserve(wanted)) {
      throw new GuestStopped(new StopReason.NoNodeMemory());
    }
    byte[] larger = Arrays.copyOf(input, wanted);
    lease.release(paidFor(input));
    return larger;
  }

  private static int paidFor(byte[] input) {
    return input.length == FIRST_BYTES ? 0 : input.length;
  }

  private void put(int address, byte[] input, int length) {
    try {
      System.arraycopy(input, 0, memory.array(), memory.at(address, length), length);
    } catch (GuestFault e) {
      throw new GuestTrap("alloc answered an address outside the memory");
    }
    world.chargeBytes(memory, length);
  }

  private void answer(int address, int length) {
    try {
      world.chargeBytes(memory, Integer.toUnsignedLong(length));
      int at = memory.at(address, Integer.toUnsignedLong(length));
      world.writeOutput(memory.array(), at, length);
    } catch (GuestFault e) {
      throw new GuestTrap("handle answered a range outside the memory");
    }
  }
}
