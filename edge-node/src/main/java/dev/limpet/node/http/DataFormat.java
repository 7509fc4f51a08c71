package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.access.BodyRule;
import java.util.List;
import java.util.Optional;

/** In which form data is asked for. */
enum DataFormat {
  /** A file's bytes, or a directory. */
  PLAIN,
  /** A directory as JSON. */
  JSON,
  /** One block. */
  RAW,
  /** A whole DAG. */
  CAR;

  static final String RAW_TYPE = "application/vnd.ipld.raw";
  static final String PARAMETER = "format";

  /** The query parameter wins over {@code Accept} (trustless gateway, section 2.2). */
  static DataFormat of(QueryParameters query, Optional<String> accept) {
    Optional<String> format = query.one(PARAMETER);
    if (format.isPresent()) {
      return switch (format.get()) {
        case "raw" -> RAW;
        case "car" -> CAR;
        case "json" -> JSON;
        default ->
            throw new LimpetException(ErrorCode.BAD_QUERY, "format is raw, car or json here");
      };
    }
    return List.of(accept.orElse("").split(",", -1)).stream()
        .map(BodyRule::mediaType)
        .map(DataFormat::ofType)
        .filter(f -> f != PLAIN)
        .findFirst()
        .orElse(PLAIN);
  }

  private static DataFormat ofType(String type) {
    return switch (type) {
      case RAW_TYPE -> RAW;
      case DagsResource.CAR -> CAR;
      case "application/json" -> JSON;
      default -> PLAIN;
    };
  }
}
