package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells its gateway about itself. Within a session {@code sequence} counts from 1
 * without gaps, so that the gateway notices a lost one and asks for a snapshot ({@code resync}).
 *
 * @param session from the {@link NodeWelcome}
 * @param sequence number of this announcement in its session, from 1
 * @param kind what it says
 * @param last whether a snapshot ends with this page; true for the other kinds
 * @param added what the node has now
 * @param removed what it has no longer
 * @param load how busy it is
 * @param digest the {@link HoldingsDigest} of all that it has, when this announcement leaves
 *     nothing untold; null when something waits, and from nodes that do not say
 */
@Json
public record Announcement(
    String session,
    long sequence,
    AnnouncementKind kind,
    boolean last,
    List<Holding> added,
    List<Cid> removed,
    Load load,
    @Nullable String digest) {
  /** Entries of one page: at about 200 bytes each a page stays below {@link #MAX_JSON_BYTES}. */
  public static final int MAX_HOLDINGS = 2000;

  /** Largest document that a gateway reads. */
  public static final int MAX_JSON_BYTES = 1 << 20;

  /** Checks the parts. */
  public Announcement {
    Wire.text("session", session, NodeWelcome.MAX_SESSION_CHARS);
    Wire.atLeast("sequence", sequence, 1);
    Wire.present("kind", kind);
    added = Wire.list("added", added, MAX_HOLDINGS);
    removed = Wire.list("removed", removed, MAX_HOLDINGS);
    Wire.present("load", load);
    if (digest != null) {
      Wire.text("digest", digest, HoldingsDigest.MAX_DIGEST_CHARS);
    }
  }
}
