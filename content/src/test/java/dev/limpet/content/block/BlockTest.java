package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import org.junit.jupiter.api.Test;

class BlockTest {
  @Test
  void bytes_from_outside_must_hash_to_their_cid() {
    byte[] bytes = {1, 2, 3};
    Cid cid = Cid.of(Multicodec.RAW, bytes);
    assertSame(bytes, Block.verified(cid, bytes).bytes());
    byte[] others = {1, 2, 4};
    var refused = assertThrows(HashMismatchException.class, () -> Block.verified(cid, others));
    assertEquals(cid, refused.cid());
  }

  @Test
  void an_identity_block_from_outside_must_equal_its_digest() {
    byte[] bytes = {1, 2, 3};
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.identity(bytes));
    assertEquals(new Block(cid, bytes.clone()), Block.verified(cid, bytes));
    assertThrows(HashMismatchException.class, () -> Block.verified(cid, new byte[2]));
  }

  @Test
  void a_block_has_at_most_two_mebibytes() {
    byte[] most = new byte[Block.MAX_BLOCK_BYTES];
    assertEquals(most.length, Block.of(Multicodec.RAW, most).bytes().length);
    byte[] more = new byte[Block.MAX_BLOCK_BYTES + 1];
    assertThrows(ContentLimitException.class, () -> Block.of(Multicodec.RAW, more));
  }
}
