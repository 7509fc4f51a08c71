package dev.limpet.wasmhost.engine;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.Instruction;
import run.endive.wasm.types.OpCode;
import run.endive.wasm.types.PassiveDataSegment;

/**
 * What a module puts into memory at its start, worked out once for all instances. Some compilers
 * write a segment for each stretch of bytes between zeros (Go: 30 351 for a hello); neighbours are
 * joined here, so that an instance takes a few copies and not a computed address for each.
 *
 * <p>Joining is right only while addresses rise: then nothing lies in a gap that is joined over,
 * and memory is zero there. Segments whose address is computed, or lies before what was written,
 * are written one by one in their order.
 */
final class DataImage {

  /** Zeros between two segments that are joined, at most. */
  private static final int GAP = 64;

  private record Stretch(int address, byte[] bytes) {}

  private final DataSegment[] declared;
  private final List<Stretch> stretches;
  private final boolean constant;
  private final boolean hasPassive;
  private final DataSegment[] afterwards;

  private DataImage(DataSegment[] declared) {
    this.declared = declared;
    this.afterwards = new DataSegment[declared.length];
    boolean passive = false;
    for (int i = 0; i < declared.length; i++) {
      boolean active = declared[i] instanceof ActiveDataSegment;
      afterwards[i] = active ? PassiveDataSegment.EMPTY : declared[i];
      passive |= !active;
    }
    this.hasPassive = passive;
    this.constant = rises(declared);
    this.stretches = constant ? joined(declared) : List.of();
  }

  /** The image of these segments, which are kept. */
  static DataImage of(DataSegment[] declared) {
    return new DataImage(declared);
  }

  /** Whether all addresses are constants, each behind the segment before it. */
  private static boolean rises(DataSegment[] declared) {
    long end = 0;
    for (DataSegment segment : declared) {
      if (segment instanceof ActiveDataSegment active) {
        if (!isConstant(active.offsetInstructions()) || address(active) < end) {
          return false;
        }
        end = (long) address(active) + active.data().length;
      }
    }
    return end <= Integer.MAX_VALUE;
  }

  private static boolean isConstant(List<Instruction> offset) {
    return !offset.isEmpty()
        && offset.getFirst().opcode() == OpCode.I32_CONST
        && (offset.size() == 1 || (offset.size() == 2 && offset.get(1).opcode() == OpCode.END));
  }

  private static int address(ActiveDataSegment segment) {
    return (int) segment.offsetInstructions().getFirst().operand(0);
  }

  private static List<Stretch> joined(DataSegment[] declared) {
    List<Stretch> stretches = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int start = 0;
    for (DataSegment segment : declared) {
      if (segment instanceof ActiveDataSegment active) {
        int gap = address(active) - start - bytes.size();
        if (gap > GAP) {
          stretches.add(new Stretch(start, bytes.toByteArray()));
          bytes.reset();
          start = address(active);
        } else {
          bytes.write(new byte[gap], 0, gap);
        }
        bytes.writeBytes(active.data());
      }
    }
    stretches.add(new Stretch(start, bytes.toByteArray()));
    return stretches;
  }

  /**
   * Writes everything into a fresh memory.
   *
   * @return the segments as they are afterwards: those that were written are empty
   */
  DataSegment[] writeTo(GuestMemory memory, Instance instance) {
    if (constant) {
      for (Stretch stretch : stretches) {
        memory.write(stretch.address(), stretch.bytes(), 0, stretch.bytes().length);
      }
    } else {
      for (DataSegment segment : declared) {
        if (segment instanceof ActiveDataSegment active) {
          long[] offset =
              ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions());
          memory.write((int) offset[0], active.data(), 0, active.data().length);
        }
      }
    }
    // Dropping an empty segment changes nothing, so instances can share an array of these.
    return hasPassive ? afterwards.clone() : afterwards;
  }
}
