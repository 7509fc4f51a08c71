package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FunctionManifestTest {
  @ParameterizedTest
  @MethodSource("dev.limpet.protocol.Vectors#manifests")
  void a_manifest_has_the_bytes_and_the_cid_of_its_vector(Vectors.OfManifest vector) {
    FunctionManifest manifest = FunctionManifest.fromJson(vector.json());
    assertEquals(vector.cbor(), HexFormat.of().formatHex(manifest.encode()));
    assertEquals(vector.cid(), manifest.cid().toString());
    assertEquals(manifest.cid(), manifest.toBlock().cid());
  }

  @ParameterizedTest
  @MethodSource("dev.limpet.protocol.Vectors#manifests")
  void a_manifest_reads_back_equal_from_its_block_and_from_its_json(Vectors.OfManifest vector) {
    byte[] block = HexFormat.of().parseHex(vector.cbor());
    FunctionManifest manifest = FunctionManifest.fromBlock(block);
    assertArrayEquals(block, manifest.encode());
    assertEquals(manifest, FunctionManifest.fromJson(manifest.toJson()));
  }

  @Test
  void the_default_manifest_has_the_cid_that_it_always_had() {
    assertEquals(
        "bafyreibs2i3nmlijailserbykd57gv2zgy7cszwkc3wyr6zlxpeeh7ljyu",
        FunctionManifest.ofModule(Samples.MODULE, Abi.COMMAND).cid().toString());
    assertEquals(
        "bafyreidti26td6e4xixbvxtxy4tktavtp7eh3i5rdinackrukhxevwtrh4",
        FunctionManifest.ofModule(Samples.MODULE, Abi.RAW).cid().toString());
  }
}
