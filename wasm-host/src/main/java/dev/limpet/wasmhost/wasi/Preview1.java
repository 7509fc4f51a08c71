package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataUnavailableException;
import dev.limpet.wasmhost.engine.GuestFault;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.HostFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * All 46 functions of WASI preview 1 (snapshot 1 of the witx files). Toolchains import names that
 * their programs never call, so every name links; what is not offered answers with an error.
 */
public final class Preview1 {

  /** The first part of the names. */
  public static final String MODULE = "wasi_snapshot_preview1";

  /** A host function in terms of a guest's world. */
  @FunctionalInterface
  interface Call {
    /** Does it; errors may also be thrown as {@link WasiError}. */
    Errno run(WasiState state, GuestMemory memory, long[] arguments);
  }

  private final List<HostFunction> functions = new ArrayList<>();

  private Preview1() {}

  /** The functions, for guests whose memory object holds a {@link WasiState}. */
  public static List<HostFunction> functions() {
    Preview1 table = new Preview1();
    ProcessCalls.addTo(table);
    FdCalls.addTo(table);
    PathCalls.addTo(table);
    SocketCalls.addTo(table);
    return List.copyOf(table.functions);
  }

  /** Adds a function that answers with an error number. */
  void add(String name, String parameters, Call call) {
    Guarded guarded = new Guarded(Rights.needs(name), call);
    functions.add(new HostFunction(MODULE, name, parameters, "i", guarded));
  }

  /** Adds a function without result. */
  void addVoid(String name, String parameters, HostFunction.Body body) {
    functions.add(new HostFunction(MODULE, name, parameters, "", body));
  }

  /** A call whose descriptors must still have the rights for it. */
  private record Guarded(List<Rights.Need> needs, Call call) implements HostFunction.Body {

    @Override
    public long call(GuestMemory memory, long[] arguments) {
      WasiState state = (WasiState) Objects.requireNonNull(memory.host());
      try {
        state.descriptors().require(needs, arguments);
        return call.run(state, memory, arguments).code();
      } catch (WasiError e) {
        return e.errno().code();
      } catch (GuestFault e) {
        return Errno.FAULT.code();
      } catch (DataUnavailableException e) {
        throw WasiState.unavailable(e);
      }
    }
  }
}
