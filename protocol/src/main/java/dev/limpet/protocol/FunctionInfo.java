package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;

/**
 * A function that the gateway keeps.
 *
 * @param function CID of the manifest
 * @param module CID of the module
 * @param abi how it is called
 * @param size bytes of the module
 * @param names names whose newest version points at it
 * @param builtIn whether it comes with the product, so that it was never deployed and stays
 * @param createdAt when it was first deployed here, or since when it is there
 */
@Json
public record FunctionInfo(
    Cid function,
    Cid module,
    Abi abi,
    long size,
    List<String> names,
    boolean builtIn,
    Instant createdAt) {
  /** Names of one function that a list shows. */
  public static final int MAX_NAMES = 1000;

  /** Checks the parts. */
  public FunctionInfo {
    Wire.present("function", function);
    Wire.present("module", module);
    Wire.present("abi", abi);
    Wire.atLeast("size", size, 0);
    names = Wire.list("names", names, MAX_NAMES);
    Wire.present("createdAt", createdAt);
  }
}
