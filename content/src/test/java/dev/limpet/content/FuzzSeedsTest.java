package dev.limpet.content;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.car.CarFuzz;
import dev.limpet.content.cid.CidFuzz;
import dev.limpet.content.cid.MultibaseFuzz;
import dev.limpet.content.cid.VarintFuzz;
import dev.limpet.content.ipld.DagCborFuzz;
import dev.limpet.content.ipld.DagJsonFuzz;
import dev.limpet.content.ipld.DagPbFuzz;
import dev.limpet.content.unixfs.HamtFuzz;
import dev.limpet.content.unixfs.UnixFsFuzz;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.provider.Arguments;

/** A build gives each target of Jazzer its seeds, and every cut and many mutations of them. */
class FuzzSeedsTest {
  private static final int MUTATIONS = 500;

  @TestFactory
  Stream<DynamicTest> seeds_are_refused_or_read() {
    return Stream.of(
        target("CID", CidFuzz.seeds(), new CidFuzz()::any_bytes_are_refused_or_one_cid),
        target(
            "multibase",
            MultibaseFuzz.seeds(),
            new MultibaseFuzz()::any_text_is_refused_or_the_only_one),
        target(
            "varint",
            VarintFuzz.seeds(),
            new VarintFuzz()::any_bytes_are_refused_or_begin_with_a_varint),
        target("dag-pb", DagPbFuzz.seeds(), new DagPbFuzz()::any_bytes_are_refused_or_a_node),
        target(
            "dag-cbor",
            DagCborFuzz.seeds(),
            new DagCborFuzz()::any_bytes_are_refused_or_the_only_form),
        target("dag-json", DagJsonFuzz.seeds(), new DagJsonFuzz()::any_text_is_refused_or_a_value),
        target("CAR", CarFuzz.seeds(), new CarFuzz()::any_bytes_are_refused_or_blocks_that_match),
        target("UnixFS", UnixFsFuzz.seeds(), new UnixFsFuzz()::any_block_is_refused_or_read),
        target(
            "HAMT",
            HamtFuzz.seeds(),
            new HamtFuzz()::any_shards_are_refused_or_agree_with_themselves));
  }

  private static DynamicTest target(String name, Stream<Arguments> seeds, Consumer<byte[]> fuzz) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          int fed = 0;
          for (Arguments seed : seeds.toList()) {
            byte[] bytes = (byte[]) seed.get()[0];
            fuzz.accept(bytes);
            Vectors.torture(bytes, bytes.length == 0 ? 0 : MUTATIONS, fuzz);
            fed++;
          }
          assertTrue(fed > 3, name + " has " + fed + " seeds");
        });
  }
}
