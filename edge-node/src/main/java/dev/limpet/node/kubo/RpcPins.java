package dev.limpet.node.kubo;

import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.ipld.Ipld;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The pins of a Kubo, by our own client of its RPC. */
public final class RpcPins extends KuboPins {
  private final KuboClient client;

  /** Pins behind a client. */
  public RpcPins(KuboClient client) {
    this.client = client;
  }

  @Override
  public List<Pinned> list(PinKind kind) throws IOException {
    List<Pinned> pins = new ArrayList<>();
    String type = kind.name().toLowerCase(Locale.ROOT);
    try (KuboAnswer answer = client.call("pin/ls?names=true&stream=true&type=" + type)) {
      Map<String, Ipld> line = answer.next();
      while (line != null) {
        pins.add(pinned(line));
        requireFew(pins.size());
        line = answer.next();
      }
    }
    return pins;
  }

  private static Pinned pinned(Map<String, Ipld> line) throws IOException {
    if (!(line.get("Cid") instanceof Ipld.Text(String text))) {
      throw new IOException("it lists a pin without a CID");
    }
    String name = line.get("Name") instanceof Ipld.Text(String given) ? given : "";
    try {
      return new Pinned(Cid.parseLink(text), name);
    } catch (CidFormatException e) {
      throw new IOException("it lists a pin of what is no CID", e);
    }
  }

  @Override
  protected void pin(Cid root, String options) throws IOException {
    run("pin/add?arg=" + root + options);
  }

  @Override
  protected void unpin(Cid root) throws IOException {
    run("pin/rm?arg=" + root);
  }

  private void run(String command) throws IOException {
    try (KuboAnswer answer = client.call(command)) {
      var _ = answer.only();
    }
  }

  @Override
  public KuboAddress address() {
    return client.address();
  }

  @Override
  public String version() throws IOException {
    try (KuboAnswer answer = client.call("version")) {
      return answer.only().get("Version") instanceof Ipld.Text(String text) ? text : "?";
    }
  }
}
