package dev.limpet.wasmhost.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Images of instances that have just been initialised, and instances of raw functions that wait for
 * their next call. A new instance begins as the image, if there is one. An instance is restored to
 * its image, which is what it was when it had just been initialised, before it comes here, and lets
 * go of everything of its last caller; so one that is idle is as good as new, and serves whoever
 * comes next.
 *
 * <p>Instances are shared by what decides how they begin: the module, how it is called, and the
 * limits, since a start function may ask for more memory than it gets. One that calls the host
 * while it is initialised may be told something else the next time: there is no image of it, unless
 * all that it can be told then is named by the id of its script, which is part of its kind. A call
 * pays the fuel of initialising in any case, and what it holds is the same. One call at a time has
 * an instance. An instance whose call ended otherwise than by its answer is thrown away.
 *
 * <p>Idle instances and images are paid from the {@link Budget} of all guests, and go first when
 * somebody else needs that memory, those that were not used for longest first of all. An image goes
 * only when no call is under way that would restore to it. The lock here is the inner one: nothing
 * here calls the budget while it has it.
 */
public final class InstancePool implements Budget.Spare {

  /** Idle instances of one module with the same limits: more calls at once are rare. */
  static final int MAX_IDLE_PER_MODULE = 16;

  /** Array of an idle instance: beyond it restoring takes longer than anybody gains. */
  static final int MAX_IDLE_MEMORY_BYTES = 4 << 20;

  /** Memory of which an image is taken: copying more takes milliseconds. */
  static final int MAX_IMAGE_BYTES = 16 << 20;

  /** All idle instances and images, and at most a quarter of what guests may have. */
  static final long MAX_POOL_BYTES = 64L << 20;

  private static final int PART_OF_MEMORY = 4;

  /**
   * What its instances are, by what they begin with, and how they are initialised and called.
   *
   * @param module of which they are
   * @param limits of what they may ask for
   * @param raw whether it is a raw function, whose instances may be kept
   * @param script names all that the host tells them while they are initialised; null when that may
   *     be something else for each call
   */
  public record Kind(
      LoadedModule module, GuestLimits limits, boolean raw, @Nullable String script) {}

  /** What is known of the instances of one kind. */
  private static final class Kept {
    private final Kind key;
    private final InstanceImage image;
    private final Deque<GuestInstance> idle = new ArrayDeque<>();

    /** Calls under way whose instances will be restored to the image. */
    private int running;

    Kept(Kind key, InstanceImage image) {
      this.key = key;
      this.image = image;
    }
  }

  private final long maxBytes;
  private final Map<Kind, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private final LongAdder restored = new LongAdder();

  /**
   * An empty pool.
   *
   * @param guestMemoryBytes what all guests may have together
   */
  public InstancePool(long guestMemoryBytes) {
    this.maxBytes = Math.min(MAX_POOL_BYTES, guestMemoryBytes / PART_OF_MEMORY);
  }

  /**
   * A call to come, which has no instance yet.
   *
   * @param lease pays for what it uses
   */
  public Use use(Kind kind, Budget.Lease lease) {
    return new Use(kind, lease);
  }

  /** How many instances are idle. */
  public synchronized int idle() {
    return kept.values().stream().mapToInt(known -> known.idle.size()).sum();
  }

  /** How many instances have begun as an image so far. */
  public long restored() {
    return restored.sum();
  }

  /** Bytes of idle instances and of images. */
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized long give(long wanted) {
    return shrink(wanted);
  }

  /**
   * Keeps no instance of the module any more, now and later.
   *
   * @return bytes that are free by it
   */
  public synchronized long forget(LoadedModule module) {
    module.retired = true;
    long freed = 0;
    Iterator<Kept> all = kept.values().iterator();
    while (all.hasNext()) {
      Kept known = all.next();
      if (known.key.module() == module) {
        freed += empty(known, Long.MAX_VALUE);
        freed += removeUnused(known, all);
      }
    }
    return freed;
  }

  /** Called with the lock, as all below. */
  private long shrink(long wanted) {
    long freed = 0;
    Iterator<Kept> eldestFirst = kept.values().iterator();
    while (freed < wanted && eldestFirst.hasNext()) {
      Kept known = eldestFirst.next();
      freed += empty(known, wanted - freed);
      if (freed < wanted) {
        freed += removeUnused(known, eldestFirst);
      }
    }
    return freed;
  }

  private long empty(Kept known, long wanted) {
    long freed = 0;
    while (freed < wanted && !known.idle.isEmpty()) {
      freed += known.idle.removeFirst().idleBytes();
    }
    bytes -= freed;
    return freed;
  }

  private long removeUnused(Kept known, Iterator<Kept> position) {
    if (known.running > 0) {
      return 0;
    }
    position.remove();
    bytes -= known.image.bytes();
    return known.image.bytes();
  }

  private synchronized @Nullable Kept begin(Kind key) {
    Kept known = kept.get(key);
    if (known != null) {
      known.running++;
    }
    return known;
  }

  /** Takes the image, or finds the one that another call has taken meanwhile. */
  private synchronized Kept begin(Kind key, InstanceImage image) {
    Kept known = kept.computeIfAbsent(key, one -> new Kept(one, image));
    if (known.image == image) {
      bytes += image.bytes();
    }
    known.running++;
    return known;
  }

