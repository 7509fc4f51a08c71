package dev.limpet.protocol.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptVerifier.Trust;
import dev.limpet.protocol.receipt.Verification.Check;
import dev.limpet.protocol.receipt.Verification.Result;
import dev.limpet.protocol.receipt.Verification.Step;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.TlogProof;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReceiptVerifierTest {
  private static final Instant NOW = ReceiptSamples.STARTED.plus(Duration.ofHours(1));
  private static final Trust ANY = new Trust(null, null);

  private final NodeIdentity node = NodeIdentity.generate();
  private final NodeIdentity operator = NodeIdentity.generate();
  private final byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
  private final ReceiptFile file = ReceiptSamples.file(node, operator, receipt);

  private static byte[] bytes(ReceiptFile file) {
    return bytes(file.proof());
  }

  private static byte[] bytes(TlogProof proof) {
    return proof.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Verification verify(byte[] file) {
    return ReceiptVerifier.verify(file, ANY, NOW);
  }

  private static void red(Step step, Verification verification) {
    List<Step> failed = verification.failed().stream().map(Check::step).toList();
    assertTrue(failed.contains(step), () -> verification.checks().toString());
    assertFalse(verification.isGreen());
  }

  @Test
  void a_good_file_is_green_and_each_step_says_by_whose_key() {
    Verification verification = verify(bytes(file));
    assertTrue(verification.isGreen(), () -> verification.checks().toString());
    assertEquals(List.of(Step.values()), verification.checks().stream().map(Check::step).toList());
    assertTrue(
        verification.checks().stream().allMatch(check -> check.result() == Result.OK),
        () -> verification.checks().toString());
    String all = verification.checks().toString();
    assertTrue(all.contains(node.peerId().toString()) && all.contains(operator.peerId() + ""));
    assertEquals(Receipt.decode(receipt), verification.receipt());
  }

  @Test
  void a_hash_of_memory_of_a_wrong_length_is_red() {
    Receipt hashed = ReceiptSamples.hashed(Receipt.decode(receipt), 3);
    assertTrue(verify(bytes(ReceiptSamples.file(node, operator, hashed.encode()))).isGreen());
    for (int length : new int[] {0, 20, 31, 33, 64}) {
      Map<String, Ipld> map = new HashMap<>(ReceiptReader.map(hashed.encode()));
      map.put("memoryHash", new Ipld.Bytes(new byte[length]));
      byte[] wrong = DagCbor.encode(new Ipld.MapNode(map));
      red(Step.RECEIPT, verify(bytes(ReceiptSamples.file(node, operator, wrong))));
    }
  }

  @Test
  void no_byte_of_a_good_file_can_be_altered() {
    noByteCanBeAltered(bytes(file));
  }

  @Test
  @Tag("long")
  void no_byte_of_a_good_file_with_a_hash_of_memory_can_be_altered() {
    Receipt hashed = ReceiptSamples.hashed(Receipt.decode(receipt), 3);
    noByteCanBeAltered(bytes(ReceiptSamples.file(node, operator, hashed.encode())));
  }

  private static void noByteCanBeAltered(byte[] good) {
    Random random = new Random();
    long seed = random.nextLong();
    System.out.println("seed " + seed);
    random.setSeed(seed);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 + random.nextInt(255));
      Verification verification = verify(bad);
      assertFalse(verification.isGreen(), "byte " + i);
      List<Check> failed = verification.failed();
      assertTrue(mayFail(good, i).contains(failed.getFirst().step()), i + " " + failed);
      assertTrue(failed.stream().noneMatch(check -> check.says().isBlank()), i + " " + failed);
    }
  }

  /** The steps of which the first may fail when that byte is another one: what its line is for. */
  private static Set<Step> mayFail(byte[] file, int at) {
    String before = new String(file, 0, at + 1, StandardCharsets.UTF_8);
    String line = before.substring(before.lastIndexOf('\n', at == 0 ? 0 : before.length() - 2) + 1);
    Set<Step> steps = EnumSet.of(Step.FILE);
    if (line.startsWith("\u2014") || before.endsWith("\ufffd")) { // a signature, and its dash
      steps.addAll(EnumSet.of(Step.CHECKPOINT, Step.WITNESS, Step.TIME));
    } else if (line.startsWith("extra")) {
      steps.addAll(EnumSet.of(Step.RECEIPT, Step.ENROLMENT, Step.NODE, Step.INCLUSION));
    } else if (before.contains("\nindex")) {
      steps.addAll(EnumSet.of(Step.NODE, Step.CHECKPOINT, Step.INCLUSION));
    }
    return steps;
  }

  @Test
  void no_end_of_a_file_can_be_cut_off_and_nothing_put_behind_it() {
    byte[] good = bytes(file);
    int witness = new String(good, StandardCharsets.UTF_8).lastIndexOf('\u2014');
    int withoutWitness =
        new String(good, StandardCharsets.UTF_8)
            .substring(0, witness)
            .getBytes(StandardCharsets.UTF_8)
            .length;
    for (int length = 0; length < good.length; length++) {
      boolean green = verify(Arrays.copyOf(good, length)).isGreen();
      assertEquals(length == withoutWitness, green, "length " + length);
    }
    assertFalse(verify(Arrays.copyOf(good, good.length + 1)).isGreen());
  }

  @Test
  void no_line_of_a_good_file_can_go_come_twice_or_take_the_place_of_another() {
    List<String> good = new String(bytes(file), StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < good.size(); i++) {
      List<String> gone = new ArrayList<>(good);
      String line = gone.remove(i);
      boolean isWitness = i == good.size() - 1;
      assertEquals(isWitness, verify(lines(gone)).isGreen(), "without " + line);
      List<String> twice = new ArrayList<>(good);
      twice.add(i, line);
      assertFalse(verify(lines(twice)).isGreen(), "twice " + line);
      for (int j = 0; j < i; j++) {
        List<String> swapped = new ArrayList<>(good);
        Collections.swap(swapped, i, j);
        boolean isSame = good.get(j).equals(line);
        assertEquals(isSame, verify(lines(swapped)).isGreen(), "lines " + i + " and " + j);
      }
    }
  }

  private static byte[] lines(List<String> lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void an_operator_or_a_node_that_is_not_the_trusted_one_is_red() {
    NodeIdentity other = NodeIdentity.generate();
    byte[] good = bytes(file);
    red(Step.ENROLMENT, ReceiptVerifier.verify(good, new Trust(other.peerId(), null), NOW));
    red(Step.NODE, ReceiptVerifier.verify(good, new Trust(null, other.peerId()), NOW));
    Trust right = new Trust(operator.peerId(), node.peerId());
    assertTrue(ReceiptVerifier.verify(good, right, NOW).isGreen());
  }

  @Test
  void without_an_enrolment_a_file_is_green_only_for_those_who_know_the_node() {
    byte[] alone = bytes(ReceiptSamples.file(node, null, receipt));
    red(Step.ENROLMENT, verify(alone));
    red(
        Step.ENROLMENT,
        ReceiptVerifier.verify(alone, new Trust(operator.peerId(), node.peerId()), NOW));
    assertTrue(ReceiptVerifier.verify(alone, new Trust(null, node.peerId()), NOW).isGreen());
  }

  @Test
  void what_is_well_formed_and_does_not_hold_is_red_with_the_step_that_fails() {
    for (ReceiptForgeries.Forgery forgery : ReceiptForgeries.of(node, operator, receipt)) {
      Verification verification = verify(forgery.file());
      List<Step> failed = verification.failed().stream().map(Check::step).toList();
      assertTrue(
          failed.contains(forgery.step()), () -> forgery.name() + ": " + verification.checks());
    }
  }

  @Test
  void a_file_that_is_older_than_its_clock_is_red_and_one_without_a_witness_is_not() {
    byte[] good = bytes(file);
    red(Step.TIME, ReceiptVerifier.verify(good, ANY, ReceiptSamples.STARTED.minusSeconds(3600)));
    SignedNote note = file.proof().checkpoint();
    SignedNote bare = new SignedNote(note.text(), List.of(note.signatures().getFirst()));
    TlogProof proof = file.proof();
    assertTrue(
        verify(bytes(new TlogProof(proof.extra(), proof.index(), proof.proof(), bare))).isGreen());
  }

  @Test
  void files_that_are_none_are_red_and_never_an_exception() {
    red(Step.FILE, verify(new byte[0]));
    red(Step.FILE, verify(new byte[ReceiptFile.MAX_RECEIPT_FILE_BYTES + 1]));
    String proof = "c2sp.org/tlog-proof@v1\nextra ";
    red(Step.FILE, verify((proof + "A".repeat(200_000)).getBytes(StandardCharsets.UTF_8)));
    red(Step.FILE, verify("{\"receipt\": 1}".getBytes(StandardCharsets.UTF_8)));
    Random random = new Random(42);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(2000)];
      random.nextBytes(noise);
      red(Step.FILE, verify(noise));
    }
  }
}
