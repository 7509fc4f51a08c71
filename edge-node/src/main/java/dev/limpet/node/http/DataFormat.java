package dev.limpet.node.http;

import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** In which form data is asked for (path and trustless gateway specifications). */
enum DataFormat {
  /** A file's bytes, a directory's page, a document as it is. */
  PLAIN("", "text/html", ""),
  /** One block. */
  RAW("raw", "application/vnd.ipld.raw", ".bin"),
  /** Blocks of a DAG. */
  CAR("car", DagsResource.CAR, ".car"),
  /** Files and directories in one file. */
  TAR("tar", "application/x-tar", ".tar"),
  /** A document of that codec, as it is. */
  DAG_JSON("dag-json", "application/vnd.ipld.dag-json", ".json"),
  /** A document of that codec, as it is. */
  DAG_CBOR("dag-cbor", "application/vnd.ipld.dag-cbor", ".cbor"),
  /** A directory as JSON, or a document that is JSON. */
  JSON("json", "application/json", ".json"),
  /** A document that is CBOR. */
  CBOR("cbor", "application/cbor", ".cbor"),
  /** What only a name has, and nothing below {@code /ipfs}. */
  IPNS_RECORD("ipns-record", "application/vnd.ipfs.ipns-record", "");

  private static final List<DataFormat> ALL = List.of(values());

  private final String parameter;
  private final String type;
  private final String ending;

  DataFormat(String parameter, String type, String ending) {
    this.parameter = parameter;
    this.type = type;
    this.ending = ending;
  }

  /** The value of {@code format=}. */
  String parameter() {
    return parameter;
  }

  /** The media type of such an answer. */
  String type() {
    return type;
  }

  /** What the name of such a file ends with. */
  String ending() {
    return ending;
  }

  /**
   * The form that {@code format=} names.
   *
   * @throws LimpetException {@code bad-query} for another
   */
  static DataFormat ofParameter(String value) {
    for (DataFormat format : ALL) {
      if (format.parameter.equals(value) && format != PLAIN) {
        return format;
      }
    }
    throw new LimpetException(
        ErrorCode.BAD_QUERY,
        "format is one of "
            + Arrays.stream(values())
                .filter(f -> f != PLAIN)
                .map(DataFormat::parameter)
                .collect(Collectors.joining(", ")));
  }

  /** The form of a media type; null for one that asks for no special form. */
  static @Nullable DataFormat ofType(String type) {
    for (DataFormat format : ALL) {
      if (format.type.equals(type) && format != PLAIN) {
        return format;
      }
    }
    return null;
  }

  /** The form in which documents of a codec are; null for what is no document. */
  static @Nullable DataFormat ofCodec(long codec) {
    if (codec == Multicodec.DAG_JSON) {
      return DAG_JSON;
    }
    if (codec == Multicodec.DAG_CBOR) {
      return DAG_CBOR;
    }
    if (codec == Multicodec.JSON) {
      return JSON;
    }
    return codec == Multicodec.CBOR ? CBOR : null;
  }
}
