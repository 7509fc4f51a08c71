package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function on its way to the gateway, with the CID that we computed ourselves.
 *
 * @param contentType {@code application/wasm}, {@code application/json} or a CAR
 * @param body at most a module and its manifest
 * @param function the manifest's CID
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record FunctionUpload(String contentType, byte[] body, Cid function) {
  private static final int MAX_MANIFEST_BYTES = 64 << 10;
  private static final String CAR = "application/vnd.ipld.car";

  /**
   * A manifest as its author wrote it.
   *
   * @param json with {@code module} already a CID
   * @param file where the module stands, or the manifest itself
   * @param module its bytes, or null when the manifest named a CID
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  public record Source(String json, Path file, byte @Nullable [] module) {}

  /**
   * A module with the default manifest.
   *
   * @param abi as the gate read it from the exports
   */
  public static FunctionUpload ofModule(byte[] module, Abi abi) {
    return new FunctionUpload("application/wasm", module, manifestOf(module, abi).cid());
  }

  /**
   * A module that is called in another way than its exports say, which takes a manifest that says
   * so.
   */
  public static FunctionUpload ofModuleAs(byte[] module, Abi abi) {
    FunctionManifest manifest = manifestOf(module, abi);
    return new FunctionUpload(CAR, car(manifest, module), manifest.cid());
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
   * Reads a {@code limpet.json}. Where its {@code module} is not a CID it is a path beside the
   * manifest: the file is imported and the CID takes its place.
   */
  public static Source readManifest(Path file) {
    Map<String, Object> fields = new LinkedHashMap<>(parse(file).fields());
    String module = String.valueOf(fields.getOrDefault("module", ""));
    if (module.isEmpty() || isCid(module)) {
      return new Source(JsonText.of(fields), file, null);
    }
    Path beside = file.resolveSibling(module);
    byte[] bytes = read(beside, 16 << 20);
    fields.put("module", importModule(bytes, new InMemoryBlockstore()).toString());
    return new Source(JsonText.of(fields), beside, bytes);
  }

  /** A manifest, with its module where that is not at the gateway yet. */
  public static FunctionUpload ofManifest(Source source) {
    FunctionManifest manifest = manifestOf(source);
    if (source.module() == null) {
      byte[] json = source.json().getBytes(StandardCharsets.UTF_8);
      return new FunctionUpload("application/json", json, manifest.cid());
    }
    return new FunctionUpload(CAR, car(manifest, source.module()), manifest.cid());
  }

  private static byte[] car(FunctionManifest manifest, byte[] module) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    importModule(module, blocks);
    blocks.put(manifest.toBlock());
    try {
      CarExport.write(blocks, manifest.cid(), bytes);
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

  private static byte[] read(Path file, int limit) {
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
