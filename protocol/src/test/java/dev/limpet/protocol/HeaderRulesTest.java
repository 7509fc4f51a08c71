package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "keep-alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "UPGRADE",
        "Proxy-Authorization",
        "Proxy-Connection"
      })
  void what_is_for_one_connection_is_not_passed_on(String name) {
    assertFalse(HeaderRules.guestMaySet(name));
    assertFalse(HeaderRules.listable(name));
  }

  @Test
  void names_that_connection_lists_are_not_passed_on_either() {
    Set<String> names = HeaderRules.connectionNames(List.of("close, X-Hop", "x-other,"));
    assertEquals(Set.of("close", "x-hop", "x-other"), names);
  }

  @Test
  void a_connection_header_of_nonsense_or_without_end_is_refused() {
    assertThrows(LimpetException.class, () -> HeaderRules.connectionNames(List.of("a b")));
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= HeaderRules.MAX_CONNECTION_NAMES; i++) {
      many.append("x").append(i).append(',');
    }
    assertThrows(
        LimpetException.class, () -> HeaderRules.connectionNames(List.of(many.toString())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Limpet-Error",
        "limpet-anything",
        "Content-Length",
        "Date",
        "Server",
        "Via",
        "Alt-Svc",
        "Strict-Transport-Security",
        "Clear-Site-Data",
        "Service-Worker-Allowed",
        "",
        "a b",
        "a:b",
        "é",
        "a\r\nb"
      })
  void a_guest_cannot_set_what_the_platform_vouches_for(String name) {
    assertFalse(HeaderRules.guestMaySet(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Type", "Set-Cookie", "Location", "ETag", "X-Mine"})
  void a_guest_may_set_the_rest(String name) {
    assertTrue(HeaderRules.guestMaySet(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "Cookie",
        "Authorization",
        "traceparent",
        "Forwarded",
        "X-Forwarded-For",
        "X-Real-IP",
        "Sec-Fetch-Site",
        "Limpet-Timeout",
        "Content-Length",
        "Content-Type"
      })
  void a_pure_function_never_sees_who_asks(String name) {
    assertFalse(HeaderRules.listable(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Accept", "accept-language", "X-Tenant", "User-Agent"})
  void a_manifest_may_list_the_rest(String name) {
    assertTrue(HeaderRules.listable(name));
  }

  @Test
  void a_value_cannot_start_another_line() {
    assertTrue(HeaderRules.isValue("text/plain; charset=utf-8"));
    assertTrue(HeaderRules.isValue(""));
    for (String bad : List.of("a\r\nb", "a\nb", "a\0", " a", "a ", "\u0100", "\u007f")) {
      assertFalse(HeaderRules.isValue(bad), bad);
    }
  }

  @Test
  void an_invocation_travels_in_a_header() {
    Invocation invocation = Samples.invocation();
    assertEquals(invocation, Invocation.fromHeader(invocation.toHeader()));
  }

  @Test
  void lists_that_are_empty_do_not_travel() {
    Invocation bare =
        Invocation.fromHeader(
            ByteString.of(
                    """
                    {"execution":"%s","function":"%s","module":"%s","manifest":"","method":"GET",\
                    "head":false,"timeoutMs":1,"maxFetchBytes":0,"bodyLength":0,"logAllowed":true}\
                    """
                        .formatted(
                            Samples.invocation().execution(),
                            Samples.invocation().function(),
                            Samples.invocation().module())
                        .getBytes(StandardCharsets.UTF_8))
                .toString());
    assertEquals(List.of(), bare.inputs());
    String json = new String(ByteString.parse(bare.toHeader()).toBytes(), StandardCharsets.UTF_8);
    for (String field : List.of("arguments", "inputs", "sources", "memo")) {
      assertFalse(json.contains(field), json);
    }
    assertEquals(bare, Invocation.fromHeader(bare.toHeader()));
  }

  @Test
  void an_invocation_that_asks_for_the_hash_of_memory_is_not_answered_from_the_memo() {
    String plain = new String(json(Samples.invocation()), StandardCharsets.UTF_8);
    for (String memo : List.of("", ",\"memo\":\"use\"", ",\"memo\":\"no-store\"")) {
      String asks =
          plain.replace(",\"memo\":\"no-cache\"", memo).replaceFirst("}$", ",\"memoryHash\":true}");
      Invocation read =
          Invocation.fromHeader(ByteString.of(asks.getBytes(StandardCharsets.UTF_8)).toString());
      assertTrue(read.asksForMemoryHash());
      MemoWish wish = memo.contains("store") ? MemoWish.NO_STORE : MemoWish.NO_CACHE;
      assertEquals(wish, read.memoWish());
      assertEquals(read, Invocation.fromHeader(read.toHeader()));
    }
  }

  private static byte[] json(Invocation invocation) {
    return ByteString.parse(invocation.toHeader()).toBytes();
  }

  @Test
  void a_header_that_is_no_invocation_is_refused() {
    assertEquals(ErrorCode.BAD_HEADER, refused("a b"));
    assertEquals(ErrorCode.BAD_JSON, refused("e30"));
    assertEquals(ErrorCode.HEADERS_TOO_LARGE, refused("a".repeat(40_000)));
  }

  private static ErrorCode refused(String header) {
    return assertThrows(LimpetException.class, () -> Invocation.fromHeader(header)).code();
  }
}
