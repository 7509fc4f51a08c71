package dev.limpet.cli.demo;

import dev.limpet.cli.client.JsonObject;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One HTTP answer with what the demo shows of it.
 *
 * @param status HTTP status
 * @param headers as they came
 * @param body all of it
 * @param millis from request to last byte
 */
@SuppressWarnings("ArrayRecordComponent") // shown once, never compared
public record Answer(int status, HttpHeaders headers, byte[] body, long millis) {
  /** A header, or empty. */
  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** A header that is a number, or -1. */
  long number(String name) {
    String value = header(name);
    return value.isEmpty() ? -1 : Long.parseLong(value);
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  List<String> lines() {
    return text().lines().toList();
  }

  /** The sentence of a problem+json answer. */
  String problemDetail() {
    return JsonObject.parse(text()).text("detail");
  }
}
