package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.node.store.LocalBlocks;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code GET|HEAD /ipfs/{cid}[/{path}]}: data that is here, as a file, a directory's page, a block,
 * or a CAR. Nothing is fetched from anywhere. The last segment of the path says what type a file
 * has.
 */
public final class DataResource implements Resource {
  private static final List<String> KNOWN =
      List.of(DataFormat.PARAMETER, Paging.LIMIT, Paging.CURSOR);

  private static final HeaderName ROOTS = HeaderNames.create("X-Ipfs-Roots");
  private static final String CAR_TYPE = DagsResource.CAR + "; version=1; order=dfs; dups=n";
  private static final String FOREVER = "max-age=29030400, immutable";
  private static final int BUFFER_BYTES = 64 << 10;

  private final NodeStore store;
  private final LocalBlocks data;
  private final UnixFsReader reader;
  private final ContentPaths paths;
  private final FileAnswer files;
  private final boolean isPublic;

  /**
   * Serves what is here.
   *
   * @param isPublic whether everybody may read it, so that shared caches may keep it
   */
  public DataResource(NodeStore store, boolean isPublic) {
    this.store = store;
    this.data = store.data();
    this.reader = new UnixFsReader(data);
    this.paths = new ContentPaths(data);
    this.files = new FileAnswer(reader);
    this.isPublic = isPublic;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Content;
  }

  @Override
  public Need need() {
    return Need.READ;
  }

  /** One request: what is asked for, and where its path leads. */
  private record Asked(Exchange exchange, RequestTarget.Content target, Cid cid) {}

