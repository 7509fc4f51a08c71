package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.log.LogKeeper;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionStoreTest {
  private static final Admission.Limits ADMISSION =
      new Admission.Limits(4, 4, Duration.ofSeconds(1));

  @TempDir Path dir = Path.of("");

  private final InMemoryBlockstore gatewayBlocks = new InMemoryBlockstore();
  private final InMemoryBlockstore own = new InMemoryBlockstore();
  private final AtomicInteger asked = new AtomicInteger();
  private @Nullable Sandbox sandbox;

  private Sandbox open() {
    return Sandbox.open(
        new SandboxConfig(
            new SandboxConfig.CompiledCache(
                dir.resolve("code"), new SecretKeySpec(new byte[32], "HmacSHA256"), 0, 64 << 20),
            2,
            64 << 20));
  }

  @BeforeEach
  void start() {
    sandbox = open();
  }

  @AfterEach
  void stop() {
    sandbox().close();
  }

  private Sandbox sandbox() {
    return Objects.requireNonNull(sandbox);
  }

  private Invocations invocations(WireServer gateway) {
    return invocations(gateway, (_, _) -> "the-token-of-this-node");
  }

  private Invocations invocations(WireServer gateway, GatewayDoor.Tokens tokens) {
    GatewayDoor door = new GatewayDoor(gateway.url(), Authorities.ofMachine("none"), tokens);
    return new Invocations(
        new InvocationParts(
            "node shed",
            new NothingStored(),
            own,
            sandbox(),
            () -> door,
            new AllowedFunctions(List.of()),
            Authorities.ofMachine("node-ca = PEM-FILE"),
            OutsideServers.NONE,
            LogKeeper.NONE,
            AnswerMemo.off(),
            null,
            ReceiptMaker.NONE),
        new Admission(ADMISSION));
  }

  private FunctionManifest deployed(byte[] wasm) throws IOException {
    Cid module =
        new UnixFsImporter(gatewayBlocks, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(wasm))
            .cid();
    FunctionManifest manifest = FunctionManifest.ofModule(module, Abi.COMMAND);
    gatewayBlocks.put(manifest.toBlock());
    return manifest;
  }

  private void serve(WireExchange exchange) throws IOException {
    asked.incrementAndGet();
    assertEquals(
        "Bearer the-token-of-this-node", exchange.head().header("Authorization").orElse(""));
    Cid cid = Cid.parse(exchange.head().target().substring("/v1/functions/".length()));
    if (!gatewayBlocks.has(cid)) {
      exchange.answer(404, "");
      return;
    }
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    CarExport.write(gatewayBlocks, cid, car);
    exchange.begin(200, "Content-Type: application/vnd.ipld.car");
    exchange.chunk(car.toByteArray());
    exchange.end();
  }

  private static CompiledModule ready(FunctionStore store, FunctionManifest manifest) {
    KnownFunction function = store.known(manifest.cid(), manifest::encode);
    return store.modules().ready(function, Deadline.in(Duration.ofSeconds(20)));
  }

  @Test
  void a_missing_function_is_fetched_once_for_all_who_want_it() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    try (WireServer gateway = WireServer.start(this::serve);
        Invocations invocations = invocations(gateway);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<CompiledModule>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(threads.submit(() -> ready(invocations.functions(), manifest)));
      }
      for (Future<CompiledModule> one : all) {
        assertEquals(64, one.get().sha256().length());
      }
      assertEquals(1, asked.get());
      assertEquals(CompiledModule.Source.MEMORY, ready(invocations.functions(), manifest).source());
    }
  }

  @Test
  void a_gateway_that_sends_too_many_functions_is_asked_again() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    AtomicInteger refused = new AtomicInteger();
    try (WireServer gateway =
            WireServer.start(
                exchange -> {
                  if (refused.getAndIncrement() == 0) {
                    exchange.answer(429, "");
                  } else {
                    serve(exchange);
                  }
                });
        Invocations invocations = invocations(gateway)) {
      assertEquals(64, ready(invocations.functions(), manifest).sha256().length());
      assertEquals(1, asked.get());
    }
  }

  @Test
  void a_token_that_the_gateway_forgot_is_replaced_by_the_next_one() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    try (WireServer gateway =
            WireServer.start(
                exchange -> {
                  if (exchange.head().header("Authorization").orElse("").endsWith("of-before")) {
                    exchange.answer(401, "");
                  } else {
                    serve(exchange);
                  }
                });
        Invocations invocations =
            invocations(
                gateway,
                (refused, _) ->
                    "token-of-before".equals(refused)
                        ? "the-token-of-this-node"
                        : "token-of-before")) {
      assertEquals(64, ready(invocations.functions(), manifest).sha256().length());
      assertEquals(1, asked.get());
    }
  }

  @Test
  void a_node_that_its_gateway_does_not_let_in_says_when_to_come_again() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    try (WireServer gateway = WireServer.start(this::serve);
        Invocations invocations = invocations(gateway, (_, _) -> null)) {
      LimpetException e =
          assertThrows(LimpetException.class, () -> ready(invocations.functions(), manifest));
      assertEquals(ErrorCode.UNREACHABLE, e.code());
      assertEquals(2, e.problem().retryAfterSeconds().orElse(0));
      assertEquals(0, asked.get());
    }
  }

  @Test
  void a_gateway_that_refuses_each_token_is_no_fault_of_who_calls() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    List<String> tokens = new CopyOnWriteArrayList<>();
    try (WireServer gateway =
            WireServer.start(
                exchange -> {
                  tokens.add(exchange.head().header("Authorization").orElse(""));
                  exchange.answer(401, "");
                });
        Invocations invocations =
            invocations(gateway, (refused, _) -> refused == null ? "first" : refused + "-next")) {
      LimpetException e =
          assertThrows(LimpetException.class, () -> ready(invocations.functions(), manifest));
      assertEquals(ErrorCode.UNREACHABLE, e.code());
      assertEquals(2, e.problem().retryAfterSeconds().orElse(0));
      assertEquals(List.of("Bearer first", "Bearer first-next"), tokens);
    }
  }

  @Test
  void what_the_gateway_does_not_have_is_not_found() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    gatewayBlocks.delete(manifest.cid());
    refused(manifest, this::serve, ErrorCode.FUNCTION_NOT_FOUND);
  }

  @Test
  void a_function_with_wrong_bytes_is_not_believed() throws Exception {
    FunctionManifest manifest = deployed(SampleModules.hello());
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    CarExport.write(gatewayBlocks, manifest.cid(), car);
    byte[] broken = car.toByteArray();
    broken[broken.length - 1] ^= 1;
    refused(
        manifest,
        exchange -> {
          exchange.begin(200);
          exchange.chunk(broken);
          exchange.end();
        },
        ErrorCode.HASH_MISMATCH);
  }

  @Test
  void a_module_that_the_gate_refuses_is_refused_by_name() throws Exception {
    refused(deployed(new byte[] {0, 'a', 's', 'm'}), this::serve, ErrorCode.GATE_REFUSED);
  }

  private void refused(FunctionManifest manifest, WireServer.Script script, ErrorCode code) {
    try (WireServer gateway = WireServer.start(script);
        Invocations invocations = invocations(gateway)) {
      FunctionStore store = invocations.functions();
      LimpetException e = assertThrows(LimpetException.class, () -> ready(store, manifest));
      assertEquals(code, e.code());
    }
  }

  @Test
  void a_manifest_that_does_not_hash_to_its_name_is_refused() throws Exception {
    FunctionManifest one = deployed(SampleModules.hello());
    FunctionManifest other = deployed(SampleModules.echo());
    try (WireServer gateway = WireServer.start(this::serve);
        Invocations invocations = invocations(gateway)) {
      LimpetException e =
          assertThrows(
              LimpetException.class, () -> invocations.functions().known(one.cid(), other::encode));
      assertEquals(ErrorCode.BAD_MANIFEST, e.code());
    }
  }
}
