package dev.limpet.cli.run;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.node.invoke.LocalData;
import java.util.HashMap;
import java.util.Map;

/** Local files, imported as {@code add} imports them: the same blocks, CIDs and so inodes. */
final class ImportedData implements LocalData {
  private final Blockstore blocks;
  private final Map<Cid, ImportedRoot> roots = new HashMap<>();

  ImportedData(Blockstore blocks) {
    this.blocks = blocks;
  }

  void add(ImportedRoot root) {
    roots.put(root.cid(), root);
  }

  @Override
  public BlockSource blocks() {
    return blocks;
  }

  @Override
  public boolean holds(Cid cid) {
    return roots.containsKey(cid);
  }

  @Override
  public long directoryBytes(Cid directory) {
    ImportedRoot root = roots.get(directory);
    return root == null ? -1 : root.size();
  }

  @Override
  public BlockSink fetched() {
    return blocks;
  }

  @Override
  public boolean keepFetched(Cid cid) {
    return holds(cid);
  }

  @Override
  public void requireCopyRoom(long bytes) {}

  @Override
  public boolean keepCopy(Cid cid) {
    return holds(cid);
  }

  @Override
  public boolean dropCopy(Cid cid) {
    return false; // no gateway asks for copies here
  }
}
