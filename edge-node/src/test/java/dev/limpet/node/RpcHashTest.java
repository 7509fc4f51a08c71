package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is added with another hash function than the usual one, on one node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RpcHashTest {
  private NodeUnderTest node;
  private RpcClient rpc;

  @BeforeAll
  void start(@TempDir Path dir) {
    node = NodeUnderTest.start(dir);
    rpc = new RpcClient(node.url());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  /** The roots are those of the command of Kubo 0.43.0, without other options. */
  @ParameterizedTest
  @CsvSource({
    "sha2-512, bafybgqehuioudiympivyqu6ixpejy2lif36orz6olge7lupgrg6rp57fkkmg5roodjiyu376hk6oewozx"
        + "d6zbbbgymrifs5ttsufgv6d4fn56",
    "sha3-224, bafybohbda5ettbq5ebt3jhffabjibm3r3l52kdryz5mpqkw3ztkq",
    "sha3-256, bafybmig7ph2bh44hkogv2oeyb2mif774qcgvyabo3unx6gei7elzoc36ra",
    "SHA3-384,"
        + " bafybkmhyshhf2hvllo73hcz3wvbgz75kilsmwk7rpv3xm2focslgexydmes3q4qzyje4hs5ygh7krkr7lbga",
    "sha3, bafybiqhuospspbkkfgvh7x2kewnymla4zcytjhmflbuac3vgsmttrl3fnsv2xdog7bwiah27ubqoctribhi6v"
        + "go64ets4s47q74xnuyu2oxmw",
    "sha2-256, QmcGQxT3yEnmU4zpvkXoWAdhge4vwD8KacucVHAkkVyxUs"
  })
  void adding_hashes_with_the_function_that_is_asked_for(String function, String root) {
    String[] parts = {RpcClient.file("d/a.txt", "hello\n"), RpcClient.file("d/e/b", "x")};
    String said = rpc.send("add?hash=" + function, parts).text();
    assertTrue(said.contains("{\"Name\":\"d\",\"Hash\":\"" + root + "\""), said);
    assertEquals("hello\n", rpc.ask("cat?arg=" + root + "/a.txt").text());
    assertEquals("x", rpc.ask("cat?arg=" + root + "/e/b").text());
  }

  @Test
  void a_function_that_blocks_are_not_checked_with_and_version_0_with_another_are_refused() {
    String hello = RpcClient.file("a", "hello");
    for (String function : new String[] {"sha1", "identity", "blake3", "nosuch"}) {
      WireAnswer answer = rpc.send("add?hash=" + function, hello);
      assertEquals(500, answer.status());
      assertTrue(answer.text().contains("not with \\\"" + function + "\\\""), answer.text());
    }
    WireAnswer old = rpc.send("add?hash=sha3-256&cid-version=0", hello);
    assertEquals(500, old.status());
    assertTrue(old.text().contains("CIDv0 only supports sha2-256"), old.text());
  }
}
