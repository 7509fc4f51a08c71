package dev.limpet.wasmhost;

import dev.limpet.wasmhost.data.DataMount;

/**
 * What a language runtime in a module runs. The guest sees it as {@link #PATH}, and while it is
 * initialised, sees nothing else: no arguments, no variables, no data, empty input, a clock at 0
 * and random numbers of a seed of zeros. So what it is then depends on module and script alone, and
 * an image of it serves every call, though it has read files.
 *
 * @param id names the content, such as its CID: equal ids are equal scripts
 * @param data a file or a directory, read-only
 */
public record Script(String id, DataMount data) {
  /** Where the guest sees it. */
  public static final String PATH = "/script";

  /** Checks the id. */
  public Script {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a script has an id");
    }
  }
}
