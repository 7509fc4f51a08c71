package dev.limpet.cli.run;

import dev.limpet.cli.client.LocalScript;
import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.invoke.Admission;
import dev.limpet.node.invoke.AllowedFunctions;
import dev.limpet.node.invoke.AnswerCutException;
import dev.limpet.node.invoke.AnswerTimes;
import dev.limpet.node.invoke.InvocationParts;
import dev.limpet.node.invoke.Invocations;
import dev.limpet.node.invoke.ReceiptMaker;
import dev.limpet.node.log.LogKeeper;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One function in this process. It goes through the same code as on a node, from the invocation to
 * the answer, so that Task, clock, random numbers, data and limits are the same.
 */
public final class LocalRun implements AutoCloseable {
  /** Who types the body, or reads page by page, holds up nobody: the wall time bounds it. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  /** One such guest and the classes of one module fit the command's heap. */
  private static final long HEAP_PART = 2;

  private static final int KEY_BYTES = 32;
  private static final long SEGMENT_BYTES = 256L << 20;

  private final Scratch scratch;
  private final Blockstore blocks;
  private final ObservedSandbox sandbox;
  private final ImportedData data;
  private final Invocations invocations;
  private final List<ImportedRoot> inputs = new ArrayList<>();
  private Duration compiled = Duration.ZERO;

  /**
   * What is asked of the function.
   *
   * @param arguments of the caller
   * @param http what a function of the kind {@code http} sees besides
   * @param body what the function reads on standard input
   * @param wall the longest it may take
   */
  public record Request(List<String> arguments, RunRequest http, RunBody body, Duration wall) {
    /** Copies the arguments. */
    public Request {
      arguments = List.copyOf(arguments);
    }
  }

  private LocalRun(Scratch scratch, Blockstore blocks, SandboxConfig config) {
    this.scratch = scratch;
    this.blocks = blocks;
    this.sandbox = new ObservedSandbox(Sandbox.open(config));
    this.data = new ImportedData(blocks);
    this.invocations =
        new Invocations(
            new InvocationParts(
                "this process",
                data,
                blocks,
                sandbox,
                () -> null,
                AllowedFunctions.ALL,
                Authorities.ofMachine("node-ca = PEM-FILE"),
                OutsideServers.NONE,
                LogKeeper.NONE,
                AnswerMemo.off(),
                null,
                ReceiptMaker.NONE),
            new Admission(new Admission.Limits(1, 0, Duration.ZERO)),
            new AnswerTimes(AnswerTimes.STANDARD.hold(), PATIENCE));
  }

  /** Opens a sandbox and a scratch store for data. */
  public static LocalRun open() throws IOException {
    Scratch scratch = Scratch.open();
    return open(scratch, sandboxConfig(scratch.folder()));
  }

  /** The same for scripts: what their runtime is compiled to is kept for the next command. */
  public static LocalRun forScripts() throws IOException {
    SandboxConfig.CompiledCache kept = KeptCode.open(guestBytes());
    return kept == null ? open() : open(Scratch.open(), new SandboxConfig(kept, 1, guestBytes()));
  }

  private static LocalRun open(Scratch scratch, SandboxConfig sandbox) throws IOException {
    PackOptions options = new PackOptions(Long.MAX_VALUE / 4, SEGMENT_BYTES, false);
    Blockstore blocks = PackBlockstore.open(scratch.folder().resolve("blocks"), options);
    return new LocalRun(scratch, blocks, sandbox);
  }

  private static long guestBytes() {
    return Runtime.getRuntime().maxMemory() / HEAP_PART;
  }

  static SandboxConfig sandboxConfig(Path folder) {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    long memory = guestBytes();
    SandboxConfig.CompiledCache cache =
        new SandboxConfig.CompiledCache(
            folder.resolve("code"), new SecretKeySpec(key, "HmacSHA256"), 0, memory);
    return new SandboxConfig(cache, 1, memory);
  }

  /**
   * Compiles the module ahead, so that the time of the run is the function's own.
   *
   * @throws dev.limpet.wasmhost.GateRefusedException when it must not or cannot run
   */
  public void module(byte[] wasm) throws IOException {
    long start = System.nanoTime();
    var _ = sandbox.compile(wasm);
    compiled = Duration.ofNanos(System.nanoTime() - start);
    var _ =
        new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(wasm));
  }

  /** Takes the script that the module runs. */
  public void script(LocalScript script) {
    Dag.walk(
        script.blocks(),
        script.cid(),
        DagLimits.standard(),
        (cid, bytes) -> blocks.put(new Block(cid, bytes)));
  }

  /**
   * Takes a file or a directory as the next input. Symbolic links below it stay links: nothing
   * outside of it is read.
   *
   * @throws dev.limpet.content.block.ContentException when it cannot be imported
   */
  public void input(Path path, ImportOptions options) {
    ImportedRoot root = new UnixFsImporter(blocks, UnixFsProfile.V1_2025).importTree(path, options);
    data.add(root);
    inputs.add(root);
  }

  /**
   * Runs the function once, its answer going to {@code out}.
   *
   * @throws LimpetException when it failed before its answer began
   * @throws AnswerCutException when it failed after that
   * @throws ClosedPipeException when nobody reads the answer any more
   */
  public RunUsage run(FunctionManifest manifest, Request request, OutputStream out)
      throws IOException {
    RunAnswer answer = new RunAnswer(out);
    try {
      invocations.run(invocation(manifest, request), request.body(), answer, null);
    } catch (LimpetException | AnswerCutException e) {
      ClosedPipeException closed = answer.closed();
      throw closed == null ? e : closed;
    }
    ExecutionResult result = sandbox.last();
    if (result == null) {
      throw new IllegalStateException("an answer without an Execution");
    }
    return new RunUsage(manifest.cid(), result, answer.head(), answer.end(), compiled);
  }

  /** What the function wrote to its log in the last Execution; empty when there was none. */
  public String log() {
    ExecutionResult result = sandbox.last();
    return result == null ? "" : new String(result.usage().log().bytes(), StandardCharsets.UTF_8);
  }

  /** What the Execution used that failed, or null when none began. */
  public @Nullable RunUsage failed(FunctionManifest manifest) {
    ExecutionResult result = sandbox.last();
    return result == null ? null : new RunUsage(manifest.cid(), result, null, null, compiled);
  }

  private Invocation invocation(FunctionManifest manifest, Request request) {
    RunRequest http = request.http();
    List<Invocation.Input> mounted = new ArrayList<>();
    for (ImportedRoot root : inputs) {
      String mount = mounted.isEmpty() ? "/data" : "/data" + mounted.size();
      mounted.add(new Invocation.Input(root.cid(), List.of(), mount));
    }
    return new Invocation(
        ExecutionId.random(),
        manifest.cid(),
        manifest.module(),
        ByteString.of(manifest.encode()),
        http.methodFor(request.body()),
        false,
        http.path(),
        http.query(),
        request.arguments(),
        mounted,
        http.headers(),
        http.contentTypeOf(request.body()),
        request.wall().toMillis(),
        0,
        null,
        List.of(),
        request.body().length(),
        false,
        null,
        null);
  }

  @Override
  public void close() {
    invocations.close();
    sandbox.close();
    blocks.close();
    scratch.close();
  }
}
