package dev.limpet.node;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.DataRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests that follow from the specifications of IPFS gateways, for DAGs of any kind. */
final class GatewayQuestions {
  /** A block that is nowhere. */
  static final String ABSENT = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyka";

  private static final List<String> FORMATS =
      List.of("raw", "car", "tar", "dag-json", "dag-cbor", "json", "cbor", "ipns-record");

  private static final List<String> TYPES =
      List.of(
          "application/vnd.ipld.raw",
          "application/vnd.ipld.car",
          "application/vnd.ipld.car; version=1; order=dfs; dups=y",
          "application/vnd.ipld.car;order=unk;dups=n",
          "application/vnd.ipld.car; version=2",
          "application/vnd.ipld.car; order=sorted",
          "application/vnd.ipld.car; dups=maybe",
          "application/x-tar",
          "application/vnd.ipld.dag-json",
          "application/vnd.ipld.dag-cbor",
          "application/json",
          "application/cbor",
          "application/vnd.ipfs.ipns-record",
          "text/html",
          "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "text/html, application/vnd.ipld.raw",
          "application/vnd.ipld.raw;q=0.1,application/vnd.ipld.car",
          "image/png",
          "*/*");

  private static final List<String> CARS =
      List.of(
          "dag-scope=block",
          "dag-scope=entity",
          "dag-scope=all",
          "dag-scope=everything",
          "car-dups=y",
          "car-dups=n",
          "car-dups=x",
          "car-order=unk",
          "car-order=dfs",
          "car-order=x",
          "car-version=1",
          "car-version=2",
          "dag-scope=entity&car-dups=y",
          "filename=a%20b.car");

  private static final List<String> SPANS =
      List.of(
          "0:*",
          "0:0",
          "0:255",
          "0:1000",
          "255:256",
          "256:*",
          "1000:1100",
          "1024:2047",
          "2200:*",
          "-5:*",
          "-1000:500",
          "0:-1",
          "5:-5",
          "1:5:6",
          "5:1",
          "-1:-5",
          "*:5",
          "x",
          "0:",
          "0:99999999999999999999",
          "5000:6000");

  private static final List<String> RANGES =
      List.of(
          "bytes=0-4",
          "bytes=0-0",
          "bytes=-3",
          "bytes=5-",
          "bytes=0-100000",
          "bytes=100000-",
          "bytes=0-1,3-4",
          "bytes=1-1,3-4,6-",
          "bytes=4-2",
          "lines=1-2",
          "bytes=",
          "bytes=0",
          "bytes=-0",
          "bytes=-100000");

  private final Set<GatewayQuestion> all = new LinkedHashSet<>();
  private final UnixFsReader reader;

  private GatewayQuestions(BlockSource blocks) {
    this.reader = new UnixFsReader(blocks);
  }

  /** Questions about these DAGs. */
  static List<GatewayQuestion> about(List<Cid> roots, BlockSource blocks) {
    GatewayQuestions questions = new GatewayQuestions(blocks);
    for (Cid root : roots) {
      questions.forms(root.toString());
      questions.below(new DataRef(root, List.of()), 3);
    }
    questions.others();
    return new ArrayList<>(questions.all);
  }

  private void ask(String target, String... lines) {
    all.add(GatewayQuestion.get(target, lines));
  }

  private void forms(String path) {
    ask(path);
    ask(path + "/");
    all.add(GatewayQuestion.head(path));
    all.add(GatewayQuestion.head(path + "/"));
    for (String format : FORMATS) {
      ask(path + "?format=" + format);
      all.add(GatewayQuestion.head(path + "?format=" + format));
    }
    for (String type : TYPES) {
      ask(path, "Accept: " + type);
    }
    ask(path + "/", "Accept: text/html");
    for (String car : CARS) {
      ask(path + "?format=car&" + car);
    }
    ask(path + "?format=raw", "Accept: application/vnd.ipld.car");
    ask(path + "?format=car&car-dups=n", "Accept: application/vnd.ipld.car; dups=y; order=unk");
    ask(path + "?format=raw", "Range: bytes=0-9");
    ask(path + "?format=car", "Range: bytes=0-9");
    ask(path + "?format=raw&filename=t%C3%A9st%22.bin");
    ask(path + "?format=raw", "If-None-Match: *");
    ask(path + "?format=car", "If-None-Match: *");
    ask(path + "/", "If-None-Match: *");
    ask(path + "?format=raw", "If-None-Match: W/\"other\", \"another\"");
    ask(path + "?format=raw", "Cache-Control: only-if-cached");
    ask(path + "/no-such-name");
    ask(path + "/no-such-name?format=raw");
    ask(path + "/no-such-name?format=car");
    all.add(new GatewayQuestion("OPTIONS", path, List.of("Origin: https://page.example")));
    all.add(new GatewayQuestion("POST", path, List.of("Content-Length: 0")));
  }

