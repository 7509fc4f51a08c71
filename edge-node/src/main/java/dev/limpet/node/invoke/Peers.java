package dev.limpet.node.invoke;

import dev.limpet.protocol.tls.Authorities;

/**
 * How other nodes are asked.
 *
 * @param client asks them
 * @param authorities whom to believe when one shows a certificate
 */
record Peers(CarClient client, Authorities authorities) {}
