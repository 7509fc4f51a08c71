package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.name.NameRecords;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.LimpetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the arguments of commands name: {@code CID}, {@code CID/a/b}, {@code /ipfs/CID/a/b} or
 * {@code /ipns/NAME/a/b}.
 */
final class RpcPaths {
  private static final String NAMES = "/ipns/";
  private static final String NO_PATH = "path does not have enough components";
  private static final Set<String> NAMESPACES = Set.of("ipfs", "ipns", "ipld");

  private final BlockSource data;
  private final ContentPaths paths;
  private final NameRecords names;

  /**
   * Follows paths there.
   *
   * @param names what names of keys stand for
   */
  RpcPaths(BlockSource data, NameRecords names) {
    this.data = data;
    this.paths = new ContentPaths(data);
    this.names = names;
  }

  /**
   * Where a path leads.
   *
   * @throws RpcException when it is none, or a name is not there
   * @throws dev.limpet.content.block.BlockNotFoundException when a block on the way is not here
   */
  ContentPaths.Followed follow(String text) {
    String path = ofUri(text);
    DataRef ref = ref(path.startsWith(NAMES) ? names.resolve(path, true) : path);
    try {
      return paths.follow(ref);
    } catch (PathNotFoundException e) {
      throw RpcException.failed(firstMissing(ref, e));
    }
  }

  /**
   * Refuses a path that leads to nothing that is here.
   *
   * @throws BlockNotFoundException when the block at its end is not here
   */
  void requireHere(String text) {
    Cid cid = follow(text).cid();
    if (data.sizeOf(cid) < 0) {
      throw new BlockNotFoundException(cid);
    }
  }

  /** What the first name of a path stands for, when that is a name of a key. */
  String oneStep(String path) {
    return names.resolve(path, false);
  }

  /** Whether a path begins with the name of a key. */
  static boolean isNamed(String path) {
    return path.startsWith(NAMES);
  }

  /**
   * The path that an IPFS URI means, such as {@code ipfs://CID/a} or {@code ipns:NAME}; what is
   * none stays as it is.
   */
  static String ofUri(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || !NAMESPACES.contains(text.substring(0, colon).toLowerCase(Locale.ROOT))) {
      return text;
    }
    String rest = text.substring(colon + 1);
    String path = rest.startsWith("//") ? rest.substring(2) : rest;
    return "/" + text.substring(0, colon).toLowerCase(Locale.ROOT) + "/" + path;
  }

  /** The last name of a path, or its CID. */
  static String lastName(String text) {
    String whole = ofUri(text);
    String path = whole.endsWith("/") ? whole.substring(0, whole.length() - 1) : whole;
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The block that a path leads to, where it must be one of its own. */
  Cid resolve(String text) {
    ContentPaths.Followed followed = follow(text);
    if (!followed.within().isEmpty()) {
      throw RpcException.failed(
          "path \"" + text + "\" is a place in the block " + followed.cid() + " and no block");
    }
    return followed.cid();
  }

  private String firstMissing(DataRef ref, PathNotFoundException reason) {
    for (int length = 1; length <= ref.path().size(); length++) {
      try {
        ContentPaths.Followed _ = paths.follow(upTo(ref, length));
      } catch (PathNotFoundException e) {
        Cid above = paths.follow(upTo(ref, length - 1)).cid();
        String name = "\"" + ref.path().get(length - 1) + "\"";
        return above.codec() == Multicodec.DAG_PB
            ? "no link named " + name + " under " + above
            : "key not found: " + name;
      }
    }
    return String.valueOf(reason.getMessage());
  }

  private static DataRef upTo(DataRef ref, int length) {
    return new DataRef(ref.root(), ref.path().subList(0, length));
  }

  /**
   * The CID as it stands there and the names below it; empty names are left out, as a slash at the
   * end makes one.
   */
  static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    boolean rooted = text.startsWith("/");
    if (rooted && !names.isEmpty() && List.of("ipfs", "ipld").contains(names.getFirst())) {
      names.removeFirst();
    } else if (rooted && !names.isEmpty()) {
      throw invalid(text, "unknown namespace: \"" + names.getFirst() + "\"");
    }
    if (names.isEmpty()) {
      throw invalid(text, NO_PATH);
    }
    return names;
  }

  /** What a path means. */
  static DataRef ref(String text) {
    List<String> names = names(text);
    try {
      return new DataRef(Cid.parse(names.getFirst()), names.subList(1, names.size()));
    } catch (CidFormatException e) {
      throw invalid(text, text.startsWith("/") ? "invalid cid: " + e.getMessage() : NO_PATH);
    } catch (LimpetException | IllegalArgumentException e) {
      throw invalid(text, String.valueOf(e.getMessage()));
    }
  }

  private static RpcException invalid(String text, String why) {
    return RpcException.failed("invalid path \"" + text + "\": " + why);
  }
}
