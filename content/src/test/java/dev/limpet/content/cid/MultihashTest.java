package dev.limpet.content.cid;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.HashedBlocks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultihashTest {
  private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

  /** The digests of "abc" that FIPS 180-4 and FIPS 202 publish, their first bytes. */
  @ParameterizedTest
  @CsvSource({
    "12, 32, ba7816bf8f01cfea414140de5dae2223b00361a3",
    "13, 64, ddaf35a193617abacc417349ae20413112e6fa4e",
    "14, 64, b751850b1a57168a5693cd924b6b096e08f62182",
    "15, 48, ec01498288516fc926459f58e2c6ad8df9b473cb",
    "16, 32, 3a985da74fe225b2045c172d6bd390bd855f086e",
    "17, 28, e642824c3f8cf24ad09234ee7d3c766fc9a3a516"
  })
  void a_function_gives_the_digest_that_its_standard_publishes(
      String code, int length, String first) {
    Multihash cut = Multihash.read(ByteBuffer.wrap(HexFormat.of().parseHex(code + "14" + first)));
    assertTrue(cut.matches(ABC));
    byte[] whole = HashedBlocks.digest(requireNonNull(HashedBlocks.FUNCTIONS.get(cut.code())), ABC);
    assertEquals(length, whole.length);
    assertTrue(Multihash.of(cut.code(), whole).matches(ABC));
    whole[length - 1] ^= 1;
    assertFalse(Multihash.of(cut.code(), whole).matches(ABC));
    assertFalse(cut.matches(new byte[] {'a', 'b'}));
  }

  @ParameterizedTest
  @CsvSource({
    "0x12, sha2-256",
    "0x13, sha2-512",
    "0x14, sha3-512",
    "0x15, sha3-384",
    "0x16, sha3-256",
    "0x17, sha3-224"
  })
  void a_function_is_named_as_in_the_table(String code, String name) {
    assertEquals(OptionalLong.of(Long.decode(code)), Multihash.functionCode(name));
    assertEquals(name, Multihash.hash(Long.decode(code), ABC).functionName());
  }

  @Test
  void a_name_without_a_function_that_is_computed_has_no_code_and_the_other_way_round() {
    assertEquals(OptionalLong.empty(), Multihash.functionCode("md5"));
    assertEquals(OptionalLong.empty(), Multihash.functionCode("identity"));
    assertThrows(IllegalStateException.class, () -> Multihash.identity(ABC).functionName());
    assertEquals(OptionalLong.of(0x70), Multicodec.code("dag-pb"));
    assertEquals(OptionalLong.empty(), Multicodec.code("0x70"));
  }

  @Test
  void digests_have_20_bytes_or_more_and_never_more_than_their_function_gives() {
    HashedBlocks.FUNCTIONS.forEach(
        (code, algorithm) -> {
          int longest = HashedBlocks.digest(algorithm, ABC).length;
          assertTrue(longest <= Multihash.MAX_DIGEST_BYTES);
          assertThrows(CidFormatException.class, () -> Multihash.of(code, new byte[longest + 1]));
          assertThrows(CidFormatException.class, () -> Multihash.of(code, new byte[19]));
          assertThrows(CidFormatException.class, () -> Multihash.of(code, new byte[0]));
        });
  }

  @Test
  void data_may_come_in_parts() {
    for (Block block : HashedBlocks.of(ABC)) {
      Multihash.Check good = block.cid().multihash().check();
      good.update(ABC, 0, 1);
      good.update(ABC, 1, 2);
      assertTrue(good.matches(), block.toString());
      Multihash.Check bad = block.cid().multihash().check();
      bad.update(ABC, 1, 2);
      assertFalse(bad.matches(), block.toString());
    }
    assertThrows(IllegalStateException.class, () -> Multihash.identity(ABC).check());
    byte[] short5 = HexFormat.of().parseHex("13050102030405");
    Multihash ofLink = Multihash.read(ByteBuffer.wrap(short5), true);
    assertThrows(IllegalStateException.class, ofLink::check);
  }

  @Test
  void the_key_is_the_whole_digest_of_sha2_256_and_another_one_for_every_other_multihash() {
    Set<String> keys = new HashSet<>();
    for (Block block : HashedBlocks.of(ABC)) {
      Multihash hash = block.cid().multihash();
      assertEquals(Multihash.KEY_BYTES, hash.key().length);
      assertTrue(keys.add(HexFormat.of().formatHex(hash.key())), block.toString());
      assertEquals(hash.isKey(), Arrays.equals(hash.key(), hash.digest()));
    }
    assertArrayEquals(HashedBlocks.digest("SHA-256", ABC), Multihash.sha256(ABC).key());
    // What stores have written before must be found again.
    byte[] sha512 = HashedBlocks.digest("SHA-512", ABC);
    assertEquals(
        "168dd730ace557afb65b0dfb7957438215b92d7218b92929fdc8d7ee51d73822",
        HexFormat.of().formatHex(Multihash.of(0x13, sha512).key()));
  }

  @Test
  void a_cid_of_version_0_has_the_whole_digest() {
    Multihash cut = Multihash.of(Multicodec.SHA2_256, new byte[20]);
    assertThrows(CidFormatException.class, () -> Cid.v0(cut));
    Multihash other = Multihash.of(0x16, new byte[32]);
    assertThrows(CidFormatException.class, () -> Cid.v0(other));
  }
}
