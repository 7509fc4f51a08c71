package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTest {
  /** The Ed25519 key of the vectors in the libp2p specification, peer-ids. */
  private static final byte[] KEY =
      HexFormat.of().parseHex("1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e");

  @Test
  void a_peer_id_is_the_one_that_libp2p_gives_the_key() {
    PeerId id = PeerId.of(KEY);
    assertEquals(
        "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq".length(), id.toString().length());
    assertEquals(id, PeerId.parse(id.toString()));
    assertArrayEquals(KEY, PeerId.parse(id.toString()).publicKey());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12D3Koo",
        "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "0000000000000000000000000000000000000000000000000000",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
      })
  void what_is_no_peer_id_of_an_ed25519_key_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> PeerId.parse(text));
  }

  @Test
  void execution_ids_are_unlike_each_other_and_read_back() {
    ExecutionId id = ExecutionId.random();
    assertNotEquals(id, ExecutionId.random());
    assertEquals(id, ExecutionId.parse(id.toString()));
    for (String bad : List.of("x-", "x-A", "y-aaaaaaaaaaaaaaaaaaaaaaaaaa", id + "a")) {
      assertThrows(IllegalArgumentException.class, () -> ExecutionId.parse(bad));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "csv", "a-1", "x", "q0123456789"})
  void a_function_name_is_short_and_plain(String name) {
    assertEquals(name, Names.function(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A",
        "-a",
        "1a",
        "a_b",
        "a.b",
        "x-",
        "x-a",
        "a\n",
        "é",
        "a@1",
        "a/b",
        "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void what_could_be_taken_for_something_else_is_no_function_name(String name) {
    assertThrows(IllegalArgumentException.class, () -> Names.function(name));
  }

  @Test
  void node_names_fit_a_dns_name() {
    assertEquals("edge-1.example", Names.node("edge-1.example"));
    for (String bad :
        List.of("", "-a", ".a", "A", "a b", "a".repeat(64), "challenges", "announcements")) {
      assertThrows(IllegalArgumentException.class, () -> Names.node(bad));
    }
  }

  @Test
  void references_to_functions_read_back_as_they_were() {
    for (String text : List.of("csv", "csv@12", Samples.FUNCTION.toString())) {
      assertEquals(text, FunctionRef.parse(text).toString());
    }
  }

  @Test
  void an_entity_tag_is_the_task_in_quotes() {
    String tag = ETags.of(Samples.FUNCTION);
    assertEquals("\"" + Samples.FUNCTION + "\"", tag);
    for (String same : List.of(tag, "W/" + tag, "*", "\"a\", " + tag, tag + ",")) {
      assertEquals(true, ETags.noneMatch(same, Samples.FUNCTION), same);
    }
    for (String other : List.of("", Samples.FUNCTION.toString(), "\"a\"", "w/" + tag)) {
      assertEquals(false, ETags.noneMatch(other, Samples.FUNCTION), other);
    }
  }
}
