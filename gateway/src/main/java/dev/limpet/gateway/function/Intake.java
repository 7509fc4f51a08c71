package dev.limpet.gateway.function;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.ScriptRules;
import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.ModuleReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns what was sent into a manifest, a module, a script, or says why not. Nothing is stored here;
 * everything is in memory, so the sizes are bounded before.
 */
final class Intake {
  /** What a CAR of a module has besides the module: a header, CIDs, the manifest, inner nodes. */
  private static final int CAR_OVERHEAD_BYTES = 256 << 10;

  /** Sections of such a CAR: a module of 8 MiB has 9 blocks; small chunks are allowed too. */
  private static final int MAX_CAR_SECTIONS = 4096;

  /** Links from the root of a module to its last block. */
  private static final int MAX_MODULE_DEPTH = 16;

  /** Folders inside each other, and the inner nodes of files. */
  private static final int MAX_SCRIPT_DEPTH = 32;

  private static final GateLimits LIMITS = GateLimits.pure0();

  /** Largest module. */
  static final int MAX_MODULE_BYTES = LIMITS.moduleBytes();

  /** Largest CAR with a module and a script in it. */
  static final int MAX_CAR_BYTES =
      MAX_MODULE_BYTES + ScriptRules.MAX_SCRIPT_BYTES + CAR_OVERHEAD_BYTES;

  private final ModuleGate gate = new ModuleGate(LIMITS);

  /** A module as its bytes. */
  Parcel wasm(byte[] wasm) {
    Abi abi = inspect(wasm);
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    Cid root = imported(wasm, blocks);
    return new Parcel(null, module(blocks, root, wasm.length, abi), null);
  }

  /**
   * A script of one file, as an {@code http} function of that runtime.
   *
   * @throws LimpetException {@code bad-script}
   */
  Parcel script(byte[] script, Cid runtime) {
    ScriptRules.check("the script", script);
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    Cid root = imported(script, blocks);
    return new Parcel(FunctionManifest.ofScript(runtime, root), null, script(blocks, root));
  }

  /** The CID of a file with these bytes. */
  Cid imported(byte[] file) {
    return imported(file, new InMemoryBlockstore());
  }

  /** The same, with its blocks. */
  static Cid imported(byte[] file, InMemoryBlockstore blocks) {
    try {
      return new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
          .importFile(new ByteArrayInputStream(file))
          .cid();
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail to be read", e);
    }
  }

  /** A CAR with one root: a manifest with or without what it needs, or a module. */
  Parcel car(byte[] car) {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    try {
      Cid root = unpack(car, blocks);
      if (root.codec() != Multicodec.DAG_CBOR) {
        return new Parcel(null, module(blocks, root), null);
      }
      byte[] block = blocks.get(root);
      if (block == null) {
        throw new LimpetException(
            ErrorCode.BAD_CAR,
            "the CAR lacks its root " + root + ": it ends at byte " + car.length);
      }
      FunctionManifest manifest = FunctionManifest.fromBlock(block);
      boolean hasModule = blocks.has(manifest.module());
      Cid script = manifest.script();
      return new Parcel(
          manifest,
          hasModule ? module(blocks, manifest.module()) : null,
          script != null && blocks.has(script) ? script(blocks, script) : null);
    } catch (ContentException e) {
      throw ContentFaults.toAnswer(e);
    }
  }

  /**
   * A module that a node sent as a CAR; what is wrong with the CAR is the node's fault, not that of
   * whoever named the module.
   */
  ModuleSource fromNode(Cid module, byte[] car) {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    if (!fromNode(car, blocks).equals(module)) {
      throw new LimpetException(
          ErrorCode.HASH_MISMATCH, "a node sent something else than " + module);
    }
    try {
      if (!(new UnixFsReader(blocks).entry(module) instanceof UnixFsFile)) {
        throw new LimpetException(
            ErrorCode.FUNCTION_NOT_FOUND, module + " is data and no function: it is not a file");
      }
      return module(blocks, module);
    } catch (ContentException e) {
      throw sentBroken(e);
    }
  }

  /** The same for a script, a file or a folder. */
  ScriptSource scriptFromNode(Cid script, byte[] car) {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    if (!fromNode(car, blocks).equals(script)) {
      throw new LimpetException(
          ErrorCode.HASH_MISMATCH, "a node sent something else than " + script);
    }
    try {
      return script(blocks, script);
    } catch (ContentException e) {
      throw sentBroken(e);
    }
  }

  private static Cid fromNode(byte[] car, InMemoryBlockstore blocks) {
    try {
      return unpack(car, blocks);
    } catch (LimpetException | ContentException e) {
      throw sentBroken(e);
    }
  }

  private static LimpetException sentBroken(RuntimeException e) {
    return new LimpetException(
        ErrorCode.NODE_FAILED, "a node sent a broken function: " + e.getMessage(), e);
  }

