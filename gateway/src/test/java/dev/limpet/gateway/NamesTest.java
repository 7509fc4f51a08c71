package dev.limpet.gateway;

import static dev.limpet.gateway.DeployTest.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NameVersion;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and their versions over HTTP. */
class NamesTest {
  private final Path dir;
  private GatewayUnderTest gateway;

  NamesTest(@TempDir Path dir) {
    this.dir = dir;
    gateway = GatewayUnderTest.start(dir);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void each_change_is_a_new_version_and_rollback_goes_back_by_going_on() {
    Cid one = deploy("one");
    Cid two = deploy("two");
    Cid three = deploy("three");

    NameInfo back = rollback("{}");
    assertEquals(4, back.version());
    assertEquals(two, back.function());
    NameInfo further = rollback("{\"to\":1}");
    assertEquals(5, further.version());
    assertEquals(List.of(one, two, three, two, one), history(show()));
    assertProblem(
        404, "name-not-found", gateway.json("POST /v1/names/greet/rollback", "{\"to\":9}"));
    assertProblem(404, "name-not-found", gateway.json("POST /v1/names/nobody/rollback", "{}"));
  }

  @Test
  void versions_survive_a_restart_and_numbers_are_never_used_again() {
    Cid one = deploy("one");
    deploy("two");
    restart();
    assertEquals(2, show().version());
    assertEquals(one, history(show()).getFirst());
    assertEquals(204, gateway.ask("DELETE /v1/names/greet", new byte[0]).status());
    restart();
    assertProblem(404, "name-not-found", gateway.get("/v1/names/greet"));
    deploy("two");
    assertEquals(3, show().version());
  }

  @Test
  void a_name_is_set_to_a_cid_or_to_what_another_name_points_at() {
    Cid one = deploy("one");
    Cid two = deploy("two");
    assertEquals(one, set("other", "greet@1", 200).function());
    assertEquals(two, set("other", two.toString(), 200).function());
    assertProblem(
        404,
        "function-not-found",
        gateway.json(
            "PUT /v1/names/other",
            "{\"function\":\"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e\"}"));
    assertProblem(
        404, "name-not-found", gateway.json("PUT /v1/names/x", "{\"function\":\"greet@7\"}"));
  }

  @Test
  void if_match_lets_exactly_one_of_two_changes_win() throws Exception {
    deploy("one");
    List<Cid> functions = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      functions.add(gateway.deployed(SampleModules.writes("rival " + i), "").function());
    }
    List<Callable<Integer>> rivals = new ArrayList<>();
    for (Cid function : functions) {
      rivals.add(
          () ->
              gateway
                  .json(
                      "PUT /v1/names/greet",
                      "{\"function\":\"" + function + "\"}",
                      "If-Match: \"1\"")
                  .status());
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : threads.invokeAll(rivals)) {
        statuses.add(answer.get());
      }
      assertEquals(1, statuses.stream().filter(status -> status == 200).count(), "" + statuses);
      assertEquals(7, statuses.stream().filter(status -> status == 412).count(), "" + statuses);
    }
    assertEquals(2, show().version());
  }

  @Test
  void a_deploy_for_another_version_deploys_nothing() {
    deploy("one");
    byte[] late = SampleModules.writes("late");
    assertProblem(412, "version-conflict", gateway.deploy(late, "?name=greet", "If-Match: \"7\""));
    assertProblem(412, "version-conflict", gateway.deploy(late, "?name=greet", "If-None-Match: *"));
    assertEquals(1, show().version());
    assertEquals(201, gateway.deploy(late, "?name=greet", "If-Match: \"1\"").status());
    assertEquals("\"2\"", gateway.get("/v1/names/greet").header("ETag"));
    assertProblem(400, "bad-header", gateway.deploy(late, "?name=greet", "If-Match: W/\"2\""));
    assertProblem(400, "bad-header", gateway.deploy(late, "", "If-Match: \"2\""));
  }

  @Test
  void lists_of_names_come_in_pages_without_their_histories() {
    for (String name : List.of("a", "b", "c")) {
      for (int i = 0; i < 3; i++) {
        gateway.deployed(SampleModules.writes(name + i), "?name=" + name);
      }
    }
    var first = gateway.page(NameInfo.class, "/v1/names?limit=2");
    assertEquals(List.of("a", "b"), first.items().stream().map(NameInfo::name).toList());
    assertEquals(1, first.items().getFirst().history().size());
    var last = gateway.page(NameInfo.class, "/v1/names?limit=2&cursor=" + first.next());
    assertEquals(List.of("c", "sql"), last.items().stream().map(NameInfo::name).toList());
  }

  @Test
  void what_is_no_name_is_refused() {
    for (String name : List.of("Greet", "x-1", "1a", "a_b", "a".repeat(64))) {
      assertProblem(400, "bad-name", gateway.deploy(SampleModules.hello(), "?name=" + name));
      assertProblem(400, "bad-name", gateway.get("/v1/names/" + name));
    }
    assertTrue(gateway.names().isEmpty());
  }

  private Cid deploy(String text) {
    return gateway.deployed(SampleModules.writes(text), "?name=greet").function();
  }

  private NameInfo rollback(String body) {
    return GatewayUnderTest.read(
        NameInfo.class, gateway.json("POST /v1/names/greet/rollback", body), 200);
  }

  private NameInfo set(String name, String function, int status) {
    WireAnswer answer =
        gateway.json("PUT /v1/names/" + name, "{\"function\":\"" + function + "\"}");
    return GatewayUnderTest.read(NameInfo.class, answer, status);
  }

  private NameInfo show() {
    return GatewayUnderTest.read(NameInfo.class, gateway.get("/v1/names/greet"), 200);
  }

  /** Oldest first. */
  private static List<Cid> history(NameInfo name) {
    return name.history().reversed().stream().map(NameVersion::function).toList();
  }

  private void restart() {
    gateway.close();
    gateway = GatewayUnderTest.start(dir);
  }
}
