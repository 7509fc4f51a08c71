package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the gateway connects to for nodes, and where not. */
class DialRuleTest {
  private static final DialRule RULE = new DialRule(false);
  private static final Capacity CAPACITY = new Capacity(1 << 30, 1, 1 << 20);

  private static void refused(ErrorCode code, DialRule rule, URI at) {
    LimpetException refused =
        assertThrows(LimpetException.class, () -> rule.resolve(at, false), at.toString());
    assertEquals(code, refused.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:80",
        "http://127.255.0.9:80",
        "http://2130706433:80",
        "http://localhost:80",
        "http://[::1]:80",
        "http://[::ffff:127.0.0.1]:80",
        "http://[::ffff:7f00:1]:80",
        "http://[::127.0.0.1]:80",
        "http://[64:ff9b::127.0.0.1]:80",
        "http://[64:ff9b::a9fe:a9fe]:80",
        "http://[2002:7f00:1::1]:80",
        "http://0.0.0.0:80",
        "http://0.0.0.5:80",
        "http://[::]:80",
        "http://169.254.169.254",
        "http://2852039166",
        "http://[::ffff:169.254.169.254]",
        "http://[fe80::1]:80",
        "http://[fd00:ec2::254]",
        "http://[fd20:ce::254]",
        "http://100.100.100.200",
        "http://192.0.0.192",
        "http://168.63.129.16",
        "http://224.0.0.1:80",
        "http://[ff02::1]:80",
        "http://255.255.255.255:80",
      })
  void local_addresses_are_dialled_only_for_nodes_of_this_machine(String url) {
    URI at = URI.create(url);
    refused(ErrorCode.FORBIDDEN, RULE, at);
    assertNotNull(RULE.resolve(at, true));
    assertNotNull(new DialRule(true).resolve(at, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.2.3", "192.168.1.7", "93.184.216.34", "2001:db8:0:0:0:0:0:7"})
  void other_addresses_are_dialled(String address) {
    String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
    URI at = URI.create("http://" + host + ":8641");
    assertEquals(address, RULE.resolve(at, false).getHostAddress());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0177.0.0.1", "0x7f000001"})
  void what_other_programs_read_as_octal_or_hexadecimal_never_becomes_loopback(String host) {
    URI at = URI.create("http://" + host + ":80");
    try {
      // What is dialled is the address as Java reads it, not the text.
      assertEquals("177.0.0.1", RULE.resolve(at, false).getHostAddress());
    } catch (LimpetException e) {
      assertEquals(ErrorCode.BAD_REQUEST, e.code());
    }
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0"})
  void a_name_is_refused_when_any_of_its_addresses_is_local(String local) {
    URI at = URI.create("http://node.example:80");
    refused(
        ErrorCode.FORBIDDEN,
        new DialRule(false, _ -> new InetAddress[] {address("93.184.216.34"), address(local)}),
        at);
    refused(ErrorCode.FORBIDDEN, new DialRule(false, _ -> new InetAddress[] {address(local)}), at);
  }

  @Test
  void a_name_without_an_address_is_refused() {
    DialRule none =
        new DialRule(
            false,
            host -> {
              throw new UnknownHostException(host);
            });
    refused(ErrorCode.BAD_REQUEST, none, URI.create("http://nowhere.example"));
  }

  @Test
  void a_name_that_changes_its_mind_after_the_join_is_not_asked_again(@TempDir Path dir) {
    URI at = URI.create("http://rebind.example:8641");
    Deque<InetAddress> answers = new ArrayDeque<>();
    answers.add(address("93.184.216.34"));
    answers.add(address("127.0.0.1"));
    DialRule rule = new DialRule(false, _ -> new InetAddress[] {answers.removeFirst()});
    try (FakeNodes nodes = new FakeNodes(dir, 1000)) {
      nodes.dial(rule, at);
      NodeIdentity identity = nodes.identity("shed");
      String nonce = nodes.registry.challenge().nonce();
      nodes.registry.join(nodes.claim("shed", identity, nonce, CAPACITY), false);
      KnownNode node = nodes.registry.find("shed");
      assertNotNull(node);
      NodeLink link = node.link();
      assertNotNull(link);
      // A literal: whoever connects to it asks no name server.
      assertEquals("http://rebind.example:8641 at 93.184.216.34", link.address().toString());
      assertEquals(1, answers.size());

      String again = nodes.registry.challenge().nonce();
      LimpetException refused =
          assertThrows(
              LimpetException.class,
              () -> nodes.registry.join(nodes.claim("shed", identity, again, CAPACITY), false));
      assertEquals(ErrorCode.FORBIDDEN, refused.code());
      assertTrue(refused.problem().detail().contains("127.0.0.1"));
      assertEquals(List.of(), List.copyOf(answers));
    }
  }
}
