package dev.limpet.node.rpc;

import dev.limpet.content.cid.Multibase;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.ipns.IpnsName;
import org.jspecify.annotations.Nullable;

/**
 * How the owner of a key is written: as a CID, or as a peer id.
 *
 * @param base of the CID; null for a peer id
 */
record ShownKey(@Nullable Multibase base) {
  /**
   * As an option says.
   *
   * @param usual without the option
   * @param option its name: {@code ipns-base}, or {@code peerid-base}
   * @throws RpcException when the base is not known
   */
  static ShownKey of(Options options, String usual, String option) {
    String name = options.text(usual, option);
    return switch (name) {
      case "b58mh", "v0" -> new ShownKey(null);
      case "" -> throw RpcException.failed("empty multibase encoding");
      default -> new ShownKey(CidForm.base(name));
    };
  }

  /** The usual form of names: base36. */
  static ShownKey ofName(Options options) {
    return of(options, "base36", "ipns-base");
  }

  /** The same where keys are listed, which Kubo refuses in other words. */
  static ShownKey ofList(Options options) {
    try {
      return ofName(options);
    } catch (RpcException e) {
      throw RpcException.failed("cannot get key encoder: " + e.text());
    }
  }

  String of(PeerId owner) {
    Multibase wanted = base;
    return wanted == null ? owner.toString() : new IpnsName(owner).cid().toString(wanted);
  }

  /** A key as commands about keys tell it. */
  JsonObject told(String name, PeerId owner) {
    return new JsonObject().put("Name", name).put("Id", of(owner));
  }
}
