package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Sha256;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.ReceiptPage;
import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.disk.SyncedWrites;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptQuery;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Frontier;
import dev.limpet.protocol.tlog.ProofCheck;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.TlogProof;
import dev.limpet.protocol.tlog.TreeHash;
import dev.limpet.protocol.tlog.TreeProofs;
import dev.limpet.protocol.tlog.WitnessRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log in its folder.
 *
 * <p>Invariants. Entries and hashes are on the disk before the checkpoint that covers them is
 * signed. What lies behind the checkpoint was never vouched for and is cut off. What a checkpoint
 * covers is never cut: when some of it is missing the log is damaged, and nothing is signed any
 * more; its owner moves the folder away, and a log with another name begins.
 *
 * <p>One thread appends and prunes; any may look for receipts.
 */
final class ReceiptStore {
  private static final String CHECKPOINT = "checkpoint";
  private static final int TAG_BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCES = 64;

  private final Path dir;
  private final NodeIdentity node;
  private final TileFiles tiles;
  private final EntryFiles entries;
  private final ReceiptIndex index = new ReceiptIndex();
  private final byte[] seed = new byte[Sha256.BYTES];
  private final byte[] digest = new byte[Sha256.BYTES];
  private final byte[] nonces = new byte[NONCES * ReceiptFile.NONCE_BYTES];
  private int nextNonce = NONCES;
  private Frontier frontier;
  private volatile Head head;
  private final Vouched vouched;

  /**
   * A checkpoint.
   *
   * @param checkpoint what it says
   * @param note as it is signed
   */
  record Head(Checkpoint checkpoint, SignedNote note) {
    long size() {
      return checkpoint.size();
    }
  }

  private ReceiptStore(Path dir, NodeIdentity node, Head head, Vouched vouched) {
    this.vouched = vouched;
    this.dir = dir;
    this.node = node;
    this.head = head;
    this.tiles = new TileFiles(dir);
    this.entries = new EntryFiles(dir);
    this.frontier = new Frontier(tiles::add);
  }

  /**
   * Opens a log, or begins one where there is none.
   *
   * @throws IOException when it is damaged, or the disk fails
   */
  static ReceiptStore open(Path dir, NodeIdentity node) throws IOException {
    Files.createDirectories(dir);
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    Path checkpoint = dir.resolve(CHECKPOINT);
    if (!Files.exists(checkpoint)) {
      if (Files.exists(dir.resolve("tile"))) {
        throw new IOException("its checkpoint is missing");
      }
      String origin = ReceiptFile.origin(node.peerId(), tag());
      Checkpoint nothing = new Checkpoint(origin, 0, TreeHash.EMPTY);
      String note = SignedNote.sign(nothing.text(), origin, node).toString();
      SyncedFiles.replace(checkpoint, note.getBytes(StandardCharsets.UTF_8));
    }
    Head head = read(checkpoint, node);
    ReceiptStore store = new ReceiptStore(dir, node, head, Vouched.open(dir, node.peerId(), head));
    store.recover();
    return store;
  }

