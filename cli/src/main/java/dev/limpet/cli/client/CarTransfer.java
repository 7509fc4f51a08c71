package dev.limpet.cli.client;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.AddedDag;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;

/** CARs to and from a node that runs. */
public final class CarTransfer {
  private static final String CAR = "application/vnd.ipld.car";
  private static final Duration TIMEOUT = Duration.ofHours(12);

  private final ServerClient node;

  /** With this node. */
  public CarTransfer(ServerClient node) {
    this.node = node;
  }

  /**
   * Writes a DAG that the node holds whole.
   *
   * @param root its root
   * @param out gets a CAR, each block of which was checked; not closed
   * @throws CarFormatException when the node sends something else
   * @throws IOException when it breaks off, or the output fails
   */
  public void export(Cid root, OutputStream out) throws IOException {
    try (InputStream body = body(node, "/ipfs/" + root);
        CarReader car = new CarReader(body, CarLimits.unbounded())) {
      if (!car.roots().equals(List.of(root))) {
        throw new CarFormatException("the node sent a CAR of other roots: " + car.roots());
      }
      CarWriter writer = new CarWriter(out, car.roots());
      for (Block block = car.next(); block != null; block = car.next()) {
        writer.write(block);
      }
    }
  }

  /**
   * Adds a DAG to the node, which checks it and pins it.
   *
   * @param car a CAR of one root; read to its end
   * @return what the node has pinned
   */
  public AddedDag add(InputStream car) {
    JsonObject added = node.json(adding(node, BodyPublishers.ofInputStream(() -> car)).build());
    return new AddedDag(
        Cid.parse(added.text("root")),
        added.number("size"),
        added.number("dagSize"),
        added.number("blocks"));
  }

  /** What a server sends as a CAR. */
  static InputStream body(ServerClient server, String rawTarget) {
    HttpRequest request =
        server.request(rawTarget).timeout(TIMEOUT).header("Accept", CAR).GET().build();
    return server.stream(request).body();
  }

  /** The request that adds a CAR; the node is asked first ({@code Expect: 100-continue}). */
  static HttpRequest.Builder adding(ServerClient node, BodyPublisher car) {
    return node.request("/v1/dags")
        .timeout(TIMEOUT)
        .expectContinue(true)
        .header("Content-Type", CAR)
        .POST(car);
  }
}
