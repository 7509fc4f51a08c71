package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.StopReason;

/**
 * What {@code /tmp} takes. The quota is the guest's and answers NOSPC; the lease is the node's, and
 * ends the guest when it has no more, because a guest must not see how full a node is.
 */
final class ScratchSpace {

  private final long quota;
  private final Budget.Lease lease;
  private long used;
  private long nextInode = 1;

  ScratchSpace(long quota, Budget.Lease lease) {
    this.quota = quota;
    this.lease = lease;
  }

  long quota() {
    return quota;
  }

  /** Takes bytes, or throws NOSPC. */
  void take(long bytes) {
    if (!tryTake(bytes)) {
      throw Errno.NOSPC.error();
    }
  }

  /** Takes bytes, or says that the quota has not so many. */
  boolean tryTake(long bytes) {
    if (bytes > quota - used) {
      return false;
    }
    if (!lease.tryReserve(bytes)) {
      throw new GuestStopped(new StopReason.NoNodeMemory());
    }
    used += bytes;
    return true;
  }

  void giveBack(long bytes) {
    used -= bytes;
    lease.release(bytes);
  }

  long newInode() {
    return nextInode++;
  }
}
