package dev.limpet.benchmarks.hot;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Task;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What gateway and node say to each other for a call. */
final class ProtocolOperations {
  private static final Cid MODULE = cid("module");
  private static final Cid DATA = cid("data");
  private static final FunctionManifest MANIFEST = FunctionManifest.ofModule(MODULE, Abi.COMMAND);

  private static final Cid FUNCTION = MANIFEST.cid();

  private ProtocolOperations() {}

  static Cid cid(String text) {
    return Cid.of(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8));
  }

  static List<HotOperation> all() {
    Invocation invocation = invocation();
    List<Cid> inputs = List.of(DATA);
    return List.of(
        new HotOperation(
            "task-id",
            Yardstick.WORDS,
            300,
            () -> Task.of(invocation, FUNCTION, MANIFEST, inputs).cid()),
        new HotOperation(
            "invocation-json",
            Yardstick.WORDS,
            150,
            () -> Invocation.fromHeader(invocation.toHeader())));
  }

  private static Invocation invocation() {
    return new Invocation(
        new ExecutionId("x-aaaaaaaaaaaaaaaaaaaaaaaaaa"),
        FUNCTION,
        MODULE,
        ByteString.of(MANIFEST.encode()),
        "GET",
        false,
        "",
        "arg=by%3Dcarrier&arg=mean%3Darr_delay",
        List.of("by=carrier", "mean=arr_delay"),
        List.of(new Invocation.Input(DATA, List.of("2013-01.csv"), "/data")),
        Map.of(),
        null,
        10_000,
        64 << 20,
        null,
        List.of(),
        0,
        true,
        null,
        null);
  }
}
