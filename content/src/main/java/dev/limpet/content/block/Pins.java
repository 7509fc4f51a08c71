package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the owner of a store keeps. All methods may be called from any thread. */
public interface Pins {
  /**
   * Pins a root, or changes the name of its pin; one that keeps all below it is not narrowed.
   *
   * @param wanted the pin
   * @return the pin as it is now
   * @throws ContentLimitException when there are too many
   * @throws StoreFailedException when it cannot be kept
   */
  Pin pin(Pin wanted);

  /**
   * Lets a root go.
   *
   * @param root the root
   * @return false when it was not pinned
   * @throws StoreFailedException when that cannot be kept
   */
  boolean unpin(Cid root);

  /**
   * The pin of a root.
   *
   * @param root the root
   * @return its pin, or null when it is not pinned
   */
  @Nullable Pin find(Cid root);

  /**
   * All pins.
   *
   * @return a copy, oldest first, equal times in the order of the CIDs
   */
  List<Pin> list();

  /**
   * Pins in the order in which they are listed.
   *
   * @param pins in any order
   * @return a copy, oldest first, equal times in the order of the CIDs
   */
  static List<Pin> inOrder(Collection<Pin> pins) {
    return pins.stream().sorted(Pins::compare).toList();
  }

  // Those that Comparator makes are generated at each start, a millisecond and 70 KiB each.
  private static int compare(Pin one, Pin other) {
    int age = one.since().compareTo(other.since());
    return age != 0 ? age : one.root().compareTo(other.root());
  }
}
