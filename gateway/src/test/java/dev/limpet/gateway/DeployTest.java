package dev.limpet.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.FunctionInfo;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Page;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions over HTTP: deploy, list, show, fetch, remove. */
class DeployTest {
  private final GatewayUnderTest gateway;

  DeployTest(@TempDir Path dir) {
    gateway = GatewayUnderTest.start(dir);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void a_module_gets_the_cid_of_its_default_manifest_and_a_name() {
    WireAnswer answer = gateway.deploy(SampleModules.hello(), "?name=greet");
    Deployed deployed = GatewayUnderTest.read(Deployed.class, answer, 201);

    assertEquals("greet", deployed.name());
    assertEquals(1, deployed.version());
    assertEquals("/v1/functions/" + deployed.function(), answer.header("Location"));
    FunctionInfo info = show(deployed.function());
    assertEquals(deployed.module(), info.module());
    assertEquals(SampleModules.hello().length, info.size());
    assertEquals("[greet]", info.names().toString());
  }

  @Test
  void deploying_twice_is_deploying_once() {
    Deployed first = gateway.deployed(SampleModules.hello(), "?name=greet");
    Deployed second = gateway.deployed(SampleModules.hello(), "?name=greet");
    assertEquals(first, second);
    assertEquals(1, gateway.functions().size());
  }

  @Test
  void a_function_comes_back_as_a_car_that_deploys_to_the_same_cid() {
    Deployed deployed = gateway.deployed(SampleModules.echo(), "");
    for (Cid cid : new Cid[] {deployed.function(), deployed.module()}) {
      WireAnswer car = gateway.get("/v1/functions/" + cid, "Accept: application/vnd.ipld.car");
      assertEquals(200, car.status());
      assertEquals(deployed.function().toString(), car.header("X-Ipfs-Roots"));
      WireAnswer again =
          gateway.ask("POST /v1/functions", car.bytes(), "Content-Type: application/vnd.ipld.car");
      assertEquals(
          deployed.function(), GatewayUnderTest.read(Deployed.class, again, 201).function());
    }
  }

  @Test
  void a_manifest_whose_module_is_here_is_another_function() {
    Deployed plain = gateway.deployed(SampleModules.hello(), "");
    String manifest =
        "{\"v\":1,\"module\":\"" + plain.module() + "\",\"limits\":{\"memory\":\"1MiB\"}}";
    WireAnswer answer = gateway.json("POST /v1/functions?name=small", manifest);
    Deployed small = GatewayUnderTest.read(Deployed.class, answer, 201);
    assertEquals(
        FunctionManifest.fromJson(manifest.getBytes(StandardCharsets.UTF_8)).cid(),
        small.function());
    assertEquals(plain.module(), small.module());
    assertEquals(2, gateway.functions().size());
  }

  @Test
  void lists_come_in_pages() {
    for (int i = 0; i < 5; i++) {
      Deployed unused = gateway.deployed(SampleModules.writes("number " + i), "");
      assertNull(unused.name());
    }
    Page<FunctionInfo> first = gateway.page(FunctionInfo.class, "/v1/functions?limit=3");
    assertEquals(3, first.items().size());
    Page<FunctionInfo> last =
        gateway.page(FunctionInfo.class, "/v1/functions?limit=3&cursor=" + first.next());
    assertEquals(5 + 1 - 3, last.items().size(), "with the one that is built in");
    assertNull(last.next());
    assertTrue(last.items().stream().noneMatch(first.items()::contains));
    assertProblem(400, "bad-query", gateway.get("/v1/functions?limit=0"));
    assertProblem(400, "bad-query", gateway.get("/v1/functions?offset=3"));
    assertProblem(400, "bad-cid", gateway.get("/v1/functions?cursor=third"));
  }

  @Test
  void a_function_is_removed_only_when_no_name_points_at_it() {
    Deployed deployed = gateway.deployed(SampleModules.hello(), "?name=greet");
    String target = "/v1/functions/" + deployed.function();
    assertProblem(409, "function-in-use", gateway.ask("DELETE " + target, new byte[0]));
    assertEquals(204, gateway.ask("DELETE /v1/names/greet", new byte[0]).status());
    assertEquals(204, gateway.ask("DELETE " + target, new byte[0]).status());
    assertProblem(404, "function-not-found", gateway.get(target));
    assertProblem(404, "function-not-found", gateway.ask("DELETE " + target, new byte[0]));
  }

  @Test
  void what_the_gate_refuses_is_not_kept() {
    byte[] broken = SampleModules.hello();
    broken[4] = 9;
    assertProblem(422, "gate-refused", gateway.deploy(broken, "?name=bad"));
    assertProblem(400, "bad-car", car(new byte[] {1, 2, 3}));
    assertProblem(400, "bad-manifest", gateway.json("POST /v1/functions", "{\"v\":1,\"x\":2}"));
    assertProblem(404, "name-not-found", gateway.get("/v1/names/bad"));
    assertEquals(0, gateway.functions().size());
  }

  @Test
  void a_car_that_lost_or_bent_a_byte_is_refused() {
    Deployed deployed = gateway.deployed(SampleModules.echo(), "");
    byte[] car =
        gateway
            .get("/v1/functions/" + deployed.function(), "Accept: application/vnd.ipld.car")
            .bytes();
    byte[] cut = Arrays.copyOf(car, car.length - 7);
    assertProblem(400, "bad-car", car(cut));
    byte[] bent = car.clone();
    bent[bent.length - 1] ^= 1;
    assertProblem(400, "bad-block", car(bent));
  }

  @Test
  void a_module_that_is_neither_here_nor_at_a_node_is_not_found() {
    String elsewhere = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    String manifest = "{\"v\":1,\"module\":\"" + elsewhere + "\"}";
    assertProblem(404, "function-not-found", gateway.json("POST /v1/functions", manifest));
  }

  private WireAnswer car(byte[] bytes) {
    return gateway.ask("POST /v1/functions", bytes, "Content-Type: application/vnd.ipld.car");
  }

  private FunctionInfo show(Cid cid) {
    return GatewayUnderTest.read(FunctionInfo.class, gateway.get("/v1/functions/" + cid), 200);
  }

  static void assertProblem(int status, String code, WireAnswer answer) {
    assertEquals(status + " " + code, answer.status() + " " + answer.header("Limpet-Error"));
    assertEquals("application/problem+json", answer.header("Content-Type"));
    assertTrue(answer.text().contains("urn:limpet:error:" + code), answer.text());
    assertEquals("no-store", answer.header("Cache-Control"));
  }
}
