package dev.limpet.gateway.name;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NameVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the next state of a name is; pure, so that every store of names agrees. */
final class Histories {
  private Histories() {}

  /** A name with one more version. */
  static NameInfo next(
      String name, @Nullable NameInfo before, int version, Cid function, Instant at) {
    List<NameVersion> history = new ArrayList<>();
    history.add(new NameVersion(version, function, at));
    if (before != null) {
      int kept = Math.min(before.history().size(), NameStore.MAX_VERSIONS_KEPT - 1);
      history.addAll(before.history().subList(0, kept));
    }
    return new NameInfo(name, version, function, history);
  }

  /** The version that {@code version} says, or null. */
  static @Nullable NameVersion version(NameInfo name, int version) {
    for (NameVersion one : name.history()) {
      if (one.version() == version) {
        return one;
      }
    }
    return null;
  }

  /** What a rollback points at. */
  static Cid rollbackTarget(NameInfo name, @Nullable Integer to) {
    if (to == null) {
      if (name.history().size() < 2) {
        throw new LimpetException(
            ErrorCode.NAME_NOT_FOUND, name.name() + " has no older version to go back to");
      }
      return name.history().get(1).function();
    }
    NameVersion version = version(name, to);
    if (version == null) {
      throw new LimpetException(ErrorCode.NAME_NOT_FOUND, name.name() + " has no version " + to);
    }
    return version.function();
  }

  /** Refuses a change that was meant for another version. */
  static void check(String name, @Nullable NameInfo before, @Nullable Integer expected) {
    int version = before == null ? 0 : before.version();
    if (expected != null && expected != version) {
      throw new LimpetException(
          ErrorCode.VERSION_CONFLICT,
          version == 0
              ? "there is no name " + name + ", so it has no version " + expected
              : name + " is at version " + version + ", not at " + expected);
    }
  }

  static LimpetException unknown(String name) {
    return new LimpetException(ErrorCode.NAME_NOT_FOUND, "there is no name " + name);
  }

  static LimpetException full() {
    return new LimpetException(
        ErrorCode.QUOTA_EXCEEDED,
        "this gateway keeps at most " + NameStore.MAX_NAMES_KEPT + " names; remove some");
  }
}
