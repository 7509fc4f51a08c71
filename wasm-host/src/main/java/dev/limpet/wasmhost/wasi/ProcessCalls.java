package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.StopReason;
import java.util.List;

/** Arguments, environment, time, chance and the end. */
final class ProcessCalls {

  /** Random bytes made at once; the stop signal is looked at between. */
  private static final int RANDOM_CHUNK = 64 << 10;

  /** What the guest may wait for at once: Go and libc use a handful. */
  private static final int MAX_SUBSCRIPTIONS = 256;

  private static final int SUBSCRIPTION_BYTES = 48;
  private static final int EVENT_BYTES = 32;
  private static final int CLOCK = 0;
  private static final int FD_WRITE = 2;
  private static final int ABSOLUTE = 1;

  private ProcessCalls() {}

  static void addTo(Preview1 table) {
    table.add("args_get", "ii", (s, m, a) -> strings(s.arguments(), m, a));
    table.add("args_sizes_get", "ii", (s, m, a) -> sizes(s.arguments(), m, a));
    table.add("environ_get", "ii", (s, m, a) -> strings(s.environment(), m, a));
    table.add("environ_sizes_get", "ii", (s, m, a) -> sizes(s.environment(), m, a));
    table.add("clock_res_get", "ii", ProcessCalls::clockResolution);
    table.add("clock_time_get", "iIi", ProcessCalls::clockTime);
    table.add("poll_oneoff", "iiii", ProcessCalls::poll);
    table.addVoid("proc_exit", "i", ProcessCalls::exit);
    table.add("proc_raise", "i", (s, m, a) -> Errno.NOTSUP);
    table.add("random_get", "ii", ProcessCalls::random);
    table.add("sched_yield", "", (s, m, a) -> Errno.SUCCESS);
  }

  private static Errno sizes(List<byte[]> strings, GuestMemory memory, long[] a) {
    memory.putInt((int) a[0], strings.size());
    int bytes = 0;
    for (byte[] string : strings) {
      bytes += string.length;
    }
    memory.putInt((int) a[1], bytes);
    return Errno.SUCCESS;
  }

  private static Errno strings(List<byte[]> strings, GuestMemory memory, long[] a) {
    int pointers = memory.at((int) a[0], 4L * strings.size());
    int target = (int) a[1];
    for (byte[] string : strings) {
      int at = memory.at(target, string.length);
      System.arraycopy(string, 0, memory.array(), at, string.length);
      memory.putInt(pointers, target);
      pointers += 4;
      target += string.length;
    }
    return Errno.SUCCESS;
  }

  private static Errno clockResolution(WasiState state, GuestMemory memory, long[] a) {
    long _ = state.clock().now((int) a[0], memory);
    memory.putLong((int) a[1], 1);
    return Errno.SUCCESS;
  }

  private static Errno clockTime(WasiState state, GuestMemory memory, long[] a) {
    memory.putLong((int) a[2], state.clock().now((int) a[0], memory));
    return Errno.SUCCESS;
  }

  private static long exit(GuestMemory memory, long[] a) {
    throw new GuestStopped(new StopReason.Exit((int) a[0]));
  }

  private static Errno random(WasiState state, GuestMemory memory, long[] a) {
    int length = (int) a[1];
    int at = memory.at((int) a[0], Integer.toUnsignedLong(length));
    for (int done = 0; done < length; done += RANDOM_CHUNK) {
      int count = Math.min(RANDOM_CHUNK, length - done);
      state.chargeBytes(memory, count);
      state.random().fill(memory.array(), at + done, count);
    }
    return Errno.SUCCESS;
  }

  /**
   * Files and streams are always ready. When only clocks are waited for, time jumps to the first of
   * them.
   */
  private static Errno poll(WasiState state, GuestMemory memory, long[] a) {
    int in = (int) a[0];
    int out = (int) a[1];
    int count = (int) a[2];
    if (count <= 0 || count > MAX_SUBSCRIPTIONS) {
      return Errno.INVAL;
    }
    int first = memory.at(in, (long) count * SUBSCRIPTION_BYTES);
    int _ = memory.at(out, (long) count * EVENT_BYTES);
    memory.putInt((int) a[3], 0);
    Polled polled = new Polled(state, memory, out);
    for (int i = 0; i < count; i++) {
      polled.addReady(first + i * SUBSCRIPTION_BYTES);
    }
    if (polled.events == 0) {
      state.clock().sleep(polled.shortestWait);
      for (int i = 0; i < count; i++) {
        polled.addExpired(first + i * SUBSCRIPTION_BYTES);
      }
    }
    memory.putInt((int) a[3], polled.events);
    return Errno.SUCCESS;
  }

  /** Collects the events of one poll. */
  private static final class Polled {
    private final WasiState state;
    private final GuestMemory memory;
    private final int out;
    private int events;
    private long shortestWait = Long.MAX_VALUE;

    Polled(WasiState state, GuestMemory memory, int out) {
      this.state = state;
      this.memory = memory;
      this.out = out;
    }

    /** First look: descriptors, and clocks whose wait is unknown. */
    void addReady(int subscription) {
      int type = memory.getByte(subscription + 8);
      if (type > FD_WRITE) {
        throw Errno.INVAL.error();
      }
      if (type != CLOCK) {
        event(subscription, type, descriptorError(memory.getInt(subscription + 16)));
      } else if (memory.getInt(subscription + 16) > VirtualClock.MONOTONIC
          || memory.getInt(subscription + 16) < 0) {
        event(subscription, type, Errno.NOTSUP);
      } else {
        shortestWait = Math.min(shortestWait, wait(subscription));
      }
    }

    private Errno descriptorError(int fd) {
      try {
        Descriptor _ = state.descriptors().get(fd);
        return Errno.SUCCESS;
      } catch (WasiError e) {
        return e.errno();
      }
    }

    /** Second look, when nothing but clocks is waited for: those with the shortest wait. */
    void addExpired(int subscription) {
      if (memory.getShort(subscription + 40) == ABSOLUTE
          ? wait(subscription) == 0
          : wait(subscription) <= shortestWait) {
        event(subscription, CLOCK, Errno.SUCCESS);
      }
    }

    /** Nanoseconds until the clock reaches what is waited for, not negative. */
    private long wait(int subscription) {
      long timeout = memory.getLong(subscription + 24);
      long nanos = timeout < 0 ? Long.MAX_VALUE : timeout;
      if (memory.getShort(subscription + 40) != ABSOLUTE) {
        return nanos;
      }
      return Math.max(0, nanos - state.clock().now(memory.getInt(subscription + 16), memory));
    }

    private void event(int subscription, int type, Errno errno) {
      int at = out + events * EVENT_BYTES;
      memory.putLong(at, memory.getLong(subscription));
      memory.putShort(at + 8, errno.code());
      memory.putByte(at + 10, type);
      memory.putLong(at + 16, 1);
      memory.putShort(at + 24, 0);
      events++;
    }
  }
}
