package dev.limpet.protocol.tlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
  /** The example of the documentation of golang.org/x/mod/sumdb/note. */
  private static final String KEY =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  private static final String NOTE =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.

      — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
      """;

  private static final Instant NOW = Instant.parse("2026-11-26T20:00:00Z");

  private static NoteKey peter() {
    byte[] key = Base64.getDecoder().decode(KEY.substring(KEY.lastIndexOf('+') + 1));
    byte[] bare = java.util.Arrays.copyOfRange(key, 1, key.length);
    return new NoteKey("PeterNeumann", NoteKey.Kind.ED25519, PeerId.of(bare));
  }

  @Test
  void the_example_of_the_first_implementation_is_signed_by_its_key() {
    assertEquals(KEY, peter().verifierKey());
    SignedNote note = SignedNote.parse(NOTE);
    assertTrue(note.isSignedBy(peter()));
    assertEquals(NOTE, note.toString());
  }

  @Test
  void another_text_or_another_key_is_not_signed() {
    SignedNote other = SignedNote.parse(NOTE.replace("answer", "Answer"));
    assertFalse(other.isSignedBy(peter()));
    NoteKey stranger =
        new NoteKey("PeterNeumann", NoteKey.Kind.ED25519, NodeIdentity.generate().peerId());
    assertFalse(SignedNote.parse(NOTE).isSignedBy(stranger));
  }

  @Test
  void what_is_signed_here_is_checked_here() {
    NodeIdentity signer = NodeIdentity.generate();
    SignedNote note = SignedNote.sign("text\n\nmore\n", "a/key", signer);
    SignedNote read = SignedNote.parse(note.toString());
    assertEquals(note, read);
    assertTrue(read.isSignedBy(new NoteKey("a/key", NoteKey.Kind.ED25519, signer.peerId())));
    assertFalse(read.isSignedBy(new NoteKey("b/key", NoteKey.Kind.ED25519, signer.peerId())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n- name AAAA\n",
        "text\n\n— name AAAAAAA=\n\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n— name  AAAAAAA=\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAA\n",
        "te\u0007xt\n\n— name AAAAAAA=\n",
        "text\n\n— name AAAAAAA="
      })
  void what_is_no_note_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> SignedNote.parse(text));
  }

  @Test
  void a_note_with_too_many_signatures_is_refused() {
    String line = "— name AAAAAAA=\n";
    SignedNote most = SignedNote.parse("t\n\n" + line.repeat(SignedNote.MAX_NOTE_SIGNATURES));
    assertEquals(SignedNote.MAX_NOTE_SIGNATURES, most.signatures().size());
    String more = "t\n\n" + line.repeat(SignedNote.MAX_NOTE_SIGNATURES + 1);
    assertThrows(IllegalArgumentException.class, () -> SignedNote.parse(more));
    String longer = "t".repeat(SignedNote.MAX_NOTE_CHARS) + "\n\n" + line;
    assertThrows(IllegalArgumentException.class, () -> SignedNote.parse(longer));
  }

  @Test
  void a_checkpoint_is_three_lines_and_nothing_else() {
    Checkpoint checkpoint = new Checkpoint("example.com/log", 5, TreeHash.EMPTY);
    assertEquals(checkpoint, Checkpoint.parse(checkpoint.text()));
    String text = checkpoint.text();
    for (String wrong :
        new String[] {
          text + "more\n",
          text.replace("\n5\n", "\n05\n"),
          text.replace("\n5\n", "\n-5\n"),
          text.replace("\n5\n", "\n9999999999999999999\n"),
          text.replace("=", ""),
          text.replace("example", "exa mple"),
          text.substring(0, text.length() - 1)
        }) {
      assertThrows(IllegalArgumentException.class, () -> Checkpoint.parse(wrong), wrong);
    }
  }

  @Test
  void a_cosignature_holds_for_its_checkpoint_its_key_and_its_time() {
    NodeIdentity witness = NodeIdentity.generate();
    String text = new Checkpoint("example.com/log", 5, TreeHash.EMPTY).text();
    NoteSignature signature = Cosignature.sign(text, "witness.example", witness, NOW);
    NoteKey key = Cosignature.key("witness.example", witness.peerId());
    assertEquals(new Cosignature(key, NOW), Cosignature.read(text, signature, key));
    assertNull(Cosignature.read(text.replace("\n5\n", "\n6\n"), signature, key));
    assertNull(Cosignature.read(text, signature, Cosignature.key("other", witness.peerId())));
    byte[] bytes = signature.signature().toBytes();
    bytes[7] ^= 1; // another second
    NoteSignature later =
        new NoteSignature(
            signature.keyName(), signature.keyId(), dev.limpet.protocol.ByteString.of(bytes));
    assertNull(Cosignature.read(text, later, key));
    assertNotNull(NoteSignature.parse(signature.toString()));
  }

  @Test
  void a_request_to_a_witness_is_read_as_it_was_written() {
    StoredLog log = new StoredLog().add(new byte[1]).add(new byte[2]).add(new byte[3]);
    SignedNote note =
        SignedNote.sign(
            log.checkpoint("example.com/log", 3).text(),
            "example.com/log",
            NodeIdentity.generate());
    WitnessRequest request = new WitnessRequest(2, new TreeProofs(log).consistency(2, 3), note);
    assertEquals(request, WitnessRequest.parse(request.toString()));
    for (String wrong :
        new String[] {"", "old 2\n", "old 02\n\n" + note, "old 2\nAAAA\n\n" + note}) {
      assertThrows(IllegalArgumentException.class, () -> WitnessRequest.parse(wrong), wrong);
    }
  }
}