  private static Cid unpack(byte[] car, InMemoryBlockstore blocks) {
    CarLimits limits = new CarLimits(MAX_CAR_BYTES, MAX_CAR_SECTIONS);
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), limits)) {
      if (reader.roots().size() != 1) {
        throw new LimpetException(ErrorCode.BAD_CAR, "a CAR with a function has one root");
      }
      for (Block block = reader.next(); block != null; block = reader.next()) {
        blocks.put(block);
      }
      return reader.roots().getFirst();
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.BAD_CAR, "the CAR is cut off", e);
    }
  }

  /** The module under {@code root}; every block of it must be among {@code blocks}. */
  private ModuleSource module(InMemoryBlockstore blocks, Cid root) {
    UnixFsReader reader = new UnixFsReader(blocks);
    if (!(reader.entry(root) instanceof UnixFsFile file)) {
      throw new LimpetException(ErrorCode.BAD_CAR, "the module " + root + " is not a file");
    }
    if (file.size() > MAX_MODULE_BYTES) {
      throw refused(
          List.of(
              new Problem.GateRefusal(
                  "module-too-large",
                  "It has " + file.size() + " bytes; the limit is " + MAX_MODULE_BYTES + ".",
                  "Strip it and build it for size.")));
    }
    byte[] wasm = new byte[(int) file.size()];
    reader.readFully(file, 0, wasm, 0, wasm.length);
    return module(blocks, root, wasm.length, inspect(wasm));
  }

  private static ModuleSource module(InMemoryBlockstore blocks, Cid root, long size, Abi abi) {
    List<Block> all = new ArrayList<>();
    DagLimits limits = new DagLimits(MAX_CAR_SECTIONS, MAX_MODULE_DEPTH);
    Dag.walk(blocks, root, limits, (cid, bytes) -> all.add(new Block(cid, bytes)));
    return new ModuleSource(root, size, abi, all);
  }

  /** The script under {@code root}; every block of it must be among {@code blocks}. */
  private static ScriptSource script(InMemoryBlockstore blocks, Cid root) {
    List<Block> all = new ArrayList<>();
    DagLimits limits = new DagLimits(MAX_CAR_SECTIONS, MAX_SCRIPT_DEPTH);
    Dag.walk(blocks, root, limits, (cid, bytes) -> all.add(new Block(cid, bytes)));
    long size = all.stream().mapToLong(block -> block.bytes().length).sum();
    UnixFsReader reader = new UnixFsReader(blocks);
    switch (reader.entry(root)) {
      case UnixFsFile file -> {
        ScriptRules.checkSize("the script", file.size());
        byte[] text = new byte[(int) file.size()];
        reader.readFully(file, 0, text, 0, text.length);
        ScriptRules.check("the script", text);
      }
      case UnixFsDirectory _ -> ScriptRules.checkSize("the script", size);
      case UnixFsSymlink _ ->
          throw new LimpetException(ErrorCode.BAD_SCRIPT, "the script " + root + " is a link");
    }
    return new ScriptSource(root, size, all);
  }

  private Abi inspect(byte[] wasm) {
    return switch (gate.inspect(wasm)) {
      case GateVerdict.Refused no ->
          throw refused(
              no.refusals().stream()
                  .map(r -> new Problem.GateRefusal(r.rule(), r.detail(), r.advice()))
                  .toList());
      case GateVerdict.Admitted yes -> abi(yes.report());
    };
  }

  private static Abi abi(ModuleReport report) {
    return switch (report.abi()) {
      case COMMAND -> Abi.COMMAND;
      case RAW -> Abi.RAW;
      case NONE ->
          throw refused(
              List.of(
                  new Problem.GateRefusal(
                      "entry-point",
                      "It exports neither _start nor alloc and handle.",
                      "Build it as a command, with a main function.")));
    };
  }

  /** Refuses what a manifest asks for and this build does not have. */
  static void checkSupported(FunctionManifest manifest) {
    List<String> missing = manifest.unsupported();
    if (!missing.isEmpty()) {
      throw new LimpetException(ErrorCode.NOT_SUPPORTED, String.join("; ", missing));
    }
  }

  /** Refuses a manifest that calls its module in a way that it does not have. */
  static void checkAbi(FunctionManifest manifest, Abi module) {
    boolean command = manifest.effectiveAbi() != Abi.RAW;
    if (command != (module == Abi.COMMAND)) {
      throw new LimpetException(
          ErrorCode.BAD_MANIFEST,
          "the manifest says abi "
              + manifest.effectiveAbi().text()
              + ", and the module is built for "
              + module.text());
    }
  }

  private static LimpetException refused(List<Problem.GateRefusal> refusals) {
    Problem.GateRefusal first = refusals.getFirst();
    String more = refusals.size() == 1 ? "" : " (and " + (refusals.size() - 1) + " more)";
    return new LimpetException(
        Problem.of(
                ErrorCode.GATE_REFUSED,
                first.rule() + ": " + first.detail() + " " + first.advice() + more)
            .withRefusals(refusals));
  }
}
