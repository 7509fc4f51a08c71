package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever block comes as a UnixFS node, also as what lies below itself, it is refused or read
 * within the limits. A target of Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on
 * from there.
 */
public final class UnixFsFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "0a020801",
            "0a0408021800",
            "0a09080212036162631803",
            "12060a04015500000a06080218002000",
            "0a040804120161",
            "120a0a0401550000120230610a0a0805120101282230a002",
            "0a0b08011a0038ed0342020805",
            "0a03080512")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_block_is_refused_or_read(byte[] input) {
    Vectors.feed(input, UnixFsFuzz::check, "input");
  }

  private static void check(byte[] input) {
    Cid root = Cid.of(Multicodec.DAG_PB, input);
    BlockSource self = cid -> cid.codec() == Multicodec.DAG_PB ? input : new byte[] {1, 2, 3};
    UnixFsReader reader = new UnixFsReader(self);
    switch (reader.entry(root)) {
      case UnixFsFile file -> {
        int length = (int) Math.min(file.size(), 100);
        reader.readFully(file, file.size() - length, new byte[length], 0, length);
      }
      case UnixFsDirectory directory -> {
        for (DirectoryEntry entry : reader.list(directory, null, 1000).entries()) {
          assertEquals(entry, reader.lookup(directory, entry.name()));
        }
      }
      case UnixFsSymlink link -> assertTrue(link.target().length() <= input.length);
    }
  }
}
