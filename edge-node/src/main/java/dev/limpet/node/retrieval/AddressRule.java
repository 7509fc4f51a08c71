package dev.limpet.node.retrieval;

import dev.limpet.protocol.access.AddressScope;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Which addresses a node connects to for a gateway, listed by its owner or named by a router. What
 * counts is what the name resolves to now, and the connection is made to that very address: a name
 * that changes its mind between the check and the connection changes nothing. A name with a single
 * address that is not allowed is refused whole. The metadata services of clouds are never connected
 * to.
 *
 * @param resolver from names to addresses
 * @param scopes where an address leads
 */
record AddressRule(Resolver resolver, Function<InetAddress, AddressScope> scopes) {
  /** With what is known of addresses. */
  AddressRule(Resolver resolver) {
    this(resolver, AddressScope::of);
  }

  /** Turns a name, or an address as text, into addresses. */
  @FunctionalInterface
  interface Resolver {
    /** All addresses of a host; at least one. */
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /**
   * The addresses of a gateway, to be tried in this order: those of IPv4 and of IPv6 in turn, so
   * that the first few of many are some of each.
   *
   * @param most how long the name service may take
   * @throws IOException when there is none, or one that is not allowed
   */
  List<InetAddress> resolve(TrustlessGateway gateway, Duration most) throws IOException {
    List<InetAddress> addresses = List.of(lookUp(gateway.host(), most));
    for (InetAddress address : addresses) {
      if (!isAllowed(scopes.apply(address), gateway.local())) {
        throw new IOException(
            "its name leads to "
                + address.getHostAddress()
                + (gateway.local()
                    ? ", where nothing is asked"
                    : ", which is not public; list it in a setting that begins with local- if you"
                        + " mean it"));
      }
    }
    return inTurn(addresses);
  }

  private static List<InetAddress> inTurn(List<InetAddress> addresses) {
    Iterator<InetAddress> four =
        addresses.stream().filter(Inet4Address.class::isInstance).iterator();
    Iterator<InetAddress> six =
        addresses.stream().filter(Inet6Address.class::isInstance).iterator();
    List<InetAddress> all = new ArrayList<>();
    while (four.hasNext() || six.hasNext()) {
      if (four.hasNext()) {
        all.add(four.next());
      }
      if (six.hasNext()) {
        all.add(six.next());
      }
    }
    return all;
  }

  private static boolean isAllowed(AddressScope scope, boolean local) {
    return switch (scope) {
      case PUBLIC -> true;
      case PRIVATE, LOOPBACK -> local;
      case LINK, NOWHERE -> false;
    };
  }

  /** The system's resolver cannot be interrupted, so it is waited for from beside. */
  private InetAddress[] lookUp(String host, Duration most) throws IOException {
    FutureTask<InetAddress[]> task = new FutureTask<>(() -> resolver.resolve(host));
    Thread.ofVirtual().name("limpet-resolve").start(task);
    try {
      return task.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException("its name cannot be resolved", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("its name was not resolved in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the fetch was given up", e);
    }
  }
}
