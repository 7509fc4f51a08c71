package dev.limpet.protocol.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times in questions for receipts. */
class ReceiptQueryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%2B10000-01-01T00:00:00Z",
        "%2B1000000000-12-31T23:59:59Z",
        "1969-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z"
      })
  void a_time_that_no_receipt_has_is_refused_before_it_travels(String time) {
    for (String name : new String[] {"since", "until"}) {
      QueryParameters query = QueryParameters.parse(name + "=" + time);
      LimpetException e =
          assertThrows(LimpetException.class, () -> ReceiptQuery.of(query), query::toString);
      assertEquals("bad-query: " + name + " is a time from the year 1970 to 9999", e.getMessage());
    }
  }

  @Test
  void the_first_and_the_last_time_arrive_as_they_were_asked() {
    ReceiptQuery asked =
        ReceiptQuery.of(
            QueryParameters.parse("since=1970-01-01T00:00:00Z&until=9999-12-31T23:59:59.999Z"));
    assertEquals(asked, ReceiptQuery.of(QueryParameters.parse(asked.toQuery())));
    assertTrue(asked.covers(Instant.EPOCH));
  }
}