  /** What is in a directory, some of each. */
  private void below(DataRef place, int levels) {
    UnixFsEntry entry = entry(place.root());
    if (entry instanceof UnixFsFile file) {
      file(place.toEncoded(), file);
    }
    if (!(entry instanceof UnixFsDirectory directory)) {
      return;
    }
    walk(place, directory, levels);
  }

  private void walk(DataRef place, UnixFsDirectory directory, int levels) {
    for (DirectoryEntry child : reader.list(directory, null, 6).entries()) {
      if (child.name().contains("/") || child.name().equals("..")) {
        continue;
      }
      List<String> path = new ArrayList<>(place.path());
      path.add(child.name());
      DataRef ref = new DataRef(place.root(), path);
      switch (entry(child.cid())) {
        case UnixFsFile file -> {
          forms(ref.toEncoded());
          file(ref.toEncoded(), file);
          ask(file.cid().toString()); // without a name its bytes say what it is
          ask(file.cid() + "?format=json");
        }
        case UnixFsDirectory below -> {
          forms(ref.toEncoded());
          ask(ref.toEncoded() + "/", "If-None-Match: W/\"" + below.cid() + "\"");
          if (levels > 0) {
            walk(ref, below, levels - 1);
          }
        }
        case null, default -> forms(ref.toEncoded());
      }
    }
  }

  private @Nullable UnixFsEntry entry(Cid cid) {
    try {
      return reader.entry(cid);
    } catch (ContentException e) {
      return null;
    }
  }

  private void file(String path, UnixFsFile file) {
    for (String range : RANGES) {
      ask(path, "Range: " + range);
    }
    all.add(GatewayQuestion.head(path, "Range: bytes=0-4"));
    String tag = "\"" + file.cid() + "\"";
    ask(path, "Range: bytes=0-4", "If-Range: " + tag);
    ask(path, "Range: bytes=0-4", "If-Range: \"other\"");
    ask(path, "If-None-Match: " + tag);
    ask(path, "If-None-Match: W/" + tag);
    ask(path, "If-None-Match: \"x\", " + tag);
    ask(path, "If-None-Match: \"x\"");
    ask(path + "?filename=page.html");
    ask(path + "?filename=picture.png&download=true");
    ask(path + "?download=true");
    for (String span : SPANS) {
      ask(path + "?format=car&dag-scope=entity&entity-bytes=" + span);
    }
    ask(path + "?format=car&entity-bytes=0:10");
  }

  private void others() {
    for (String format : List.of("", "?format=raw", "?format=car", "?format=tar")) {
      ask(ABSENT + format);
      ask(ABSENT + format, "Cache-Control: only-if-cached");
      all.add(GatewayQuestion.head(ABSENT + format));
    }
    for (String identity : List.of("bafkqaaa", "bafkqablimvwgy3y")) {
      forms(identity);
    }
    for (String bad : List.of("foo", "Qmfoo", "bafy", "bafkqaaa%2Fx", "?format=raw")) {
      ask(bad);
    }
    String traversal = "bafyreibs4utpgbn7uqegmd2goqz4bkyflre2ek2iwv743fhvylwi4zeeim";
    String json = "baguqeeram5ujjqrwheyaty3w5gdsmoz6vittchvhk723jjqxk7hakxkd47xq";
    for (String root : List.of(traversal, json)) {
      for (String path : List.of("/foo", "/foo/link", "/foo/link/bar", "/foo/object/banana")) {
        forms(root + path);
      }
    }
    ask(traversal, "Service-Worker: script");
  }
}
