package dev.limpet.gateway.function;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NameVersion;
import dev.limpet.runtimes.ShippedModule;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * A function that comes with the product: there without a deploy, and never removed. It stands in
 * no database and takes nothing of the quota.
 *
 * @param name which callers use
 * @param version of that name, as it stands here; it grows with each other function, so that a
 *     version never means two
 * @param shipped its module
 * @param function what a call needs of it
 */
public record BuiltIn(String name, int version, ShippedModule shipped, StoredFunction function) {
  /**
   * CID and bytes of {@link ShippedModule#SQL}. They are written down so that a gateway starts
   * without reading it; a test compares, and says when {@link #SQL_VERSION} has to grow.
   */
  private static final Cid SQL_MODULE =
      Cid.parse("bafybeih434lsixmgmgk53jsvby66fn3ecjwumbxjalu2ohg2xxrj6aktou");

  private static final long SQL_BYTES = 1_148_363;

  /** Its manifest as a block, and the CID of that: to write one takes code that a start has not. */
  private static final Cid SQL_FUNCTION =
      Cid.parse("bafyreieyjhfofa2i5bqfm3ityhpskwcvildlwauqdhloiurobfoksrav7a");

  private static final String SQL_MANIFEST =
      "a3617601636162696468747470666d6f64756c65d82a58250001701220"
          + "fcdf17245d866195dda6550e3de2b764126d4606e902e9a71cdabde29f015375";

  private static final int SQL_VERSION = 3;

  /** Since when that version comes with Limpet. */
  private static final Instant SQL_SINCE = Instant.parse("2026-11-28T00:00:00Z");

  /** All of them. */
  public static List<BuiltIn> all() {
    return List.of(sql());
  }

  /** Answers questions in SQL over the data that it is called on. */
  private static BuiltIn sql() {
    StoredFunction.StoredModule module =
        new StoredFunction.StoredModule(SQL_MODULE, SQL_BYTES, Abi.COMMAND);
    FunctionManifest manifest = FunctionManifest.ofModule(SQL_MODULE, Abi.HTTP);
    ByteString block = ByteString.of(HexFormat.of().parseHex(SQL_MANIFEST));
    return new BuiltIn(
        "sql",
        SQL_VERSION,
        ShippedModule.SQL,
        new StoredFunction(SQL_FUNCTION, manifest, block, module, SQL_SINCE));
  }

  /** Its name, as lists show it. */
  public NameInfo toName() {
    NameVersion only = new NameVersion(version, function.cid(), function.createdAt());
    return new NameInfo(name, version, function.cid(), List.of(only));
  }

  /** The blocks of its module, made anew from what the build carries. */
  InMemoryBlockstore blocks() {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    Cid _ = Intake.imported(shipped.bytes(), blocks);
    return blocks;
  }
}
