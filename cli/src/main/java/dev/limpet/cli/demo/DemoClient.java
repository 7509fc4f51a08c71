package dev.limpet.cli.demo;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.client.Credentials;
import dev.limpet.cli.client.DagUpload;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.LocalScript;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.up.Machine;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What the demo asks of the gateway and of one node, by the same means as the commands. */
public final class DemoClient implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  /** A megabyte of code takes a busy machine that long to compile. */
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long ASK_AGAIN_MILLIS = 50;
  private static final int HTTP_OK = 200;

  private final Machine machine;
  private final ServerClient gateway;

  public DemoClient(Machine machine) {
    this.machine = machine;
    this.gateway = new ServerClient(machine.gateway(), "gateway", Credentials.NONE);
  }

  /** A root that a node keeps now. */
  public record Added(String cid, long size) {}

  /** A function that the gateway keeps now. */
  public record Deployed(String cid, long size) {}

  /** A placement, one line a candidate. */
  public record Why(String chosen, List<String> candidates) {}

  public Added add(int node, Path source) {
    try (ServerClient client = new ServerClient(machine.node(node), "node", Credentials.NONE)) {
      ImportedRoot root =
          new DagUpload(client, 0)
              .send(
                  sink ->
                      new UnixFsImporter(sink, UnixFsProfile.V1_2025)
                          .importTree(source, ImportOptions.standard()));
      return new Added(root.cid().toString(), root.size());
    }
  }

  /** Copies a DAG to another node: its CAR from a holder, by way of the gateway, streamed. */
  Added copy(String root, int to) {
    HttpResponse<InputStream> car =
        gateway.exchange(gateway.request("/ipfs/" + root + "?format=car").GET().build());
    try (InputStream body = car.body();
        ServerClient node = new ServerClient(machine.node(to), "node", Credentials.NONE)) {
      if (car.statusCode() != HTTP_OK) {
        throw new CliException(
            ExitCode.FUNCTION_FAILED, "demo-failed", "no CAR of " + root + ": " + car.statusCode());
      }
      HttpRequest request =
          node.request("/v1/dags")
              .header("Content-Type", "application/vnd.ipld.car")
              .POST(BodyPublishers.ofInputStream(() -> body))
              .build();
      JsonObject added = node.json(request);
      return new Added(added.text("root"), added.number("size"));
    } catch (IOException e) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED, "demo-failed", "the copy broke off: " + e.getMessage());
    }
  }

  List<String> holders(String cid) {
    return gateway.list("/v1/holders/" + cid).stream().map(holder -> holder.text("node")).toList();
  }

  public Deployed deploy(Path module) {
    try {
      return deploy(String.valueOf(module.getFileName()), Files.readAllBytes(module));
    } catch (IOException e) {
      throw new CliException(ErrorCode.NOT_FOUND, "cannot read " + module);
    }
  }

  /**
   * A module that is in no file.
   *
   * @param what for messages
   */
  public Deployed deploy(String what, byte[] module) {
    return deploy(what, FunctionUpload.ofModule(module, Abi.COMMAND), "");
  }

  /** A function with a manifest of its own gets a name. */
  Deployed deploy(Path manifest, String name) {
    return deploy(
        name,
        FunctionUpload.ofManifest(FunctionUpload.readManifest(manifest, "")),
        "?name=" + name);
  }

  /** A script gets a name. */
  Deployed deployScript(Path script, String name) {
    return deploy(name, FunctionUpload.ofScript(LocalScript.read(script, "")), "?name=" + name);
  }

  private Deployed deploy(String what, FunctionUpload upload, String query) {
    HttpRequest request =
        gateway
            .request("/v1/functions" + query)
            .header("Content-Type", upload.contentType())
            .POST(BodyPublishers.ofByteArray(upload.body()))
            .build();
    String cid = gateway.json(request).text("function");
    if (!cid.equals(upload.function().toString())) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED, "demo-failed", what + " got another CID than ours: " + cid);
    }
    return new Deployed(cid, upload.body().length);
  }

  Why why(String function, String data) {
    JsonObject answer =
        gateway.get("/v1/why?function=" + Targets.query(function) + "&data=" + Targets.query(data));
    List<String> lines = new ArrayList<>();
    for (JsonObject candidate : answer.objects("candidates")) {
      lines.add(candidate.text("node") + ": " + candidate.text("reason"));
    }
    return new Why(answer.text("chosen"), lines);
  }

  /** A GET with optional header pairs; any status is an answer. */
  public Answer get(String target, String... headers) {
    HttpRequest.Builder request = gateway.request(target).timeout(CALL_TIMEOUT).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    long started = System.nanoTime();
    HttpResponse<InputStream> response = gateway.exchange(request.build());
    try (InputStream body = response.body()) {
      byte[] bytes = body.readAllBytes();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      return new Answer(response.statusCode(), response.headers(), bytes, millis);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED, "demo-failed", target + " broke off: " + e.getMessage());
    }
  }

  /** A GET that no remembered answer will do for. */
  Answer getRun(String target) {
    return get(target, "Cache-Control", "no-cache");
  }

  /**
   * Bytes of data that travelled for an answer. One that streamed says it at its end, which this
   * client does not show, and the gateway knows it afterwards.
   */
  long fetched(Answer answer) {
    long told = answer.number(Headers.BYTES_FETCHED);
    return told >= 0 ? told : ended(answer).object("usage").number("bytesFetched");
  }

  /** The CID of the receipt of an answer's run; as above. */
  String receipt(Answer answer) {
    String told = answer.header(Headers.RECEIPT);
    return told.isEmpty() ? ended(answer).text("receipt") : told;
  }

  /** What the gateway knows of a call when it is over. */
  private JsonObject ended(Answer answer) {
    String execution = "/v1/executions/" + answer.header(Headers.EXECUTION);
    long deadline = System.nanoTime() + SETTLE_NANOS;
    JsonObject known = gateway.get(execution);
    while (known.text("state").equals("running") && System.nanoTime() < deadline) {
      pause();
      known = gateway.get(execution);
    }
    return known;
  }

  /**
   * Asks until the answer has {@code status}: a node that stops or starts takes a moment. No
   * remembered answer will do, or it would hide that the holder is gone.
   */
  Answer getUntil(String target, int status) {
    long deadline = System.nanoTime() + SETTLE_NANOS;
    Answer answer = getRun(target);
    while (answer.status() != status && System.nanoTime() < deadline) {
      pause();
      answer = getRun(target);
    }
    if (answer.status() != status) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED,
          "demo-failed",
          target + " stays at " + answer.status() + ": " + answer.text());
    }
    return answer;
  }

  private static void pause() {
    try {
      if (new CountDownLatch(1).await(ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody counts this latch down");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    gateway.close();
  }
}
