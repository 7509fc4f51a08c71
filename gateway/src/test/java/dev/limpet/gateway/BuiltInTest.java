package dev.limpet.gateway;

import static dev.limpet.gateway.DeployTest.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.gateway.function.BuiltIn;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.FunctionInfo;
import dev.limpet.protocol.NameInfo;
import dev.limpet.runtimes.ShippedModule;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes with the product is there without a deploy, and nobody changes it. */
class BuiltInTest {
  private static final byte[] NOTHING = {};
  private static final String CAR = "application/vnd.ipld.car";

  private final GatewayUnderTest gateway;

  BuiltInTest(@TempDir Path dir) {
    gateway = GatewayUnderTest.start(dir);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void sql_is_listed_as_a_function_and_as_a_name() {
    FunctionInfo sql = sql();
    assertEquals(Abi.HTTP, sql.abi());
    assertEquals(List.of("sql"), sql.names());
    NameInfo name = GatewayUnderTest.read(NameInfo.class, gateway.get("/v1/names/sql"), 200);
    assertEquals(sql.function(), name.function());
    assertTrue(gateway.page(NameInfo.class, "/v1/names").items().contains(name));
    FunctionInfo shown =
        GatewayUnderTest.read(
            FunctionInfo.class, gateway.get("/v1/functions/" + sql.function()), 200);
    assertEquals(sql, shown);
  }

  /** When this fails the module was built anew: write down its CID and size, and a new version. */
  @Test
  void what_is_written_down_of_its_module_is_what_the_build_carries() {
    FunctionInfo sql = sql();
    Deployed deployed = gateway.deployed(ShippedModule.SQL.bytes(), "");
    assertEquals(deployed.module(), sql.module());
    assertEquals(ShippedModule.SQL.bytes().length, sql.size());
    assertEquals(3, version());
    assertEquals(
        "bafyreieyjhfofa2i5bqfm3ityhpskwcvildlwauqdhloiurobfoksrav7a", sql.function().toString());
  }

  @Test
  void the_manifest_that_is_written_down_is_that_of_its_module() {
    for (BuiltIn one : BuiltIn.all()) {
      Block block = one.function().manifest().toBlock();
      assertEquals(block.cid(), one.function().cid());
      assertEquals(ByteString.of(block.bytes()), one.function().block());
    }
  }

  @Test
  void a_node_gets_it_as_a_car_that_is_whole() {
    FunctionInfo sql = sql();
    WireAnswer car = gateway.get("/v1/functions/" + sql.function(), "Accept: " + CAR);
    assertEquals(sql.function().toString(), car.header("X-Ipfs-Roots"));
    WireAnswer again = gateway.ask("POST /v1/functions", car.bytes(), "Content-Type: " + CAR);
    Deployed deployed = GatewayUnderTest.read(Deployed.class, again, 201);
    assertEquals(sql.function(), deployed.function());
    assertEquals(sql.module(), deployed.module());
  }

  @Test
  void a_version_of_it_is_that_version_or_none() {
    int known = version();
    assertEquals(200, gateway.get("/v1/why?function=sql@" + known).status());
    assertProblem(404, "name-not-found", gateway.get("/v1/why?function=sql@" + (known + 1)));
  }

  @Test
  void its_name_is_nobodys_to_give_to_another_to_roll_back_or_to_remove() {
    String other = gateway.deployed(SampleModules.hello(), "?name=other").function().toString();
    String set = "{\"function\":\"" + other + "\"}";
    assertProblem(400, "bad-name", gateway.deploy(SampleModules.echo(), "?name=sql"));
    assertProblem(400, "bad-name", gateway.json("PUT /v1/names/sql", set));
    assertProblem(400, "bad-name", gateway.json("POST /v1/names/sql/rollback", "{}"));
    assertProblem(400, "bad-name", gateway.ask("DELETE /v1/names/sql", NOTHING));
    assertEquals(1, gateway.functions().size(), "nothing was kept beside the one");
    assertEquals(List.of("sql"), sql().names());
  }

  @Test
  void it_is_not_removed_and_other_names_do_not_point_at_it() {
    String function = "/v1/functions/" + sql().function();
    assertProblem(409, "function-in-use", gateway.ask("DELETE " + function, NOTHING));
    assertProblem(
        409, "function-in-use", gateway.json("PUT /v1/names/ask", "{\"function\":\"sql\"}"));
    assertEquals(200, gateway.get(function).status());
  }

  private int version() {
    return GatewayUnderTest.read(NameInfo.class, gateway.get("/v1/names/sql"), 200).version();
  }

  private FunctionInfo sql() {
    return gateway.page(FunctionInfo.class, "/v1/functions").items().stream()
        .filter(FunctionInfo::builtIn)
        .findFirst()
        .orElseThrow();
  }
}
