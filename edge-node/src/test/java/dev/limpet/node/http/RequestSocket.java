package dev.limpet.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;

/** A client's connection that is only read, and stays open. */
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
    throw new UnsupportedOperationException("nothing is answered");
  }

  @Override
  public PeerInfo remotePeer() {
    throw new UnsupportedOperationException("nobody asks");
  }

  @Override
  public PeerInfo localPeer() {
    throw new UnsupportedOperationException("nobody asks");
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
