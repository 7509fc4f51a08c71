package dev.limpet.wasmhost;

import dev.limpet.wasmhost.data.DataDirectory;
import dev.limpet.wasmhost.data.DataMount;
import dev.limpet.wasmhost.data.DataNode;
import dev.limpet.wasmhost.data.DataPage;
import dev.limpet.wasmhost.wasi.WasiSetup;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a language runtime in a module runs. The guest sees it as {@link #PATH}, and while it is
 * initialised, sees nothing else: no variables, empty input, no data but empty folders in its
 * place, a clock at 0 and random numbers of a seed of zeros. So what it is then depends on module,
 * script and arguments alone, and an image of it serves every call, though it has read files.
 *
 * @param id names the content, such as its CID: equal ids are equal scripts
 * @param arguments of the program while it is initialised, those that no call changes
 * @param data a file or a directory, read-only
 */
public record Script(String id, List<String> arguments, DataMount data) {
  /** Where the guest sees it. */
  public static final String PATH = "/script";

  /** As many inputs as a call may have: a C library looks once at what is open when it starts. */
  private static final int MAX_INPUTS = 16;

  /** Where data will be. */
  static final List<WasiSetup.NamedMount> NO_DATA =
      IntStream.range(0, MAX_INPUTS)
          .mapToObj(i -> new WasiSetup.NamedMount(i == 0 ? "/data" : "/data" + i, Nothing::new))
          .toList();

  /** A folder with nothing in it. */
  private record Nothing() implements DataDirectory {
    @Override
    public long inode() {
      return 0;
    }

    @Override
    public long mtimeSeconds() {
      return 0;
    }

    @Override
    public @Nullable DataNode lookup(String name) {
      return null;
    }

    @Override
    public DataPage list(@Nullable String afterName, int limit) {
      return new DataPage(List.of(), true);
    }
  }

  /** Checks the id. */
  public Script {
    arguments = List.copyOf(arguments);
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a script has an id");
    }
  }

  /** Names all that a guest is told while it is initialised. */
  String key() {
    return id + "\0" + String.join("\0", arguments);
  }
}
