package dev.limpet.gateway;

import dev.limpet.gateway.http.Calls;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;

/** A gateway that only manages. */
final class NoCalls implements Calls {
  @Override
  public void call(Exchange exchange, RequestTarget.Call target) {
    throw LimpetException.notImplemented("this gateway takes no calls");
  }

  @Override
  public void content(Exchange exchange, RequestTarget.Content target) {
    throw LimpetException.notImplemented("this gateway serves no data");
  }

  @Override
  public void execution(Exchange exchange, ExecutionId id) {
    throw LimpetException.notImplemented("this gateway takes no calls");
  }
}
