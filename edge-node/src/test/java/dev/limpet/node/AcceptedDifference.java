package dev.limpet.node;

import dev.limpet.testkit.wire.WireAnswer;
import org.jspecify.annotations.Nullable;

/** Where a node answers otherwise than Kubo on purpose, each with its reason. */
enum AcceptedDifference {
  HTML_WITH_CHARSET("pages of ours, and files that are text, name their character set") {
    @Override
    boolean explains(Case c) {
      return c.is("Content-Type")
          && c.ours.header(c.aspect).equals(c.kubo.header(c.aspect) + "; charset=utf-8");
    }
  },
  HEAD_LIKE_GET("HEAD of a page has the headers that GET has (RFC 9110, section 9.3.2)") {
    @Override
    boolean explains(Case c) {
      return c.question.method().equals("HEAD")
          && c.kubo.header("Etag").isEmpty()
          && c.ours.header("Etag").contains("Index");
    }
  },
  WEIGHTS("of media types in Accept the one with the greatest weight counts, not the first") {
    @Override
    boolean explains(Case c) {
      return c.question.has("Accept: application/vnd.ipld.raw;q=0.1");
    }
  },
  JSON_LISTING("a directory as JSON is its list, which users of nodes have") {
    @Override
    boolean explains(Case c) {
      return (c.question.has("Accept: application/json") || c.question.asksFor("format=json"))
          && c.ours.header("Content-Type").equals("application/json");
    }
  },
  ASCII_HEADERS("header fields are ASCII: a URL in them is percent-encoded as in the request") {
    @Override
    boolean explains(Case c) {
      return c.is("Content-Location") && c.ours.header(c.aspect).contains("%");
    }
  },
  NO_PLAIN_PATH("a path that no header can hold is said by Ipfs-Uri alone (IPIP-548)") {
    @Override
    boolean explains(Case c) {
      return c.is("X-Ipfs-Path")
          && c.ours.header(c.aspect).isEmpty()
          && c.ours.header("Ipfs-Uri").contains("%");
    }
  },
  PAGE_TAG("a 304 has the tag and the age of the page, which is what has not changed") {
    @Override
    boolean explains(Case c) {
      return c.status(304, 304) && c.ours.header("Etag").contains("Index");
    }
  },
  ABSENT_IS_404("a name that is not there is 404 for CARs too; Kubo sends the blocks on the way") {
    @Override
    boolean explains(Case c) {
      return c.status(200, 404)
          && (c.question.asksFor("no-such-name")
              || c.question.target().startsWith(GatewayQuestions.ABSENT));
    }
  },
  SLASH_BEHIND_FILE("a path with a slash at its end names a directory and nothing else") {
    @Override
    boolean explains(Case c) {
      return c.question.target().split("\\?", 2)[0].endsWith("/")
          && c.ours.status() == 404
          && c.kubo.status() < 400;
    }
  },
  MALFORMED_RANGE("a Range that is malformed is ignored (RFC 9110, section 14.2)") {
    @Override
    boolean explains(Case c) {
      return c.status(400, 200) && c.question.has("Range: ");
    }
  },
  EMPTY_RANGE("the last 0 bytes cannot be had (RFC 9110, section 14.1.1)") {
    @Override
    boolean explains(Case c) {
      return c.status(206, 416) && c.question.has("Range: bytes=-0");
    }
  },
  LONG_SUFFIX("a suffix longer than the file is all of it (RFC 9110); Kubo answers 500") {
    @Override
    boolean explains(Case c) {
      return c.status(500, 206) && c.question.has("Range: bytes=-100000");
    }
  },
  NO_TREE("a document has no tar file: 406, where Kubo answers 500") {
    @Override
    boolean explains(Case c) {
      return c.status(500, 406) && c.question.toString().contains("tar");
    }
  },
  MISMATCH_IS_406(
      "another form than the document has is 406 (IPIP-524); for json and cbor Kubo says 400") {
    @Override
    boolean explains(Case c) {
      return c.status(400, 406);
    }
  },
  DOCUMENT_PAGE("the page of a document is made otherwise") {
    @Override
    boolean explains(Case c) {
      return c.is("body") && c.ours.header("Etag").contains("DagIndex");
    }
  },
  TAR_BREAKS_NOT("what cannot be a tar file is 400 before the first byte; Kubo breaks off") {
    @Override
    boolean explains(Case c) {
      return c.status(200, 400) && c.question.toString().contains("tar");
    }
  },
  MISSING_BLOCK(
      "a file that lacks a block: what can be had is answered, else 404; Kubo answers 500") {
    @Override
    boolean explains(Case c) {
      return c.question.target().startsWith(LACKING)
          && (c.kubo.status() == 500 || c.ours.status() == 404 || c.is("Content-Type"));
    }
  },
  NEVER_CUT_SILENTLY("a CAR that lacks a block is 404; Kubo ends it well with a text in it") {
    @Override
    boolean explains(Case c) {
      return c.question.target().startsWith(LACKING) && c.question.toString().contains("car");
    }
  },
  ENTITY_BYTES_MEAN_ENTITY(
      "entity-bytes imply dag-scope=entity (trustless gateway); Kubo sends everything") {
    @Override
    boolean explains(Case c) {
      return c.is("body") && c.question.target().endsWith("?format=car&entity-bytes=0:10");
    }
  },
  RANGE_BEFORE_START(
      "entity-bytes that end before the file begins name no bytes; Kubo breaks off") {
    @Override
    boolean explains(Case c) {
      return c.is("body") && c.kubo.text().contains("CAR stream truncated");
    }
  },
  NAMES_NO_PATH_HAS("a name that no path can lead to is shown and not linked, but for its CID") {
    @Override
    boolean explains(Case c) {
      return c.is("body")
          && c.ours.header("Etag").contains("DirIndex")
          && c.kubo.text().contains("../");
    }
  },
  PATH_ENDS_ONCE("the document within which a path ends comes once, also where repeats are taken") {
    @Override
    boolean explains(Case c) {
      return c.is("body")
          && c.question.toString().contains("dups=y")
          && c.kubo.header("X-Ipfs-Roots").matches(".*(ba[a-z0-9]+),\\1");
    }
  },
  PLACE_IN_DOCUMENT("what cannot be answered has no tag that could match") {
    @Override
    boolean explains(Case c) {
      return c.status(304, 501);
    }
  },
  DOWNLOAD_WITHOUT_NAME("download=true makes an attachment also without filename") {
    @Override
    boolean explains(Case c) {
      return c.is("Content-Disposition")
          && c.question.target().endsWith("?download=true")
          && c.kubo.header(c.aspect).isEmpty();
    }
  };

