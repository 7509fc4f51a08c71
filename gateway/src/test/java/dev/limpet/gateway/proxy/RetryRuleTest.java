package dev.limpet.gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.gateway.proxy.RetryRule.Reached;
import dev.limpet.gateway.proxy.RetryRule.Situation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryRuleTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        // reached | repeatable | untouched | replayable | repeated | may try the next
        "NOTHING | false | true | false | false | true",
        "NOTHING | false | false | true | true | true",
        "NOTHING | true | false | false | false | false",
        "REFUSED | false | false | true | true | true",
        "REFUSED | false | true | false | false | true",
        "REFUSED | true | false | false | false | false",
        "ENDED | true | false | true | true | true",
        "ENDED | false | false | true | false | false",
        "ENDED | true | false | false | false | false",
        "REQUEST | true | false | true | false | true",
        "REQUEST | true | true | false | false | true",
        "REQUEST | true | false | true | true | false",
        "REQUEST | false | false | true | false | false",
        "REQUEST | true | false | false | false | false",
      })
  void the_next_candidate_is_tried_only_when_nothing_can_happen_twice(String row) {
    String[] cells = row.split(" \\| ", -1);
    Situation situation =
        new Situation(
            Reached.valueOf(cells[0]), is(cells[1]), is(cells[2]), is(cells[3]), is(cells[4]));
    assertEquals(is(cells[5]), RetryRule.mayTryNext(situation));
  }

  private static boolean is(String cell) {
    return Boolean.parseBoolean(cell);
  }
}
