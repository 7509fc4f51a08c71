package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.runtimes.ShippedModule;
import dev.limpet.wasmgate.GateLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A function on its way to the gateway, with the CID that we computed ourselves.
 *
 * @param contentType {@code application/wasm}, {@code application/json} or a CAR
 * @param body at most a module, a script and their manifest
 * @param function the manifest's CID
 * @param whole makes the same with its module, as a CAR, for a gateway that does not have that;
 *     null when the body has all that there is
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record FunctionUpload(
    String contentType, byte[] body, Cid function, @Nullable Supplier<byte[]> whole) {
  private static final int MAX_MANIFEST_BYTES = 64 << 10;

  /** A CAR. */
  public static final String CAR = "application/vnd.ipld.car";

  /**
   * A manifest as its author wrote it.
   *
   * @param json with {@code module} and {@code script} already CIDs
   * @param file where the module stands, or the manifest itself
   * @param module its bytes, or null when the manifest named a CID
   * @param shipped whether the gateway may have the module already, as a runtime for scripts
   * @param script the script, or null when there is none or the manifest named a CID
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  public record Source(
      String json,
      Path file,
      byte @Nullable [] module,
      boolean shipped,
      @Nullable LocalScript script) {}

  /**
   * A module with the default manifest.
   *
   * @param abi as the gate read it from the exports
   */
  public static FunctionUpload ofModule(byte[] module, Abi abi) {
    return new FunctionUpload("application/wasm", module, manifestOf(module, abi).cid(), null);
  }

  /**
   * A module that is called in another way than its exports say, which takes a manifest that says
   * so.
   */
  public static FunctionUpload ofModuleAs(byte[] module, Abi abi) {
    FunctionManifest manifest = manifestOf(module, abi);
    return new FunctionUpload(CAR, car(manifest, module, null), manifest.cid(), null);
  }

  /** A script with the default manifest. */
  public static FunctionUpload ofScript(LocalScript script) {
    FunctionManifest manifest = manifestOf(script);
    byte[] runtime = script.runtime().module();
    return new FunctionUpload(
        CAR, car(manifest, null, script), manifest.cid(), () -> car(manifest, runtime, script));
  }

  /** The default manifest of a script: an {@code http} function of its runtime. */
  public static FunctionManifest manifestOf(LocalScript script) {
    ScriptRuntime runtime = script.runtime();
    Cid module = importModule(runtime.module(), new InMemoryBlockstore());
    return FunctionManifest.ofScript(module, script.cid(), runtime.limits(), runtime.arguments());
  }

  /** The default manifest of a module. */
  public static FunctionManifest manifestOf(byte[] module, Abi abi) {
    return FunctionManifest.ofModule(importModule(module, new InMemoryBlockstore()), abi);
  }

  /** The manifest that an author wrote, its module by CID. */
  public static FunctionManifest manifestOf(Source source) {
    try {
      return FunctionManifest.fromJson(source.json().getBytes(StandardCharsets.UTF_8));
    } catch (LimpetException e) {
      throw CliException.usage(source.file() + ": " + e.getMessage());
    }
  }

  /**
   * Reads a {@code limpet.json}. Where its {@code module} is not a CID it is the name of a module
   * that comes with the product, or a path beside the manifest: the file is imported and the CID
   * takes its place. The same goes for {@code script}; a script without a module is one for the
   * runtime of its language.
   *
   * @param python the file of Python's runtime, as typed; empty when nobody said where it is
   */
  public static Source readManifest(Path file, String python) {
    Map<String, Object> fields = new LinkedHashMap<>(parse(file).fields());
    LocalScript script = script(file, fields, python);
    String module = String.valueOf(fields.getOrDefault("module", ""));
    if (script != null && script.runtime().id().equals(ScriptRuntime.PYTHON_ID)) {
      return python(file, fields, script);
    }
    if (module.isEmpty() || isCid(module)) {
      return new Source(JsonText.of(fields), file, null, false, script);
    }
    ShippedModule shipped = ShippedModule.named(module).orElse(null);
    if (shipped == ShippedModule.JAVASCRIPT) {
      fields.putIfAbsent("abi", Abi.HTTP.text());
    }
    Path beside = file.resolveSibling(module);
    byte[] bytes = shipped == null ? read(beside, GateLimits.MAX_MODULE_BYTES) : shipped.bytes();
    fields.put("module", importModule(bytes, new InMemoryBlockstore()).toString());
    return new Source(JsonText.of(fields), beside, bytes, shipped != null, script);
  }

  /** The script that a manifest names as a file or folder, whose CID takes its place. */
  private static @Nullable LocalScript script(
      Path file, Map<String, Object> fields, String python) {
    String name = String.valueOf(fields.getOrDefault("script", ""));
    if (name.isEmpty()) {
      return null;
    }
    if (isCid(name)) {
      fields.putIfAbsent("module", ShippedModule.JAVASCRIPT.id());
      return null;
    }
    LocalScript script = LocalScript.read(file.resolveSibling(name), python);
    fields.putIfAbsent("module", script.runtime().id());
    fields.put("script", script.cid().toString());
    return script;
  }

  /** A manifest of a script in Python, with what its runtime needs besides. */
  private static Source python(Path file, Map<String, Object> fields, LocalScript script) {
    ScriptRuntime runtime = script.runtime();
    if (!runtime.id().equals(fields.get("module"))) {
      throw CliException.usage(
          file + ": the module of a script in Python is \"" + runtime.id() + "\", or left out");
    }
    List<Object> arguments = new ArrayList<>(runtime.arguments());
    if (fields.get("args") instanceof List<?> own) {
      arguments.addAll(own);
    }
    Map<Object, Object> limits = new LinkedHashMap<>();
    runtime.limits().forEach((limit, value) -> limits.put(limit.key(), value));
    if (fields.get("limits") instanceof Map<?, ?> own) {
      limits.putAll(own);
    }
    fields.putIfAbsent("abi", Abi.HTTP.text());
    fields.put("args", arguments);
    fields.put("limits", limits);
    fields.put("module", importModule(runtime.module(), new InMemoryBlockstore()).toString());
    return new Source(JsonText.of(fields), file, runtime.module(), true, script);
  }

  /** A manifest, with its module and script where these are not at the gateway yet. */
  public static FunctionUpload ofManifest(Source source) {
    FunctionManifest manifest = manifestOf(source);
    byte[] module = source.module();
    LocalScript script = source.script();
    if (module == null && script == null) {
      byte[] json = source.json().getBytes(StandardCharsets.UTF_8);
      return new FunctionUpload("application/json", json, manifest.cid(), null);
    }
    return source.shipped()
        ? new FunctionUpload(
            CAR, car(manifest, null, script), manifest.cid(), () -> car(manifest, module, script))
        : new FunctionUpload(CAR, car(manifest, module, script), manifest.cid(), null);
  }

  /** The manifest as the root, and what is given of all that it names. */
  private static byte[] car(
      FunctionManifest manifest, byte @Nullable [] module, @Nullable LocalScript script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CarWriter car = new CarWriter(bytes, List.of(manifest.cid()));
      car.write(manifest.toBlock());
      if (module != null) {
        InMemoryBlockstore blocks = new InMemoryBlockstore();
        CarExport.below(blocks, importModule(module, blocks), car);
      }
      if (script != null) {
        CarExport.below(script.blocks(), script.cid(), car);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Cid importModule(byte[] module, InMemoryBlockstore blocks) {
    try {
      var importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
      return importer.importFile(new ByteArrayInputStream(module)).cid();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isCid(String text) {
    try {
      Cid.parse(text);
      return true;
    } catch (CidFormatException e) {
      return false;
    }
  }

  private static JsonObject parse(Path file) {
    try {
      return JsonObject.parse(new String(read(file, MAX_MANIFEST_BYTES), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(file + " is " + e.getMessage());
    }
  }

  /** All of a file. */
  static byte[] read(Path file, int limit) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw CliException.usage(file + " is larger than " + limit + " bytes");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw CliException.usage("no file " + file);
    } catch (IOException e) {
      throw CliException.usage("cannot read " + file + ": " + e.getMessage());
    }
  }
}
