package dev.limpet.gateway.http;

import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.Names;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.Rollback;
import dev.limpet.protocol.SetName;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/names}: names with their versions, pointing them, going back. */
final class NamesResource implements Resource {
  /** A CID and its key; far more than the documents have. */
  static final int MAX_NAME_BODY_BYTES = 4096;

  private static final List<String> TYPES = List.of(Json.MEDIA_TYPE);

  private final Services services;
  private final Door door;

  NamesResource(Services services, Door door) {
    this.services = services;
    this.door = door;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    if (rest.isEmpty()) {
      return READ;
    }
    if (rest.size() == 1) {
      return List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT, HttpMethod.DELETE);
    }
    boolean rollback = rest.size() == 2 && rest.getLast().equals("rollback");
    return rollback ? List.of(HttpMethod.POST) : List.of();
  }

  @Override
  public @Nullable String action(HttpMethod method, List<String> rest) {
    if (method.equals(HttpMethod.POST)) {
      return "name-rollback";
    }
    if (method.equals(HttpMethod.PUT)) {
      return "name-set";
    }
    return method.equals(HttpMethod.DELETE) ? "name-rm" : null;
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    if (rest.isEmpty()) {
      list(exchange, query);
      return;
    }
    query.onlyKnown(List.of());
    if (exchange.is(HttpMethod.GET) || exchange.is(HttpMethod.HEAD)) {
      show(exchange, checked(rest.getFirst()));
      return;
    }
    door.change(exchange.headers());
    String name = checked(rest.getFirst());
    Integer expected = Preconditions.expectedVersion(exchange.headers());
    if (exchange.is(HttpMethod.DELETE)) {
      remove(exchange, name, expected);
      return;
    }
    boolean sets = exchange.is(HttpMethod.PUT);
    Future<NameInfo> changed =
        exchange
            .read(TYPES, MAX_NAME_BODY_BYTES)
            .compose(body -> sets ? set(name, body, expected) : rollback(name, body, expected));
    exchange.answer(
        changed,
        info -> {
          exchange.acted(name, "version " + info.version() + " is " + info.function());
          answer(exchange, info);
        });
  }

  /** The name itself. Fails with {@code bad-name}. */
  static String checked(String name) {
    try {
      return Names.function(name);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_NAME, String.valueOf(e.getMessage()), e);
    }
  }

  private void list(Exchange exchange, QueryParameters query) {
    door.inspect(exchange.headers());
    Paging paging = Paging.of(query);
    exchange.page(
        NameInfo.class,
        paging.page(
            services.names().list(paging.cursor(), paging.wanted()),
            NamesResource::withoutHistory,
            NameInfo::name));
  }

  /** A list of a thousand names with a thousand versions each would be too much. */
  private static NameInfo withoutHistory(NameInfo name) {
    return new NameInfo(
        name.name(), name.version(), name.function(), List.of(name.history().getFirst()));
  }

  private void show(Exchange exchange, String name) {
    door.inspect(exchange.headers());
    NameInfo info = services.names().find(name);
    if (info == null) {
      throw new LimpetException(ErrorCode.NAME_NOT_FOUND, "there is no name " + name);
    }
    answer(exchange, info);
  }

  private static void answer(Exchange exchange, NameInfo info) {
    exchange.header("ETag", Preconditions.tag(info.version()));
    exchange.json(200, info);
  }

  private void remove(Exchange exchange, String name, @Nullable Integer expected) {
    Future<String> removed =
        services
            .work()
            .run(
                () -> {
                  services.catalog().removeName(name, expected);
                  return name;
                });
    exchange.answer(removed, _ -> exchange.noContent());
  }

  private Future<NameInfo> set(String name, Buffer body, @Nullable Integer expected) {
    SetName wanted = Json.read(SetName.class, body.getBytes(), MAX_NAME_BODY_BYTES);
    return services
        .lookup()
        .find(FunctionRef.parse(wanted.function()))
        .map(StoredFunction::cid)
        .compose(cid -> services.work().run(() -> services.catalog().point(name, cid, expected)));
  }

  private Future<NameInfo> rollback(String name, Buffer body, @Nullable Integer expected) {
    Rollback wanted = Json.read(Rollback.class, body.getBytes(), MAX_NAME_BODY_BYTES);
    return services.work().run(() -> services.catalog().rollback(name, wanted.to(), expected));
  }
}