  /** One aspect in which two answers differ. */
  record Case(GatewayQuestion question, String aspect, WireAnswer kubo, WireAnswer ours) {
    boolean is(String name) {
      return aspect.equals(name);
    }

    /** What many cases have in common. */
    String kind() {
      String shown = aspect + ": " + shown(kubo) + " / " + shown(ours);
      return shown
          .replaceAll("(ba[a-z0-9]{40,}|Qm[A-Za-z0-9]{44})", "CID")
          .replaceAll("[0-9]+ bytes", "N bytes")
          .replaceAll("/ipfs/[^?\\]]*", "PATH")
          .replaceAll("CID_[^\"]*\"", "CID_NAME")
          .replaceAll("UTF-8''[^ ]*", "")
          .replaceAll("(CID,)+", "CID,");
    }

    @Override
    public String toString() {
      return question
          + "\n    "
          + aspect
          + ": "
          + shown(kubo)
          + " / "
          + shown(ours)
          + (ours.status() < 400 ? "" : " " + ours.text());
    }

    private String shown(WireAnswer answer) {
      return switch (aspect) {
        case "status" -> Integer.toString(answer.status());
        case "body" -> answer.bytes().length + " bytes";
        case "cut" -> Boolean.toString(answer.cut());
        default -> answer.head().headers(aspect).toString();
      };
    }

    boolean status(int theirs, int own) {
      return kubo.status() == theirs && ours.status() == own;
    }
  }

  /** The fixture of which one block is left out. */
  private static final String LACKING = "QmYhmPjhFjYFyaoiuNzYv8WGavpSRDwdHWe5B4M5du5Rtk";

  private final String reason;

  AcceptedDifference(String reason) {
    this.reason = reason;
  }

  String reason() {
    return reason;
  }

  /** The one that explains a difference, or null. */
  static @Nullable AcceptedDifference of(Case c) {
    for (AcceptedDifference known : values()) {
      if (known.explains(c)) {
        return known;
      }
    }
    return null;
  }

  abstract boolean explains(Case c);
}