  private synchronized @Nullable GuestInstance take(Kept known) {
    GuestInstance instance = known.idle.pollLast();
    if (instance != null) {
      bytes -= instance.idleBytes();
    }
    return instance;
  }

  /** Returns bytes that are free now: of this instance, or of others that went for it. */
  private synchronized long add(Kept known, GuestInstance instance) {
    if (known.key.module().retired) {
      return instance.idleBytes();
    }
    bytes += instance.idleBytes();
    known.idle.addLast(instance);
    long freed = 0;
    if (known.idle.size() > MAX_IDLE_PER_MODULE) {
      freed = known.idle.removeFirst().idleBytes();
      bytes -= freed;
    }
    return freed + trim();
  }

  private synchronized long trim() {
    return bytes > maxBytes ? shrink(bytes - maxBytes) : 0;
  }

  private synchronized long end(Kept known) {
    known.running--;
    if (known.running > 0 || !known.key.module().retired) {
      return 0;
    }
    kept.remove(known.key);
    bytes -= known.image.bytes();
    return known.image.bytes();
  }

  /** One call, and the instance that it has. Used by one thread at a time. */
  public final class Use implements AutoCloseable {
    private final Kind key;
    private @Nullable Kept known;
    private final Budget.Lease lease;
    private @Nullable GuestInstance instance;
    private @Nullable GuestMemory memory;

    private Use(Kind key, Budget.Lease lease) {
      this.key = key;
      this.lease = lease;
    }

    /**
     * Takes an idle instance if there is one, with the bytes that are paid for it.
     *
     * @return whether it has one, so that no memory need be reserved
     */
    public boolean takeIdle() {
      known = begin(key);
      instance = known == null ? null : take(known);
      if (instance == null) {
        return false;
      }
      lease.adopt(instance.idleBytes());
      lease.release(key.module().instanceBytes());
      return true;
    }

    /**
     * The memory of its instance.
     *
     * @throws GuestStopped when the heap has no room for it
     */
    public GuestMemory memory(GuestWorld world) {
      GuestMemory own;
      if (instance != null) {
        own = instance.memory();
        own.wake(world);
      } else {
        own = key.module().memory(world, known == null ? null : known.image.memory());
      }
      memory = own;
      return own;
    }

    /**
     * Its instance, initialised. Costs the same fuel whether that was done now or long ago.
     *
     * @param initialise what is done once to an instance before its first call; exit code 0 ends
     *     it, as it does for a program that is to be called back
     * @throws GuestTrap when initialising breaks a rule of wasm
     */
    public GuestInstance instance(Consumer<GuestInstance> initialise) {
      GuestMemory own = requireNonNull(memory);
      if (instance != null) {
        own.charge(requireNonNull(known).image.fuel());
        return instance;
      }
      Kept shared = known;
      if (shared != null) {
        GuestInstance begun = key.module().restored(own, shared.image);
        own.charge(shared.image.fuel());
        instance = begun;
        restored.increment();
        return begun;
      }
      GuestInstance fresh = key.module().instantiate(own);
      try {
        initialise.accept(fresh);
      } catch (GuestStopped e) {
        if (!(e.reason() instanceof StopReason.Exit exit) || exit.code() != 0) {
          throw e;
        }
        own.surface();
      }
      instance = fresh;
      if (isWorthAnImage(own)) {
        known = takeImage(fresh);
      }
      return fresh;
    }

    /** What an instance is that called the host depends on what it was told. */
    private boolean isWorthAnImage(GuestMemory own) {
      LoadedModule module = key.module();
      return module.isImageable()
          && (key.script() != null || !own.calledHost())
          && own.size() <= Math.min(MAX_IMAGE_BYTES, maxBytes)
          && (module.initialises() || isWorthKeeping(own));
    }

    private boolean isWorthKeeping(GuestMemory own) {
      return key.raw()
          && key.module().isRestorable()
          && own.array().length <= MAX_IDLE_MEMORY_BYTES;
    }

    private @Nullable Kept takeImage(GuestInstance fresh) {
      long most = fresh.memory().size() + key.module().instanceBytes();
      if (!lease.tryReserve(most)) {
        return null;
      }
      InstanceImage image = fresh.image();
      Kept shared = image == null ? null : begin(key, image);
      long mine = shared != null && shared.image == image ? shared.image.bytes() : 0;
      lease.handOver(mine);
      lease.release(most - mine);
      lease.freed(trim());
      return shared;
    }

    /**
     * After the answer: restores the instance and leaves it here for others, if that is possible
     * and there is room. Nobody may touch its memory after this.
     */
    public void keep() {
      GuestInstance own = instance;
      Kept shared = known;
      if (own == null || shared == null || !isWorthKeeping(own.memory())) {
        return;
      }
      instance = null;
      if (own.restore(shared.image) && lease.tryReserve(key.module().instanceBytes())) {
        lease.leave(own.idleBytes(), () -> hand(shared, own));
      }
    }

    private long hand(Kept shared, GuestInstance own) {
      memory = null;
      return add(shared, own);
    }

    /** The call is over; its instance is gone unless it was kept. */
    @Override
    public void close() {
      if (memory != null) {
        memory.leaveArray();
      }
      Kept shared = known;
      if (shared != null) {
        known = null;
        lease.freed(end(shared));
      }
    }
  }
}
