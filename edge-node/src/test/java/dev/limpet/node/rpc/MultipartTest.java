package dev.limpet.node.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MultipartTest {
  private static final String HEAD =
      "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A stream that gives as little at a time as it likes. */
  private static InputStream dripping(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(7)));
      }
    };
  }

  private static List<byte[]> read(InputStream in, String boundary) throws IOException {
    Multipart multipart = new Multipart(in, boundary);
    List<byte[]> bodies = new ArrayList<>();
    for (Part part = multipart.next(); part != null; part = multipart.next()) {
      bodies.add(part.body().readAllBytes());
    }
    assertNull(multipart.next());
    return bodies;
  }

  private static Part only(String head) throws IOException {
    Part part =
        new Multipart(
                new ByteArrayInputStream(latin1("--b\r\n" + head + "\r\n\r\nx\r\n--b--\r\n")), "b")
            .next();
    assertNotNull(part);
    return part;
  }

  private static RpcException refused(String body) {
    return assertThrows(
        RpcException.class, () -> read(new ByteArrayInputStream(latin1(body)), "b"));
  }

  @Test
  void parts_come_out_as_they_went_in_however_they_are_cut_on_the_way() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      String boundary = "b".repeat(1 + random.nextInt(3)) + (random.nextBoolean() ? "-x" : "");
      List<byte[]> parts = new ArrayList<>();
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(latin1(random.nextBoolean() ? "a preamble\r\n" : ""));
      for (int i = random.nextInt(4); i >= 0; i--) {
        byte[] part = nearlyBoundaries(boundary, random);
        parts.add(part);
        whole.writeBytes(
            latin1("--" + boundary + (random.nextBoolean() ? " \t" : "") + "\r\n" + HEAD));
        whole.writeBytes(part);
        whole.writeBytes(latin1("\r\n"));
      }
      whole.writeBytes(latin1("--" + boundary + "--\r\nan epilogue"));
      List<byte[]> read = read(dripping(whole.toByteArray(), random), boundary);
      assertEquals(parts.size(), read.size(), "seed " + seed);
      for (int i = 0; i < parts.size(); i++) {
        assertArrayEquals(parts.get(i), read.get(i), "seed " + seed);
      }
    }
  }

  /** What looks like a delimiter up to its last byte, over and over. */
  private static byte[] nearlyBoundaries(String boundary, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String delimiter = "\r\n--" + boundary;
    for (int i = random.nextInt(12); i > 0; i--) {
      out.writeBytes(latin1(delimiter.substring(0, random.nextInt(delimiter.length()))));
      out.writeBytes(latin1("#".repeat(random.nextInt(3))));
    }
    return out.toByteArray();
  }

  @Test
  void a_part_larger_than_the_buffer_streams_through() throws IOException {
    byte[] large = new byte[700_001];
    new Random(7).nextBytes(large);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(latin1("--b\r\n" + HEAD));
    whole.writeBytes(large);
    whole.writeBytes(latin1("\r\n--b--\r\n"));
    byte[] read = read(new ByteArrayInputStream(whole.toByteArray()), "b").getFirst();
    assertArrayEquals(large, read);
  }

  @Test
  void what_was_not_read_of_a_part_is_passed_over() throws IOException {
    Multipart multipart =
        new Multipart(
            new ByteArrayInputStream(
                latin1("--b\r\n" + HEAD + "first\r\n--b\r\n" + HEAD + "second\r\n--b--")),
            "b");
    Part first = multipart.next();
    assertNotNull(first);
    assertEquals('f', first.body().read());
    Part second = multipart.next();
    assertNotNull(second);
    assertEquals("second", new String(second.body().readAllBytes(), StandardCharsets.US_ASCII));
    assertThrows(IllegalStateException.class, () -> first.body().read());
  }

  @Test
  void bodies_that_break_off_or_are_no_multipart_are_refused() {
    assertTrue(refused("").text().contains("unexpected EOF"));
    assertTrue(refused("no boundary at all").text().contains("unexpected EOF"));
    assertTrue(refused("--b\r\n" + HEAD + "cut").text().contains("unexpected EOF"));
    assertTrue(refused("--bx\r\n" + HEAD + "x\r\n--b--").text().contains("no line break"));
    assertTrue(refused("--b\r\nno colon\r\n\r\nx\r\n--b--").text().contains("MIME header"));
    assertTrue(refused("--b\r\n folded: x\r\n\r\nx\r\n--b--").text().contains("MIME header"));
    assertTrue(refused("--b" + " ".repeat(200) + "\r\n\r\nx").text().contains("blanks"));
    assertTrue(refused("--b--" + "x".repeat(400_000)).text().contains("behind the last"));
    String long1 = "x: " + "y".repeat(Multipart.MAX_PART_HEAD_BYTES) + "\r\n\r\n";
    assertTrue(refused("--b\r\n" + long1).text().contains("head of a part"));
    String many = "x: y\r\n".repeat(Multipart.MAX_PART_HEAD_BYTES / 5);
    assertTrue(refused("--b\r\n" + many + "\r\n").text().contains("head of a part"));
  }

  @Test
  void bytes_that_were_changed_anywhere_never_do_more_than_refuse() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] well =
        latin1(
            "--b\r\n"
                + HEAD
                + "first\r\n"
                + "--b\r\n"
                + "Content-Type: application/symlink\r\n"
                + "Content-Disposition: form-data; name=\"file?mode=0644&mtime=1\";"
                + " filename=\"x%2Fy\"\r\n\r\n"
                + "target\r\n"
                + "--b--\r\n");
    for (int round = 0; round < 2000; round++) {
      byte[] hostile = Arrays.copyOf(well, 1 + random.nextInt(well.length));
      for (int i = random.nextInt(4); i > 0; i--) {
        hostile[random.nextInt(hostile.length)] = (byte) random.nextInt(256);
      }
      try {
        walk(new Multipart(dripping(hostile, random), "b"));
      } catch (RpcException e) {
        assertTrue(e.status() == 500 || e.status() == 400, "seed " + seed);
      }
    }
  }

  private static void walk(Multipart multipart) throws IOException {
    for (Part part = multipart.next(); part != null; part = multipart.next()) {
      for (String name : part.path()) {
        assertTrue(!name.isEmpty() && !name.equals("..") && name.indexOf('/') < 0);
      }
      assertTrue(part.mode() >= -1 && part.mode() <= 07777);
      @Nullable Object _ = part.mtime();
      byte[] _ = part.kind() == Part.Kind.SYMLINK ? part.target() : part.body().readAllBytes();
    }
  }

  @Test
  void names_are_read_in_all_the_forms_that_clients_send() throws IOException {
    String form = "Content-Disposition: form-data; name=\"file\"; filename=";
    assertEquals(List.of("dir", "a b.txt"), only(form + "\"dir%2Fa+b.txt\"").path());
    assertEquals(List.of("a", "b", "c.txt"), only(form + "a/b/c.txt").path());
    assertEquals(List.of("etc", "x"), only(form + "\"../../etc/x\"").path());
    assertEquals(List.of("b"), only(form + "\"/a/.././b\"").path());
    assertEquals(List.of("a\"b"), only(form + "\"a\\\"b\"").path());
    assertEquals(List.of("100% sure"), only(form + "\"100% sure\"").path());
    assertEquals(List.of(), only("Content-Disposition: form-data; name=\"file\"").path());
    assertEquals(List.of("x.txt"), only("Content-Disposition: file; filename=\"x.txt\";").path());
    assertEquals(List.of(), only("Content-Transfer-Encoding: binary").path());
    assertEquals(List.of("f;g"), only(form + "\"f;g\"; x=y").path());
    RpcException deep =
        assertThrows(RpcException.class, () -> only(form + "a/".repeat(300)).path());
    assertTrue(deep.text().contains("256 directories"));
    RpcException nul = assertThrows(RpcException.class, () -> only(form + "\"a%00b\"").path());
    assertTrue(nul.text().contains("NUL"));
    RpcException large =
        assertThrows(RpcException.class, () -> only(form + "x".repeat(5000)).path());
    assertTrue(large.text().contains("4096"));
  }

  @Test
  void modes_and_times_stand_in_the_names_of_the_form() throws IOException {
    String form = "Content-Disposition: form-data; name=\"file?mode=%s&mtime=%s&mtime-nsecs=5\"";
    Part part = only(form.formatted("020000000755", "-7"));
    assertEquals(0755, part.mode());
    assertEquals("1969-12-31T23:59:53.000000005Z", String.valueOf(part.mtime()));
    assertEquals(-1, only("Content-Disposition: form-data; name=\"file\"").mode());
    assertNull(only("Content-Disposition: form-data; name=\"file\"").mtime());
    Part wrong = only(form.formatted("9", "99999999999999999999"));
    assertThrows(RpcException.class, wrong::mode);
    assertThrows(RpcException.class, wrong::mtime);
  }

  @Test
  void only_types_with_a_boundary_that_can_be_are_multipart() {
    assertEquals("b", Multipart.boundary("multipart/form-data; boundary=b"));
    assertEquals("a b", Multipart.boundary("Multipart/Mixed; x=y; Boundary=\"a b\";"));
    assertEquals("", Multipart.boundary("multipart/form-data"));
    assertEquals("", Multipart.boundary("text/plain; boundary=b"));
    assertEquals("", Multipart.boundary("multipart/form-data; boundary=" + "b".repeat(71)));
    assertEquals("", Multipart.boundary("multipart/form-data; boundary=\"\u00e4\""));
  }
}
