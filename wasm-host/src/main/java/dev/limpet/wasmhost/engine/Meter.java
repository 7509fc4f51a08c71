package dev.limpet.wasmhost.engine;

/**
 * Fuel and call depth of one Execution, kept in the memory object because every compiled function
 * has that at hand.
 *
 * <p>Invariants. {@code slice} and {@code depth} are touched by the guest's thread alone, without
 * barriers; generated code counts {@code slice} down through {@link Fuel}. When it falls below
 * zero, {@link #refill()} looks at the stop signal and takes the next slice from the rest. Used
 * fuel is therefore always {@code budget - rest - slice}, exact at any moment, and equal on every
 * run because only the guest's own path decides when it is counted: how often somebody looks at the
 * signal changes nothing. An instance that serves another Execution begins anew here.
 */
public abstract sealed class Meter extends FirstGlobals permits LastingInts {

  /**
   * Ticks between two looks at the stop signal. A tick is a loop pass or a call, so at most one
   * function body of 64 KiB: some 10 microseconds compiled, and a slice some 40 milliseconds at
   * worst, typically 10 microseconds.
   */
  static final int SLICE = 4096;

  /** By this name compiled code counts down. */
  static final String SLICE_FIELD = "slice";

  /** Ticks for any call of a host function: some 100 nanoseconds. */
  static final long FUEL_PER_HOST_CALL = 64;

  private long budget;
  private StopSignal signal;
  private int maxDepth;
  private long rest;

  /** What is left of the slice; public for compiled code alone, see {@link PlainCode}. */
  public long slice;

  int depth;
  private boolean calledHost;

  Meter(int globals, GuestLimits limits, StopSignal signal) {
    super(globals);
    this.signal = signal;
    begin(limits, signal);
  }

  /** Nothing is used yet. */
  final void begin(GuestLimits limits, StopSignal newSignal) {
    budget = limits.fuel();
    maxDepth = limits.callDepth();
    signal = newSignal;
    slice = Math.min(SLICE, budget);
    rest = budget - slice;
    depth = 0;
    calledHost = false;
  }

  /** The rare half of {@link Fuel#tick}. */
  final void refill() {
    signal.checkAndOffer();
    if (slice + rest < 0) {
      slice = 0; // what cannot be paid is not used
      rest = 0;
      throw new GuestStopped(new StopReason.OutOfFuel());
    }
    long total = slice + rest;
    slice = Math.min(SLICE, total);
    rest = total - slice;
  }

  /**
   * Takes fuel for work whose length the guest chose.
   *
   * @param ticks not negative
   * @throws GuestStopped when there is not so much, or the Execution is stopped
   */
  public final void charge(long ticks) {
    slice -= ticks;
    if (slice < 0) {
      refill();
    }
  }

  /** No call is under way any more: the guest has left all of them at once. */
  final void surface() {
    depth = 0;
  }

  /** Takes the fuel of a call of a host function, whatever it does. */
  final void chargeHostCall() {
    calledHost = true;
    charge(FUEL_PER_HOST_CALL);
  }

  /** Whether a host function was called, so that what the guest is depends on more than itself. */
  final boolean calledHost() {
    return calledHost;
  }

  /** Ticks used so far. */
  public final long usedFuel() {
    return Math.min(budget, budget - rest - slice);
  }

  /** The signal that ends this Execution. */
  public final StopSignal signal() {
    return signal;
  }

  /** Wasm calls that are inside each other now, weighed by the size of their frames. */
  public final int depth() {
    return depth;
  }

  final void enter(int units) {
    depth += units;
    if (depth > maxDepth) {
      throw new GuestStopped(new StopReason.TooDeep());
    }
  }
}
