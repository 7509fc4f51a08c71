package dev.limpet.protocol.receipt;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.NoteKey;
import dev.limpet.protocol.tlog.SignedNote;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An operator says that a key is that of a node it has let in. The statement is a signed note, so
 * that other programs can check it.
 *
 * <pre>{@code
 * limpet.enrolment/v1
 * operator 12D3Koo…
 * node 12D3Koo…
 * name pi-1
 * region eu-west
 * from 2026-11-26T20:00:00Z
 * until 2027-11-26T20:00:00Z
 * }</pre>
 *
 * @param operator whose statement it is
 * @param node the node's key
 * @param name what the node is called
 * @param region what the owner of the node says about its place, or {@code -}; nobody checked it
 * @param from first moment for which the statement is made
 * @param until last one
 */
public record Enrolment(
    PeerId operator, PeerId node, String name, String region, Instant from, Instant until) {
  /** The label of a node that becomes the region. */
  public static final String REGION_LABEL = "region";

  /** Stands for no region. */
  public static final String NO_REGION = "-";

  /** Longest region. */
  public static final int MAX_REGION_CHARS = 256;

  private static final String REGION = "[^\\p{Cntrl}]{1," + MAX_REGION_CHARS + "}";
  private static final Pattern ONE_REGION = Pattern.compile(REGION);

  private static final Pattern TEXT =
      Pattern.compile(
          "limpet\\.enrolment/v1\\noperator ([A-Za-z0-9]{52})\\nnode ([A-Za-z0-9]{52})\\n"
              + "name ([a-z0-9][a-z0-9.-]{0,62})\\nregion ("
              + REGION
              + ")\\n"
              + "from ([0-9TZ:-]{20})\\nuntil ([0-9TZ:-]{20})\\n");

  /** Checks the parts. */
  public Enrolment {
    if (until.isBefore(from)) {
      throw new IllegalArgumentException("an enrolment does not end before it begins");
    }
    if (!isRegion(region)) {
      throw new IllegalArgumentException(
          "a region has 1 to "
              + MAX_REGION_CHARS
              + " characters, no control characters among them");
    }
  }

  /** Whether a region may be said so: in one line of at most {@link #MAX_REGION_CHARS}. */
  public static boolean isRegion(String text) {
    return ONE_REGION.matcher(text).matches();
  }

  /** The name of an operator's key in notes. */
  public static String keyName(PeerId operator) {
    return "limpet.operator/" + operator;
  }

  /** The key that signs such statements. */
  public static NoteKey key(PeerId operator) {
    return new NoteKey(keyName(operator), NoteKey.Kind.ED25519, operator);
  }

  /** The key with which an operator cosigns checkpoints. */
  public static NoteKey cosigningKey(PeerId operator) {
    return Cosignature.key(keyName(operator), operator);
  }

  /** Signs it; the signer must be the operator. */
  public SignedNote sign(NodeIdentity signer) {
    return SignedNote.sign(text(), keyName(operator), signer);
  }

  /**
   * Reads a text, without looking at signatures.
   *
   * @throws IllegalArgumentException when it is none, or could be written in another way
   */
  public static Enrolment parse(String text) {
    Matcher lines = TEXT.matcher(text);
    if (!lines.matches()) {
      throw new IllegalArgumentException("its lines are not those of an enrolment");
    }
    try {
      Enrolment read =
          new Enrolment(
              PeerId.parse(lines.group(1)),
              PeerId.parse(lines.group(2)),
              lines.group(3),
              lines.group(4),
              Instant.parse(lines.group(5)),
              Instant.parse(lines.group(6)));
      if (!read.text().equals(text)) {
        throw new IllegalArgumentException("this enrolment could be written in another way");
      }
      return read;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("from and until are times", e);
    }
  }

  /** Whether that note has the operator's signature, and no other. */
  public boolean isSignedIn(SignedNote note) {
    return note.signatures().size() == 1 && note.isSignedBy(key(operator));
  }

  /** Whether the statement is made for that moment. */
  public boolean covers(Instant moment) {
    return !moment.isBefore(from) && !moment.isAfter(until);
  }

  /** The text that is signed. */
  public String text() {
    return "limpet.enrolment/v1\noperator "
        + operator
        + "\nnode "
        + node
        + "\nname "
        + name
        + "\nregion "
        + region
        + "\nfrom "
        + from
        + "\nuntil "
        + until
        + "\n";
  }
}
