package dev.limpet.wasmhost.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodNode;

/** Tells whether a method may come back to where it was: then it may stay in it for long. */
public final class Loops {

  private enum Seen {
    NEVER,
    ON_THE_WAY,
    DONE
  }

  private final Code code;
  private final Seen[] seen;

  private Loops(MethodNode method) {
    this.code = new Code(method);
    this.seen = new Seen[code.size()];
    Arrays.fill(seen, Seen.NEVER);
  }

  /** Whether some way through it meets itself again. */
  public static boolean in(MethodNode method) {
    return new Loops(method).found();
  }

  private record Step(int at, List<Integer> next, int[] taken) {}

  private boolean found() {
    Deque<Step> way = new ArrayDeque<>();
    way.push(step(0));
    while (!way.isEmpty()) {
      Step last = way.getFirst();
      if (last.taken()[0] == last.next().size()) {
        seen[last.at()] = Seen.DONE;
        way.pop();
        continue;
      }
      int next = last.next().get(last.taken()[0]++);
      if (seen[next] == Seen.ON_THE_WAY) {
        return true;
      }
      if (seen[next] == Seen.NEVER) {
        way.push(step(next));
      }
    }
    return false;
  }

  private Step step(int at) {
    seen[at] = Seen.ON_THE_WAY;
    AbstractInsnNode instruction = code.at(at);
    List<Integer> next = new ArrayList<>();
    for (LabelNode target : Code.targets(instruction)) {
      next.add(code.position(target));
    }
    if (Code.fallsThrough(instruction)) {
      next.add(at + 1);
    }
    return new Step(at, next, new int[1]);
  }
}
