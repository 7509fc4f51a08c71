package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.node.store.LocalBlocks;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.OnlyIfCached;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET|HEAD /ipfs/{cid}[/{path}]}: data that is here, as the specifications of IPFS gateways
 * say: a file, a directory's page, a document, a block, a CAR, or a tar file. Nothing is fetched
 * from anywhere. The last name of the path, or {@code filename}, says what type a file has.
 */
public final class DataResource implements Resource {
  private static final HeaderName RESOURCE_POLICY =
      HeaderNames.create("Cross-Origin-Resource-Policy");
  private static final String INDEX = "index.html";

  private final LocalBlocks data;
  private final UnixFsReader reader;
  private final ContentPaths paths;
  private final FileAnswer files;
  private final DirectoryAnswer directories;
  private final DocumentAnswer documents;
  private final CarAnswer cars;
  private final TarAnswer tars;
  private final boolean isPublic;

  /**
   * Serves what is here.
   *
   * @param isPublic whether everybody may read it, so that shared caches may keep it and pages of
   *     any origin may read it
   */
  public DataResource(NodeStore store, boolean isPublic) {
    this.data = store.data();
    this.reader = new UnixFsReader(data);
    this.paths = new ContentPaths(data);
    this.files = new FileAnswer(reader);
    this.directories = new DirectoryAnswer(reader);
    this.documents = new DocumentAnswer(data);
    this.cars = new CarAnswer(store);
    this.tars = new TarAnswer(store, reader);
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

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (isPublic) {
      exchange.remove(RESOURCE_POLICY);
      PublicPages.allow(exchange);
    }
    if (exchange.method().equals("OPTIONS")) {
      exchange.set(HeaderNames.ALLOW, "GET, HEAD, OPTIONS");
      exchange.remove(HeaderNames.CACHE_CONTROL);
      exchange.answerBytes(200, new byte[0]);
      return;
    }
    exchange.allow("GET", "HEAD");
    if (!(exchange.target() instanceof RequestTarget.Content target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    try {
      answer(exchange, target);
    } catch (BlockNotFoundException e) {
      Asked.DESCRIPTION.forEach(exchange::remove);
      throw onlyIfCached(exchange) ? notCached(e) : e;
    } catch (ContentException | LimpetException e) {
      Asked.DESCRIPTION.forEach(exchange::remove);
      throw e;
    }
  }

  private void answer(Exchange exchange, RequestTarget.Content target) throws IOException {
    FixedHeaders.CONTENT.setOn(exchange);
    HeadLines place = ContentAddress.setOn(exchange, target);
    Wish wish = Wish.of(target.query(), exchange.joined(HeaderNames.ACCEPT));
    if (wish.format() == DataFormat.IPNS_RECORD) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST, "below /ipfs there are no IPNS records: names have them");
    }
    Asked asked = new Asked(exchange, target, wish, paths.follow(target.data()), isPublic);
    asked.describe(place);
    switch (wish.format()) {
      case RAW -> documents.raw(asked);
      case CAR -> cars.answer(asked);
      case TAR -> tars.answer(asked);
      case DAG_JSON, DAG_CBOR -> documents.document(asked);
      case PLAIN, JSON, CBOR, IPNS_RECORD -> plain(asked);
    }
  }

  private static boolean onlyIfCached(Exchange exchange) {
    return OnlyIfCached.isIn(exchange.lines(HeaderNames.CACHE_CONTROL));
  }

  private static LimpetException notCached(BlockNotFoundException e) {
    return new LimpetException(ErrorCode.NOT_CACHED, "not all of it is here: " + e.getMessage(), e);
  }

  private void plain(Asked asked) throws IOException {
    Cid cid = asked.cid();
    if (DataFormat.ofCodec(cid.codec()) != null) {
      documents.document(asked);
      return;
    }
    if (cid.codec() != Multicodec.RAW && cid.codec() != Multicodec.DAG_PB) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED,
          cid + " is no file or directory; ask for its block with format=raw");
    }
    switch (reader.entry(cid)) {
      case UnixFsFile file -> {
        refuseSlash(asked);
        file(asked, file, "\"" + cid + "\"", asked.lastName());
      }
      case UnixFsSymlink link -> {
        refuseSlash(asked);
        String etag = "\"" + cid + "\"";
        if (!asked.isUnchanged(etag)) {
          asked.exchange().set(HeaderNames.CONTENT_TYPE, "inode/symlink");
          byte[] bytes = link.target().getBytes(StandardCharsets.UTF_8);
          BytesAnswer.answer(asked.exchange(), etag, bytes);
        }
      }
      case UnixFsDirectory directory -> directory(asked, directory);
    }
  }

  private void file(Asked asked, UnixFsFile file, String etag, String name) throws IOException {
    if (asked.isUnchanged(etag)) {
      return;
    }
    String filename = asked.filename();
    if (!filename.isEmpty() || asked.query().values(Asked.DOWNLOAD).contains("true")) {
      asked.disposition(true, name.isEmpty() ? file.cid().toString() : name);
    }
    files.answer(asked.exchange(), file, filename.isEmpty() ? name : filename, etag);
  }

  private static void refuseSlash(Asked asked) {
    if (asked.target().directory()) {
      throw new LimpetException(
          ErrorCode.DATA_NOT_FOUND,
          "this is a file, no directory; its path has no slash at the end");
    }
  }

  private void directory(Asked asked, UnixFsDirectory directory) throws IOException {
    if (asked.wish().format() == DataFormat.JSON) {
      directories.json(asked, directory);
      return;
    }
    if (!asked.target().directory()) {
      asked.redirectBelow();
      return;
    }
    DirectoryEntry index = reader.lookup(directory, INDEX);
    UnixFsEntry entry = index == null ? null : reader.entry(index.cid());
    if (entry instanceof UnixFsFile page) {
      file(asked, page, "\"" + directory.cid() + "\"", INDEX);
    } else {
      directories.html(asked, directory);
    }
  }
}
