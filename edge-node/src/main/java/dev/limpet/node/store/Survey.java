package dev.limpet.node.store;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes stock of a whole DAG: how large it is, and which files and directories are in it. Only root
 * blocks of files and directories are read.
 */
final class Survey {
  /** Files and directories that are announced for one root; the rest is found by the root. */
  static final int MAX_SURVEYED_ENTRIES = 10_000;

  /**
   * Files and directories whose sizes are added up; each is a look into the index, or a block read.
   */
  static final int MAX_COUNTED_ENTRIES = 100_000;

  /** A directory tree is not deeper than a path may be long. */
  static final int MAX_SURVEY_DEPTH = 256;

  private static final long UNKNOWN = -1;

  private final LocalBlocks blocks;
  private final UnixFsReader reader;
  private final Map<Cid, Holding> found = new HashMap<>();
  private final List<Holding> entries = new ArrayList<>();
  private int counted;

  private Survey(LocalBlocks blocks) {
    this.blocks = blocks;
    this.reader = new UnixFsReader(blocks);
  }

  /**
   * What was found.
   *
   * @param root the DAG itself
   * @param entries files and directories in it, as {@link HoldingKind#ENTRY}
   */
  record Result(Holding root, List<Holding> entries) {}

  /** Takes stock of a DAG that is complete. */
  static Result of(LocalBlocks blocks, Cid root, HoldingKind kind) {
    Survey survey = new Survey(blocks);
    Holding counted = survey.count(root, survey.cumulative(root), 0);
    survey.entries.removeLast();
    Holding holding = new Holding(root, counted.size(), counted.dagSize(), true, kind);
    return new Result(holding, survey.entries);
  }

  /** Size of a file, or of all files below a directory; -1 when it is neither or too large. */
  static long size(LocalBlocks blocks, Cid cid) {
    return new Survey(blocks).count(cid, UNKNOWN, 0).size();
  }

  /**
   * Bytes of all blocks of a DAG as its root tells them, repeated ones counted each time; -1 when
   * it does not tell.
   */
  static long dagSize(LocalBlocks blocks, Cid root) {
    return tells(root) ? new Survey(blocks).cumulative(root) : UNKNOWN;
  }

  private static boolean tells(Cid root) {
    return root.codec() == Multicodec.RAW || root.codec() == Multicodec.DAG_PB;
  }

  private Holding count(Cid cid, long dagSize, int depth) {
    Holding known = found.get(cid);
    if (known != null) {
      return known;
    }
    long size = depth > MAX_SURVEY_DEPTH ? UNKNOWN : sizeOf(cid, depth);
    Holding holding = new Holding(cid, size, dagSize, true, HoldingKind.ENTRY);
    if (found.size() < MAX_SURVEYED_ENTRIES) {
      found.put(cid, holding);
      entries.add(holding);
    } else if (depth == 0) {
      entries.add(holding);
    }
    return holding;
  }

  private long sizeOf(Cid cid, int depth) {
    if (cid.codec() == Multicodec.RAW) {
      return blocks.sizeOf(cid);
    }
    if (cid.codec() != Multicodec.DAG_PB) {
      return UNKNOWN;
    }
    try {
      return switch (reader.entry(cid)) {
        case UnixFsFile file -> file.size();
        case UnixFsSymlink link -> link.target().length();
        case UnixFsDirectory directory -> sizeOf(directory, depth);
      };
    } catch (MalformedBlockException | ContentLimitException e) {
      return UNKNOWN; // dag-pb that is not UnixFS, or cannot be listed, is a DAG like any other
    }
  }

  private long sizeOf(UnixFsDirectory directory, int depth) {
    long total = 0;
    String after = null;
    while (true) {
      DirectoryPage page = reader.list(directory, after, MAX_SURVEYED_ENTRIES);
      for (DirectoryEntry entry : page.entries()) {
        counted++;
        if (counted > MAX_COUNTED_ENTRIES) {
          return UNKNOWN;
        }
        long size = count(entry.cid(), Math.max(UNKNOWN, entry.tsize()), depth + 1).size();
        total = size < 0 || total < 0 ? UNKNOWN : total + size;
        after = entry.name();
      }
      if (page.last()) {
        return total;
      }
    }
  }

  /**
   * Bytes of all blocks, repeated ones counted each time: the Tsize that a link to it would have.
   */
  private long cumulative(Cid root) {
    try {
      byte[] block = blocks.require(root);
      long total = block.length;
      if (root.codec() == Multicodec.DAG_PB) {
        for (PbLink link : DagPb.decode(block).links()) {
          total = Math.addExact(total, Math.max(0, link.total()));
        }
      }
      return total;
    } catch (ContentException | ArithmeticException e) {
      return UNKNOWN;
    }
  }
}
