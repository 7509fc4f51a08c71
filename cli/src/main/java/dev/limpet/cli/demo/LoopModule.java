package dev.limpet.cli.demo;

import java.util.HexFormat;

/**
 * The smallest command that never ends:
 *
 * <pre>
 * (module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))
 * </pre>
 */
public final class LoopModule {
  private static final String HEX =
      "0061736d01000000" // magic, version
          + "010401600000" // type 0: () -> ()
          + "03020100" // function 0 has type 0
          + "0503010001" // one memory of one page
          + "071302066d656d6f72790200065f73746172740000" // exports: memory, _start
          + "0a09010700" // one body of 7 bytes, no locals
          + "03400c000b0b"; // loop, br 0, end, end

  private LoopModule() {}

  /** Its bytes. */
  public static byte[] bytes() {
    return HexFormat.of().parseHex(HEX);
  }
}
