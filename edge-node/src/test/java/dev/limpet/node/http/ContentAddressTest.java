package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.RequestTarget;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of IPIP-548, and what else its rules say. */
class ContentAddressTest {
  private static final String ROOT = "bafybeiflhd5aimv4xavauidbetge3v3uadbqfibu5lfo4b26yyieqvnvae";
  private static final String V0 = "QmYzfKSE55XCjD1MW128RfciAf2DViABhEiXfgVFMabSjN";

  private static RequestTarget.Content target(String raw) {
    return (RequestTarget.Content) Paths.parse(raw);
  }

  private static String uri(String below) {
    return ContentAddress.uri(target("/ipfs/" + ROOT + below));
  }

  private static @Nullable String plain(String below) {
    return ContentAddress.plain(target("/ipfs/" + ROOT + below));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "/plain.txt, /plain.txt",
        "/with%20space.txt, /with%20space.txt",
        "/100%25%20sure.txt, /100%25%20sure.txt",
        "/a%23b%3Fc.txt, /a%23b%3Fc.txt",
        "/%c5%82%c3%b3d%c5%ba.txt, /%C5%82%C3%B3d%C5%BA.txt",
        "/emoji%F0%9F%9A%80.txt, /emoji%F0%9F%9A%80.txt",
        "/Portugal%252C+Espa%C3%B1a=x, /Portugal%252C%2BEspa%C3%B1a%3Dx",
        "/sub%20dir/file!'()*%7E%2etxt, /sub%20dir/file%21%27%28%29%2A~.txt",
      })
  void an_address_has_one_spelling_however_it_was_asked_for(String asked, String said) {
    assertEquals("ipfs://" + ROOT + said, uri(asked));
  }

  @Test
  void a_slash_at_the_end_is_kept_and_the_query_is_not() {
    assertEquals("ipfs://" + ROOT, uri(""));
    assertEquals("ipfs://" + ROOT + "/", uri("/"));
    assertEquals("ipfs://" + ROOT + "/a/", uri("/a/?format=car"));
    assertEquals("/ipfs/" + ROOT + "/a/", plain("/a/?filename=x"));
  }

  @Test
  void the_cid_is_of_version_1_in_base32_in_the_uri_and_as_it_is_in_the_plain_path() {
    RequestTarget.Content old = target("/ipfs/" + V0 + "/a");
    assertEquals("ipfs://" + Cid.parse(V0).toV1() + "/a", ContentAddress.uri(old));
    assertEquals("/ipfs/" + V0 + "/a", ContentAddress.plain(old));
  }

  @Test
  void the_plain_path_has_names_decoded() {
    assertEquals("/ipfs/" + ROOT + "/a#b?c d.txt", plain("/a%23b%3Fc%20d.txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%C5%82", "/a%0d%0aSet-Cookie:x", "/a%09b", "/%7f", "/a%20"})
  void a_plain_path_that_no_header_can_hold_is_left_out(String below) {
    assertNull(plain(below));
  }
}