  private static String tag() {
    byte[] bytes = new byte[TAG_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Head read(Path file, NodeIdentity node) throws IOException {
    try {
      SignedNote note = SignedNote.parse(Files.readString(file));
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      PeerId peer = node.peerId();
      if (!ReceiptFile.isOrigin(checkpoint.origin(), peer)
          || !note.isSignedBy(checkpoint.key(peer))) {
        throw new IOException("its " + file.getFileName() + " is not signed by this node");
      }
      return new Head(checkpoint, note);
    } catch (IllegalArgumentException e) {
      throw new IOException("its " + file.getFileName() + " is unreadable: " + e.getMessage(), e);
    }
  }

  /**
   * Goes back to the last checkpoint on the disk. That may be one whose writing failed: then its
   * entries are in the log, and cutting them off would leave a signature over nothing.
   */
  void recover() throws IOException {
    Head last = read(dir.resolve(CHECKPOINT), node);
    SyncedFiles.syncFolder(dir); // nobody is shown a checkpoint that a power cut takes back
    long size = last.size();
    tiles.recover(size);
    index.clear();
    entries.recover(size, this::found);
    Frontier edge;
    try {
      edge = new Frontier(size, tiles, tiles::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (!edge.root().equals(last.checkpoint().root())) {
      throw new IOException("its hashes are not those that the checkpoint was signed for");
    }
    frontier = edge;
    head = last;
  }

  private void found(long at, byte[] entry) {
    if (entry.length > ReceiptFile.NONCE_BYTES) {
      index.put(Receipt.cidOf(receipt(entry)), at);
    }
  }

  private static byte[] receipt(byte[] entry) {
    return Arrays.copyOfRange(entry, ReceiptFile.NONCE_BYTES, entry.length);
  }

  /**
   * Appends entries and signs a checkpoint over them.
   *
   * @throws IOException when they are not in the log; {@link #recover} must come before the next
   */
  void append(EntryBatch batch) throws IOException {
    long size = head.size();
    for (int i = 0; i < batch.count(); i++) {
      salt(batch, i);
      batch.addLeaf(i, frontier);
    }
    try (SyncedWrites disk = new SyncedWrites()) {
      entries.write(size, batch, disk);
      tiles.write(size, disk);
      disk.sync();
    }
    Checkpoint grown = new Checkpoint(head.checkpoint().origin(), frontier.size(), frontier.root());
    SignedNote note = SignedNote.sign(grown.text(), grown.origin(), node);
    SyncedFiles.replace(dir.resolve(CHECKPOINT), note.toString().getBytes(StandardCharsets.UTF_8));
    head = new Head(grown, note);
    for (int i = 0; i < batch.count(); i++) {
      Cid cid = batch.receipt(i);
      if (cid != null) {
        index.put(cid, size + i);
      }
    }
  }

  private void salt(EntryBatch batch, int entry) {
    if (nextNonce == NONCES) {
      drawNonces();
      nextNonce = 0;
    }
    batch.salt(entry, nonces, nextNonce++ * ReceiptFile.NONCE_BYTES);
  }

  /**
   * Nonces are drawn in advance, since the source of randomness is dear to ask: each two are the
   * digest of a seed of their own 64 and a number. Nobody finds the seed, and with it the others,
   * from those that are shown, as long as SHA-256 cannot be inverted.
   */
  private void drawNonces() {
    RANDOM.nextBytes(seed);
    for (int at = 0; at < nonces.length; at += Sha256.BYTES) {
      Sha256.write((byte) (at / Sha256.BYTES), seed, 0, seed.length, digest);
      System.arraycopy(digest, 0, nonces, at, Sha256.BYTES);
    }
  }

  /**
   * Removes old entries, some at a time; their hashes stay.
   *
   * @return whether nothing is left that may go
   */
  boolean prune(long most, Instant now, Duration age) throws IOException {
    EntryFiles.Pruned pruned = entries.prune(head.size(), most, now.minus(age));
    index.forget(pruned.first());
    return pruned.ended();
  }

  /** What the operator says of this node and of the log. */
  Vouched vouched() {
    return vouched;
  }

  /**
   * What a witness is to be shown that knows the beginning of the log; null when there is not so
   * much of it.
   *
   * @param known entries that it knows; with all of them it is asked for its signature again
   */
  @Nullable WitnessRequest after(long known) throws IOException {
    Head now = head;
    if (known > now.size()) {
      return null;
    }
    try {
      return new WitnessRequest(
          known, new TreeProofs(tiles).consistency(known, now.size()), now.note());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The last checkpoint. */
  Head head() {
    return head;
  }

  /** Bytes of entries. */
  long storedBytes() {
    return entries.storedBytes();
  }

  /** When the log was last whole. */
  Instant lastWritten() throws IOException {
    return Files.getLastModifiedTime(dir.resolve(CHECKPOINT)).toInstant();
  }

  /**
   * The proof of a receipt, or null when it is not in the log or was removed.
   *
   * @throws IOException when the disk fails, or the log is damaged
   */
  @Nullable ReceiptFile find(Cid receipt) throws IOException {
    for (long at : index.find(receipt)) {
      if (at >= head.size()) {
        continue; // an unused place, which looks like a digest of zeros
      }
      byte[] entry;
      try {
        entry = entries.read(at);
      } catch (NoSuchFileException e) {
        return null; // pruned since the look into the index
      }
      if (Receipt.cidOf(receipt(entry)).equals(receipt)) {
        return prove(at, entry);
      }
    }
    return null;
  }

  /**
   * Receipts and gaps, the oldest first.
   *
   * @param from entries before this place are passed over
   * @param limit of each
   * @throws IOException when the disk fails
   */
  ReceiptPage list(ReceiptQuery wanted, long from, int limit) throws IOException {
    long size = head.size();
    return new ReceiptListing(entries, wanted, limit).from(Math.max(from, index.first()), size);
  }

  private ReceiptFile prove(long at, byte[] entry) throws IOException {
    SignedNote enrolment = vouched.enrolment();
    Head seen = vouched.cosigned();
    Head with = seen != null && at < seen.size() ? seen : head;
    List<TreeHash> proof;
    try {
      proof = new TreeProofs(tiles).inclusion(at, with.size());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    TreeHash root = ProofCheck.rootOf(TreeHash.leaf(entry), at, with.size(), proof);
    if (root == null || !root.equals(with.checkpoint().root())) {
      throw new IOException("hashes of the log of receipts were altered");
    }
    byte[] nonce = Arrays.copyOf(entry, ReceiptFile.NONCE_BYTES);
    byte[] receipt = receipt(entry);
    return new ReceiptFile(
        ByteString.of(receipt),
        ByteString.of(nonce),
        enrolment,
        new TlogProof(ReceiptFile.extra(receipt, nonce, enrolment), at, proof, with.note()));
  }
}
