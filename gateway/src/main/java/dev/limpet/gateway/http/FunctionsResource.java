package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.function.BuiltIn;
import dev.limpet.gateway.function.Deploys;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionInfo;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.access.BodyRule;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /v1/functions}: deploy, list, show, fetch as a CAR, remove. */
final class FunctionsResource implements Resource {
  /** Functions that are being sent as CARs; each is in memory whole, up to some 8 MiB. */
  static final int MAX_SENDS = 4;

  /** How long a caller may take to read one; a module of 8 MiB at 140 kB/s. */
  static final Duration MAX_SEND_TIME = Duration.ofSeconds(60);

  private static final String CAR = "application/vnd.ipld.car";
  private static final String SCRIPT = "text/javascript";
  private static final String WASM = "application/wasm";
  private static final List<String> TYPES = List.of(WASM, CAR, "application/json", SCRIPT);

  private final Services services;
  private final Door door;
  private final Permits sends = new Permits("functions on their way", MAX_SENDS);

  FunctionsResource(Services services, Door door) {
    this.services = services;
    this.door = door;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return switch (rest.size()) {
      case 0 -> List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST);
      case 1 -> List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);
      default -> List.of();
    };
  }

  @Override
  public @Nullable String action(HttpMethod method, List<String> rest) {
    if (method.equals(HttpMethod.POST)) {
      return "function-deploy";
    }
    return method.equals(HttpMethod.DELETE) ? "function-rm" : null;
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    if (exchange.is(HttpMethod.POST)) {
      deploy(exchange, query);
    } else if (rest.isEmpty()) {
      list(exchange, query);
    } else if (exchange.is(HttpMethod.DELETE)) {
      remove(exchange, Cids.parse(rest.getFirst()));
    } else {
      door.fetchAsNode(exchange.headers());
      show(exchange, Cids.parse(rest.getFirst()));
    }
  }

  private void deploy(Exchange exchange, QueryParameters query) {
    door.change(exchange.headers());
    query.onlyKnown(List.of("name"));
    Deploys.Naming naming = naming(exchange, query);
    exchange.acted("", naming == null ? null : naming.name());
    Deploys.Form form =
        switch (BodyRule.check(exchange.headers(), TYPES)) {
          case WASM -> Deploys.Form.WASM;
          case CAR -> Deploys.Form.CAR;
          case SCRIPT -> Deploys.Form.SCRIPT;
          default -> Deploys.Form.MANIFEST;
        };
    services.deploys().enter();
    Future<Deployed> deployed =
        exchange
            .read(TYPES, maxBytes(form))
            .compose(body -> services.deploys().deploy(form, body, naming))
            .onComplete(_ -> services.deploys().leave());
    exchange.answer(
        deployed,
        function -> {
          String named = function.name() + "@" + function.version();
          exchange.acted(function.function().toString(), function.name() == null ? null : named);
          exchange.header("Location", "/v1/functions/" + function.function());
          if (function.version() != null) {
            exchange.header("ETag", Preconditions.tag(function.version()));
          }
          exchange.json(201, function);
        });
  }

  private static Deploys.@Nullable Naming naming(Exchange exchange, QueryParameters query) {
    Integer expected = Preconditions.expectedVersion(exchange.headers());
    String name = query.one("name").orElse(null);
    if (name == null) {
      if (expected != null) {
        throw new LimpetException(
            ErrorCode.BAD_HEADER, "If-Match is about the version of a name; add ?name=NAME");
      }
      return null;
    }
    return new Deploys.Naming(NamesResource.checked(name), expected);
  }

  private static int maxBytes(Deploys.Form form) {
    return switch (form) {
      case WASM -> Deploys.MAX_MODULE_BYTES;
      case CAR -> Deploys.MAX_CAR_BYTES;
      case SCRIPT -> Deploys.MAX_SCRIPT_BYTES;
      case MANIFEST -> FunctionManifest.MAX_MANIFEST_JSON_BYTES;
    };
  }

  private void list(Exchange exchange, QueryParameters query) {
    door.inspect(exchange.headers());
    Paging paging = Paging.of(query);
    Cid after = paging.cursor() == null ? null : Cids.parse(paging.cursor());
    exchange.page(
        FunctionInfo.class,
        paging.page(
            both(after, paging.wanted()), this::info, function -> function.cid().toString()));
  }

  /** What was deployed and what is built in, in the order of CIDs. */
  private List<StoredFunction> both(@Nullable Cid after, int limit) {
    Stream<StoredFunction> builtIn =
        services.functions().builtIn().stream()
            .map(BuiltIn::function)
            .filter(one -> services.functions().builtIn(one.cid()) != null)
            .filter(one -> after == null || one.cid().compareTo(after) > 0);
    return Stream.concat(services.functions().list(after, limit).stream(), builtIn)
        .sorted(Comparator.comparing(StoredFunction::cid))
        .limit(limit)
        .toList();
  }

  private FunctionInfo info(StoredFunction function) {
    List<String> names = services.names().namesOf(function.cid());
    return function.toInfo(
        names.subList(0, Math.min(names.size(), FunctionInfo.MAX_NAMES)),
        services.functions().builtIn(function.cid()) != null);
  }

  private void remove(Exchange exchange, Cid cid) {
    door.change(exchange.headers());
    Future<Cid> removed =
        services
            .work()
            .run(
                () -> {
                  services.catalog().remove(cid);
                  return cid;
                });
    exchange.answer(removed, _ -> exchange.noContent());
  }

  private void show(Exchange exchange, Cid cid) {
    StoredFunction function = services.lookup().kept(cid);
    if (function == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND, "no function or module " + cid + " is kept here");
    }
    boolean car =
        exchange.headers().values("Accept").stream().anyMatch(accept -> accept.contains(CAR));
    if (car) {
      send(exchange, function);
    } else {
      exchange.json(200, info(function));
    }
  }

  private void send(Exchange exchange, StoredFunction function) {
    sends.take();
    long timer =
        exchange
            .vertx()
            .setTimer(MAX_SEND_TIME.toMillis(), _ -> exchange.request().connection().close());
    Future<Buffer> car = services.work().run(() -> car(function));
    exchange.answer(
        car,
        bytes -> {
          exchange.header("X-Ipfs-Roots", function.cid().toString());
          exchange.bytes(200, CAR, bytes);
        });
    exchange.whenAnswered(
        () -> {
          exchange.vertx().cancelTimer(timer);
          sends.release();
        });
  }

  private Buffer car(StoredFunction function) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    services.functions().writeCar(function, car);
    return Buffer.buffer(car.toByteArray());
  }
}
