package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A name of a function.
 *
 * @param name the name
 * @param version its newest version
 * @param function what that points at
 * @param history its versions, newest first, at most {@link #MAX_HISTORY}
 */
@Json
public record NameInfo(String name, int version, Cid function, List<NameVersion> history) {
  /** Versions of one name that an answer lists. */
  public static final int MAX_HISTORY = 1000;

  /** Checks the parts. */
  public NameInfo {
    Names.function(Wire.present("name", name));
    Wire.atLeast("version", version, Names.FIRST_VERSION);
    Wire.present("function", function);
    history = Wire.list("history", history, MAX_HISTORY);
  }
}
