package dev.limpet.node;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A function that tests call: its manifest and its blocks. */
record SampleFunction(FunctionManifest manifest, InMemoryBlockstore blocks) {
  /** A module with the default manifest. */
  static SampleFunction of(byte[] wasm) {
    return of(wasm, "");
  }

  /** A module with more keys in its {@code limpet.json}, such as {@code ,"args":["a"]}. */
  static SampleFunction of(byte[] wasm, String keys) {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    try {
      Cid module =
          new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
              .importFile(new ByteArrayInputStream(wasm))
              .cid();
      FunctionManifest manifest =
          keys.isEmpty()
              ? FunctionManifest.ofModule(module, Abi.COMMAND)
              : FunctionManifest.fromJson(
                  ("{\"v\":1,\"module\":\"" + module + "\"" + keys + "}")
                      .getBytes(StandardCharsets.UTF_8),
                  UnaryOperator.identity());
      blocks.put(manifest.toBlock());
      return new SampleFunction(manifest, blocks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loops until it is stopped or a minute is over, however fast it is. */
  static SampleFunction endless() {
    return of(
        SampleModules.loopsForever(), ",\"limits\":{\"fuel\":1000000000000000,\"wall\":\"60s\"}");
  }

  /** One of the example functions. */
  static SampleFunction example(String name) {
    return of(exampleWasm(name));
  }

  /** The module of one of them. */
  static byte[] exampleWasm(String name) {
    Path root = Path.of(System.getProperty("limpet.root", ".."));
    Path file = root.resolve("functions-examples").resolve(name).resolve(name + ".wasm");
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cid cid() {
    return manifest.cid();
  }

  /** What the gateway pushes. */
  byte[] car() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CarExport.write(blocks, cid(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Gives it to a node, as a gateway does. */
  WireAnswer pushTo(URI node) {
    return push(node, cid().toString(), car());
  }

  /** The same with another name or other content. */
  static WireAnswer push(URI node, String cid, byte[] car) {
    String head =
        "PUT /v1/functions/"
            + cid
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.ipld.car\r\n"
            + "Content-Length: "
            + car.length
            + "\r\n\r\n";
    try (WireClient client = WireClient.connect(node)) {
      return client.send(head).send(car).answer();
    }
  }
}
