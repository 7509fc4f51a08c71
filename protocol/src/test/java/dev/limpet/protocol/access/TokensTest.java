package dev.limpet.protocol.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.Samples;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
  private static final Set<Access> ALL = EnumSet.allOf(Access.class);
  private static final Tokens THREE = new Tokens("manage-token", "calls-token", "join-token");

  @Test
  void without_tokens_everybody_on_this_machine_may_do_everything() {
    assertEquals(ALL, Tokens.none().granted(silent()));
    assertEquals(ALL, Tokens.none().granted(bearer("left-over")));
    assertTrue(Tokens.none().open());
  }

  @Test
  void each_token_opens_what_it_is_for() {
    assertEquals(ALL, THREE.granted(bearer("manage-token")));
    assertEquals(Set.of(Access.CALL), THREE.granted(bearer("calls-token")));
    assertEquals(Set.of(Access.JOIN), THREE.granted(bearer("join-token")));
    assertEquals(Set.of(), THREE.granted(bearer("other")));
    assertEquals(Set.of(), THREE.granted(silent()));
  }

  @Test
  void a_join_token_alone_guards_only_joining() {
    Tokens tokens = new Tokens(null, null, "join-token");
    assertEquals(Set.of(Access.CALL, Access.MANAGE), tokens.granted(silent()));
    assertEquals(Set.of(Access.JOIN), tokens.granted(bearer("join-token")));
    assertEquals(Set.of(), tokens.granted(bearer("wrong")));
  }

  @Test
  void a_token_for_calls_alone_closes_management_to_everybody() {
    Tokens tokens = new Tokens(null, "calls-token", null);
    assertEquals(Set.of(), tokens.granted(silent()));
    assertEquals(Set.of(Access.CALL), tokens.granted(bearer("calls-token")));
    assertFalse(tokens.guardsManagement());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manage-token",
        "Bearer",
        "Bearer ",
        "Basic manage-token",
        "Bearer  x y",
        "Bearer manage-token x",
        "Bearer manage-tokeN",
        "Bearer manage-toke",
        "Bearermanage-token"
      })
  void what_is_not_the_token_opens_nothing(String authorization) {
    assertEquals(Set.of(), THREE.granted(line(List.of(authorization))));
  }

  @Test
  void the_scheme_is_read_without_case_and_two_lines_open_nothing() {
    assertEquals(ALL, THREE.granted(line(List.of("bEARER  manage-token"))));
    assertEquals(
        Set.of(), THREE.granted(line(List.of("Bearer manage-token", "Bearer manage-token"))));
  }

  @Test
  void who_lacks_a_token_is_401_and_who_has_another_is_403() {
    assertDoesNotThrow(() -> THREE.require(Access.CALL, bearer("manage-token")));
    assertEquals(ErrorCode.UNAUTHORIZED, refused(THREE, Access.CALL, silent()));
    assertEquals(ErrorCode.UNAUTHORIZED, refused(THREE, Access.CALL, bearer("wrong")));
    assertEquals(ErrorCode.FORBIDDEN, refused(THREE, Access.MANAGE, bearer("calls-token")));
    assertEquals(ErrorCode.FORBIDDEN, refused(THREE, Access.CALL, bearer("join-token")));
    Tokens join = new Tokens(null, null, "join-token");
    assertEquals(ErrorCode.UNAUTHORIZED, refused(join, Access.JOIN, silent()));
  }

  private static ErrorCode refused(Tokens tokens, Access needed, HeaderLines headers) {
    return assertThrows(LimpetException.class, () -> tokens.require(needed, headers)).code();
  }

  @Test
  void tokens_are_long_random_and_not_printed() {
    assertEquals(43, Token.random().length());
    assertNotEquals(Token.random(), Token.random());
    assertFalse(new Token("secret").toString().contains("secret"));
    assertFalse(THREE.toString().contains("token"));
  }

  @Test
  void a_wide_binding_needs_a_management_token_and_says_the_line() throws Exception {
    List<InetAddress> loopback =
        List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
    List<InetAddress> mixed =
        List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("192.0.2.1"));
    List<InetAddress> any = List.of(InetAddress.ofLiteral("0.0.0.0"));
    Tokens calls = new Tokens(null, "calls-token", "join-token");
    assertDoesNotThrow(() -> BindRule.check(at("localhost:1"), loopback, Tokens.none(), "token"));
    assertDoesNotThrow(() -> BindRule.check(at("0.0.0.0:1"), any, THREE, "token"));
    for (List<InetAddress> wide : List.of(mixed, any, List.<InetAddress>of())) {
      LimpetException e =
          assertThrows(
              LimpetException.class, () -> BindRule.check(at("0.0.0.0:1"), wide, calls, "token"));
      assertTrue(e.problem().detail().endsWith("token-file = PATH"), e.problem().detail());
    }
  }

  @Test
  void a_ticket_is_for_one_dag_of_one_holder() {
    String ticket = Ticket.issue("link", Samples.DATA);
    assertTrue(Ticket.verify("link", Samples.DATA, ticket));
    assertFalse(Ticket.verify("link", Samples.MODULE, ticket));
    assertFalse(Ticket.verify("other", Samples.DATA, ticket));
    assertFalse(Ticket.verify("link", Samples.DATA, ""));
    assertFalse(Ticket.verify("link", Samples.DATA, ticket + "="));
    Cid v0 = Cid.v0(Multihash.sha256(new byte[1]));
    assertTrue(Ticket.verify("link", v0.toV1(), Ticket.issue("link", v0)));
  }

  @Test
  void a_ticket_is_the_mac_that_the_contract_says() {
    // python3: base64url(hmac_sha256(b"link", b"read\n" + cid))
    assertEquals(
        "WZhE-eHxKm5okkuTwlWKrCOA6lidBjJX09B5Ln6cOMk",
        Ticket.issue(
            "link", Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")));
  }

  private static HeaderLines silent() {
    return line(List.of());
  }

  private static HeaderLines bearer(String token) {
    return line(List.of("Bearer " + token));
  }

  private static HeaderLines line(List<String> authorization) {
    return name -> name.equals("Authorization") ? authorization : List.of();
  }

  private static BindRule.Listen at(String place) {
    return new BindRule.Listen("listen", ListenAddress.parse(place));
  }
}
