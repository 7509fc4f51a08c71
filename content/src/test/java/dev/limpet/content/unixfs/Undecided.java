package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Varint;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds trees to which Kubo 0.43.0 gives one root or another by chance. It puts a directory into
 * its parent empty, and again when it is full; when the parent is a HAMT by then, the second time
 * counts the old entry with its name and the new one without, so that a parent a little above the
 * threshold may become flat again, and in the order of a Go map once more a HAMT. Here the rule
 * alone decides, as IPIP-499 has it.
 */
final class Undecided {
  /** What a link may measure beside its name, twice. */
  private static final long SLACK = 40;

  private final UnixFsReader reader;
  private final ShardingRule rule;

  Undecided(UnixFsReader reader, ShardingRule rule) {
    this.reader = reader;
    this.rule = rule;
  }

  boolean has(Cid root) {
    if (!(reader.entry(root) instanceof UnixFsDirectory directory)) {
      return false;
    }
    List<DirectoryEntry> entries = reader.list(directory, null, Integer.MAX_VALUE).entries();
    long measured = 30;
    long lost = 0;
    for (DirectoryEntry entry : entries) {
      int name = entry.name().getBytes(StandardCharsets.UTF_8).length;
      measured += name + entry.cid().encodedLength();
      if (rule.measure() == ShardingRule.Measure.BLOCK) {
        measured += 9 + Varint.size(entry.tsize());
      }
      if (reader.entry(entry.cid()) instanceof UnixFsDirectory) {
        lost += name + SLACK;
        if (has(entry.cid())) {
          return true;
        }
      }
    }
    return rule.measure() != ShardingRule.Measure.NONE
        && lost > 0
        && measured > rule.thresholdBytes()
        && measured - 60 - lost <= rule.thresholdBytes();
  }
}
