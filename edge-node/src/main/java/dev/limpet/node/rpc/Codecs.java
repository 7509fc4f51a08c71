package dev.limpet.node.rpc;

import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.DagJson;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.Ipld;

/** Codecs by the names that the multicodec table gives them. */
final class Codecs {
  private Codecs() {}

  /**
   * The code of a codec.
   *
   * @throws RpcException when it is not known
   */
  static long codec(String name) {
    return Multicodec.code(name).orElseThrow(() -> unknown(name));
  }

  /** What a codec or function is told by that is not known. */
  static RpcException unknown(String name) {
    return RpcException.failed("unknown multicodec: \"" + name + "\"");
  }

  /**
   * The code of a hash function.
   *
   * @throws RpcException when it is not known
   */
  static long hash(String name) {
    return Multihash.functionCode(name)
        .orElseThrow(() -> RpcException.failed("unrecognized multihash function: " + name));
  }

  /** The value of a block, or of what is to become one. */
  static Ipld decode(long codec, byte[] bytes) {
    if (codec == Multicodec.DAG_PB) {
      return DagPb.toIpld(DagPb.decode(bytes));
    }
    if (codec == Multicodec.DAG_CBOR) {
      return DagCbor.decode(bytes);
    }
    if (codec == Multicodec.DAG_JSON) {
      return DagJson.decode(bytes);
    }
    if (codec == Multicodec.RAW) {
      return new Ipld.Bytes(bytes);
    }
    throw notRead(codec);
  }

  /** The one form that a value has in a codec. */
  static byte[] encode(long codec, Ipld value) {
    if (codec == Multicodec.DAG_PB) {
      return DagPb.encode(DagPb.fromIpld(value));
    }
    if (codec == Multicodec.DAG_CBOR) {
      return DagCbor.encode(value);
    }
    if (codec == Multicodec.DAG_JSON) {
      return DagJson.encode(value);
    }
    if (codec == Multicodec.RAW && value instanceof Ipld.Bytes(byte[] bytes)) {
      return bytes;
    }
    throw codec == Multicodec.RAW
        ? RpcException.failed("only bytes have a form in raw")
        : notRead(codec);
  }

  private static RpcException notRead(long codec) {
    return RpcException.failed(
        "no encoder or decoder for "
            + Multicodec.name(codec)
            + " here; raw, dag-pb, dag-cbor and dag-json are known");
  }
}