  @Override
  public void handle(Exchange exchange) throws IOException {
    exchange.allow("GET", "HEAD");
    if (!(exchange.target() instanceof RequestTarget.Content target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    target.query().onlyKnown(KNOWN);
    FixedHeaders.CONTENT.setOn(exchange);
    if (isPublic) {
      exchange.remove(HeaderNames.create("Cross-Origin-Resource-Policy"));
    }
    DataFormat format = DataFormat.of(target.query(), exchange.joined(HeaderNames.ACCEPT));
    Asked asked = new Asked(exchange, target, paths.resolve(target.data()));
    exchange.set(HeaderNames.VARY, "Accept");
    switch (format) {
      case RAW -> raw(asked);
      case CAR -> car(asked);
      case PLAIN, JSON -> plain(asked, format);
    }
  }

  private void cached(Asked asked, String etag) {
    asked.exchange().set(HeaderNames.ETAG, etag);
    asked
        .exchange()
        .set(HeaderNames.CACHE_CONTROL, (isPublic ? "public, " : "private, ") + FOREVER);
  }

  /** Whether the caller has it already and got 304; an answer is the same as long as its CID is. */
  private boolean isUnchanged(Asked asked, String etag) {
    cached(asked, etag);
    boolean known =
        asked
            .exchange()
            .joined(HeaderNames.IF_NONE_MATCH)
            .filter(tags -> names(tags, etag))
            .isPresent();
    if (known) {
      asked.exchange().answerEmpty(304);
    }
    return known;
  }

  private static boolean names(String tags, String etag) {
    for (String part : tags.split(",", -1)) {
      String tag = part.strip();
      if (tag.equals("*") || weak(tag).equals(weak(etag))) {
        return true;
      }
    }
    return false;
  }

  private static String weak(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  private void raw(Asked asked) {
    Exchange exchange = asked.exchange();
    long size = data.sizeOf(asked.cid());
    if (size < 0) {
      throw new BlockNotFoundException(asked.cid());
    }
    if (isUnchanged(asked, "\"" + asked.cid() + ".raw\"")) {
      return;
    }
    disposition(asked, "bin");
    exchange.set(HeaderNames.CONTENT_TYPE, DataFormat.RAW_TYPE);
    if (exchange.isHead()) {
      exchange.answerHead(200, size);
    } else {
      exchange.answer(200, DataFormat.RAW_TYPE, data.require(asked.cid()));
    }
  }

  private static void disposition(Asked asked, String end) {
    asked
        .exchange()
        .set(
            HeaderNames.CONTENT_DISPOSITION,
            "attachment; filename=\"" + asked.cid() + "." + end + "\"");
  }

  private void car(Asked asked) throws IOException {
    Exchange exchange = asked.exchange();
    if (!store.isWhole(asked.cid())) {
      throw new LimpetException(
          ErrorCode.DATA_NOT_FOUND, "this node does not have all of " + asked.cid());
    }
    if (isUnchanged(asked, "W/\"" + asked.cid() + ".car\"")) {
      return;
    }
    DataRef ref = asked.target().data();
    exchange.set(ROOTS, roots(ref));
    exchange.set(HeaderNames.CONTENT_TYPE, CAR_TYPE);
    exchange.set(HeaderNames.ACCEPT_RANGES, "none");
    disposition(asked, "car");
    if (exchange.isHead()) {
      exchange.answerHead(200, -1);
      return;
    }
    OutputStream out = new BufferedOutputStream(exchange.stream(200, -1), BUFFER_BYTES);
    if (ref.path().isEmpty()) {
      CarExport.write(data, asked.cid(), out);
    } else {
      CarExport.write(data, new ContentPath(ref.root(), ref.path()), asked.cid(), out);
    }
    out.close(); // only now: a CAR that broke off must not end cleanly
  }

  /** The CIDs along the path, the root first. */
  private String roots(DataRef ref) {
    List<String> roots = new ArrayList<>();
    for (int names = 0; names <= ref.path().size(); names++) {
      roots.add(paths.resolve(new DataRef(ref.root(), ref.path().subList(0, names))).toString());
    }
    return String.join(",", roots);
  }

  private void plain(Asked asked, DataFormat format) throws IOException {
    Cid cid = asked.cid();
    if (cid.codec() != Multicodec.RAW && cid.codec() != Multicodec.DAG_PB) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED,
          cid + " is no file or directory; ask for its block with format=raw");
    }
    switch (reader.entry(cid)) {
      case UnixFsFile file -> {
        refuseSlash(asked);
        if (!isUnchanged(asked, "\"" + cid + "\"")) {
          files.answer(asked.exchange(), file, lastName(asked));
        }
      }
      case UnixFsSymlink link -> {
        refuseSlash(asked);
        if (!isUnchanged(asked, "\"" + cid + "\"")) {
          byte[] bytes = link.target().getBytes(StandardCharsets.UTF_8);
          asked.exchange().answer(200, "inode/symlink", bytes);
        }
      }
      case UnixFsDirectory directory -> directory(asked, directory, format);
    }
  }

  private static String lastName(Asked asked) {
    List<String> path = asked.target().data().path();
    return path.isEmpty() ? "" : path.getLast();
  }

  private static void refuseSlash(Asked asked) {
    if (asked.target().directory()) {
      throw new LimpetException(
          ErrorCode.DATA_NOT_FOUND,
          "this is a file, no directory; its path has no slash at the end");
    }
  }

  private void directory(Asked asked, UnixFsDirectory directory, DataFormat format) {
    Exchange exchange = asked.exchange();
    if (!asked.target().directory() && format != DataFormat.JSON) {
      String raw = exchange.rawTarget();
      int query = raw.indexOf('?');
      String path = query < 0 ? raw : raw.substring(0, query);
      exchange.set(HeaderNames.LOCATION, path + "/" + (query < 0 ? "" : raw.substring(query)));
      exchange.answerEmpty(301);
      return;
    }
    Paging paging = Paging.of(asked.target().query(), DirectoryAnswer.MAX_ENTRIES);
    String etag = "W/\"" + directory.cid() + ".json\"";
    if (!isUnchanged(asked, etag)) {
      DirectoryAnswer.answer(exchange, reader, directory, paging);
    }
  }
}
