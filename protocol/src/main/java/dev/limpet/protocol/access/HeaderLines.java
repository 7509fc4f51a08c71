package dev.limpet.protocol.access;

import java.util.List;

/** The headers of a request, as a server's own type gives them. */
@FunctionalInterface
public interface HeaderLines {
  /** All values of a header, in their order; none when it is absent. Names compare without case. */
  List<String> values(String name);
}
