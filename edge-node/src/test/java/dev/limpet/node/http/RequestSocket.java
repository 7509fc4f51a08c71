package dev.limpet.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;

/** A client's connection that is only read, and stays open; a test fails that does else with it. */
abstract class RequestSocket implements HelidonSocket {
  @Override
  public void close() {}

  @Override
  public void idle() {}

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public void write(BufferData buffer) {
    throw new AssertionError("nothing is answered on it");
  }

  @Override
  public PeerInfo remotePeer() {
    throw new AssertionError("nobody asks who is there");
  }

  @Override
  public PeerInfo localPeer() {
    throw new AssertionError("nobody asks who is there");
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public String socketId() {
    return "test";
  }

  @Override
  public String childSocketId() {
    return "test";
  }
}
