package dev.limpet.protocol;

import java.util.List;

/** What a request target means; {@link Paths#parse} reads it. */
public sealed interface RequestTarget {
  /**
   * A call of a function.
   *
   * @param function which
   * @param onData whether the data stands in the path, as {@code /on/…/-/function}
   * @param inputs the data: the one in the path first, then each {@code limpet-data}
   * @param rest names after the function, decoded
   * @param query what the function may see of the query
   */
  record Call(
      FunctionRef function,
      boolean onData,
      List<DataRef> inputs,
      List<String> rest,
      CallQuery query)
      implements RequestTarget {
    /** Keeps copies. */
    public Call {
      inputs = List.copyOf(inputs);
      rest = List.copyOf(rest);
    }

    /** What follows the function as the guest sees it: empty, or with a leading slash. */
    public String path() {
      return rest.isEmpty() ? "" : "/" + String.join("/", rest);
    }
  }

  /**
   * The query of a call.
   *
   * @param raw what is not ours, as it stood there and in its order
   * @param arguments the values of {@code arg=}, decoded
   * @param others names of parameters that are neither {@code arg} nor ours
   */
  record CallQuery(String raw, List<String> arguments, List<String> others) {
    /** Keeps copies. */
    public CallQuery {
      arguments = List.copyOf(arguments);
      others = List.copyOf(others);
    }
  }

  /**
   * Data itself: {@code /ipfs/…}.
   *
   * @param data which
   * @param directory whether the path ends with a slash, so only a directory is meant
   * @param query {@code format} and the like
   */
  record Content(DataRef data, boolean directory, QueryParameters query) implements RequestTarget {}

  /**
   * Any other resource.
   *
   * @param segments names of the path, decoded; none for {@code /}
   * @param query its parameters
   */
  record Resource(List<String> segments, QueryParameters query) implements RequestTarget {
    /** Keeps a copy. */
    public Resource {
      segments = List.copyOf(segments);
    }

    /** Whether its path is this one and one more name. */
    public boolean isIn(List<String> path) {
      return segments.size() == path.size() + 1 && segments.subList(0, path.size()).equals(path);
    }
  }
}
