package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.cid.Sha256;
import java.security.MessageDigest;

/**
 * The CID that a file would get ({@code unixfs-v1-2025}), of bytes that pass and are not kept.
 * Holds one digest and one node's links a level.
 *
 * <p>Not for use by several threads.
 */
public final class PassingFile {
  private static final UnixFsProfile PROFILE = UnixFsProfile.V1_2025;

  private static final int CHUNK_BYTES = PROFILE.chunker().maxBytes();

  private final MessageDigest digest = Sha256.begin();
  private final BalancedLayout layout = new BalancedLayout(new NodeSink(_ -> {}, PROFILE));
  private int inChunk;
  private long size;

  /** Takes the next bytes; not after {@link #cid}. */
  public void update(byte[] bytes, int offset, int length) {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (inChunk == CHUNK_BYTES) {
        endChunk();
      }
      int part = Math.min(left, CHUNK_BYTES - inChunk);
      digest.update(bytes, from, part);
      inChunk += part;
      from += part;
      left -= part;
    }
    size += length;
  }

  private void endChunk() {
    layout.add(new Node(raw(digest.digest()), inChunk, inChunk));
    inChunk = 0;
  }

  /** The CID of all bytes so far; nothing can follow. */
  public Cid cid() {
    if (inChunk > 0 || size == 0) {
      endChunk();
    }
    return layout.finish(UnixFsData.Metadata.ABSENT).cid();
  }

  /** Bytes so far. */
  public long size() {
    return size;
  }

  /**
   * The CID of a file that is here as a whole.
   *
   * @param bytes the file is a part of these
   */
  public static Cid cidOf(byte[] bytes, int offset, int length) {
    if (length > CHUNK_BYTES) {
      PassingFile file = new PassingFile();
      file.update(bytes, offset, length);
      return file.cid();
    }
    return Cid.v1(Multicodec.RAW, Multihash.sha256(bytes, offset, length));
  }

  private static Cid raw(byte[] sha256) {
    return Cid.v1(Multicodec.RAW, Multihash.of(Multicodec.SHA2_256, sha256));
  }
}
