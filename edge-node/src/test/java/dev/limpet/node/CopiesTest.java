package dev.limpet.node;

import static dev.limpet.node.CallAnswers.failed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.CopiedDag;
import dev.limpet.protocol.CopyOrder;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Json;
import dev.limpet.testkit.relay.Relay;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that the gateway has a node fetch ahead of calls, and drop again. */
class CopiesTest {
  private static final String JSON = "Content-Type: application/json";

  @TempDir Path dir = Path.of("");

  private NodeUnderTest holder;
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    holder = NodeUnderTest.start(dir.resolve("holder"));
    node = NodeUnderTest.start(dir.resolve("node"), "fetched-quota=16MiB");
  }

  @AfterEach
  void stop() {
    node.close();
    holder.close();
  }

  private SampleDag held(int size) {
    SampleDag data = SampleDag.file(size, size);
    assertEquals(201, holder.add(data.car()).status());
    return data;
  }

  private WireAnswer copy(SampleDag data, URI from, long maxBytes) {
    CopyOrder order =
        new CopyOrder(
            maxBytes, 20_000, List.of(new Invocation.Source(0, from, "no-ticket-is-needed-here")));
    return ask("PUT", data, Json.writeString(order));
  }

  private WireAnswer ask(String method, SampleDag data, String json) {
    return WireClient.ask(
        node.url(), WireClient.request(method + " /v1/copies/" + data.root(), json, JSON));
  }

  private WireAnswer drop(SampleDag data) {
    return node.ask("DELETE /v1/copies/" + data.root());
  }

  @Test
  void a_copy_is_fetched_once_within_its_bytes_and_dropped_again() {
    SampleDag data = held(1_500_000);
    try (Relay relay = Relay.to(holder.url())) {
      WireAnswer answer = copy(data, relay.url(), 2_000_000);
      assertEquals(200, answer.status(), answer::text);
      CopiedDag copied = Json.read(CopiedDag.class, answer.bytes(), CopiedDag.MAX_JSON_BYTES);
      assertEquals(data.root(), copied.root());
      assertEquals(relay.bodyBytesToClient(), copied.bytesFetched());
      long before = relay.bytesToClient();
      CopiedDag again =
          Json.read(
              CopiedDag.class, copy(data, relay.url(), 200_000).bytes(), CopiedDag.MAX_JSON_BYTES);
      assertEquals(0, again.bytesFetched());
      assertEquals(before, relay.bytesToClient());
    }
    assertEquals(200, node.ask("HEAD /ipfs/" + data.root() + "?format=raw").status());
    assertEquals(204, drop(data).status());
    assertEquals(404, node.ask("HEAD /ipfs/" + data.root() + "?format=raw").status());
    failed(drop(data), 404, "data-not-found");
    assertEquals(200, copy(data, holder.url(), 2_000_000).status(), "it can be copied again");
  }

  @Test
  void what_the_owner_keeps_is_not_dropped() {
    SampleDag data = held(100_000);
    assertEquals(200, copy(data, holder.url(), 200_000).status());
    assertEquals(200, node.ask("PUT /v1/pins/" + data.root()).status());
    failed(drop(data), 404, "data-not-found");
    assertEquals(200, node.ask("HEAD /ipfs/" + data.root()).status());

    SampleDag own = held(50_000);
    assertEquals(201, node.add(own.car()).status());
    assertEquals(200, copy(own, holder.url(), 100_000).status());
    failed(drop(own), 404, "data-not-found");
  }

  @Test
  void no_more_travels_than_was_ordered_and_copies_have_only_a_part_of_the_room() {
    SampleDag data = held(1_500_000);
    failed(copy(data, holder.url(), 1_000_000), 409, "would-move");
    failed(copy(data, holder.url(), 9 << 20), 507, "quota-exceeded");
    assertEquals(200, copy(data, holder.url(), 8_000_000).status());
    failed(copy(held(900_000), holder.url(), 7_000_000), 507, "quota-exceeded");
    assertEquals(204, drop(data).status());
    assertEquals(200, copy(held(900_000), holder.url(), 7_000_000).status());
  }

  @Test
  void an_order_that_is_none_is_refused_and_changes_nothing() {
    SampleDag data = held(1000);
    for (String order :
        List.of(
            "",
            "[]",
            "{",
            "{\"maxBytes\":0,\"timeoutMs\":1,\"sources\":[]}",
            "{\"maxBytes\":10,\"timeoutMs\":1,\"sources\":[]}",
            "{\"maxBytes\":10,\"timeoutMs\":-1,\"sources\":[{\"input\":0,\"url\":\"x\"}]}",
            "{\"maxBytes\":9,\"timeoutMs\":9,\"sources\":[{\"input\":0,\"url\":\"file:///etc\","
                + "\"ticket\":\"t\"}]}")) {
      int status = ask("PUT", data, order).status();
      assertTrue(status == 400 || status == 411, order + ": " + status);
    }
    failed(copy(data, URI.create("http://127.0.0.1:1"), 10_000), 503, "data-unavailable");
    assertEquals(405, node.ask("GET /v1/copies/" + data.root()).status());
    assertEquals(400, node.ask("DELETE /v1/copies/no-cid").status());
    assertEquals(404, node.ask("HEAD /ipfs/" + data.root()).status());
  }
}
