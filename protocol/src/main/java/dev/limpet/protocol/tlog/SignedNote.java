package dev.limpet.protocol.tlog;

import dev.limpet.protocol.NodeIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Text and who signed it (C2SP signed-note). What it says counts only as far as {@link #isSignedBy}
 * says so.
 *
 * @param text ends with a newline
 * @param signatures at least one
 */
public record SignedNote(String text, List<NoteSignature> signatures) {
  /** Signatures of one note; the specification wants at least 16. */
  public static final int MAX_NOTE_SIGNATURES = 32;

  /** Largest note. */
  public static final int MAX_NOTE_CHARS = 64 << 10;

  /** Checks the parts. */
  public SignedNote {
    if (!text.endsWith("\n") || text.length() > MAX_NOTE_CHARS) {
      throw new IllegalArgumentException("the text of a note ends with a newline");
    }
    if (text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new IllegalArgumentException("a note has no control characters");
    }
    signatures = List.copyOf(signatures);
    if (signatures.isEmpty() || signatures.size() > MAX_NOTE_SIGNATURES) {
      throw new IllegalArgumentException(
          "a note has 1 to " + MAX_NOTE_SIGNATURES + " signatures, not " + signatures.size());
    }
  }

  /** Signs a text. */
  public static SignedNote sign(String text, String keyName, NodeIdentity signer) {
    NoteKey key = new NoteKey(keyName, NoteKey.Kind.ED25519, signer.peerId());
    byte[] signature = signer.sign(text.getBytes(StandardCharsets.UTF_8));
    return new SignedNote(text, List.of(NoteSignature.of(key, signature)));
  }

  /**
   * Reads a note.
   *
   * @throws IllegalArgumentException when it is none, or could be written in another way
   */
  public static SignedNote parse(String note) {
    if (note.length() > MAX_NOTE_CHARS) {
      throw new IllegalArgumentException("longer than a note may be");
    }
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0 || !note.endsWith("\n")) {
      throw new IllegalArgumentException("a note is text, an empty line, and signatures");
    }
    List<NoteSignature> signatures = new ArrayList<>();
    String below = note.substring(blank + 2);
    for (String line : below.split("\n", MAX_NOTE_SIGNATURES + 2)) {
      if (!line.isEmpty()) {
        signatures.add(NoteSignature.parse(line));
      }
    }
    SignedNote read = new SignedNote(note.substring(0, blank + 1), signatures);
    if (!read.toString().equals(note)) {
      throw new IllegalArgumentException("this note could be written in another way");
    }
    return read;
  }

  /** Whether one of the signatures is by this key, over this text. */
  public boolean isSignedBy(NoteKey key) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    return signatures.stream().anyMatch(signature -> key.signed(message, signature));
  }

  /**
   * The same with the signature by this key alone.
   *
   * @throws IllegalArgumentException when it has none
   */
  public SignedNote signedOnlyBy(NoteKey key) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    return signatures.stream()
        .filter(signature -> key.signed(message, signature))
        .findFirst()
        .map(signature -> new SignedNote(text, List.of(signature)))
        .orElseThrow(() -> new IllegalArgumentException("that key did not sign this note"));
  }

  /** The same with one more signature. */
  public SignedNote with(NoteSignature more) {
    List<NoteSignature> all = new ArrayList<>(signatures);
    all.add(more);
    return new SignedNote(text, all);
  }

  /** As it is stored and sent. */
  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature).append('\n'));
    return note.toString();
  }
}
