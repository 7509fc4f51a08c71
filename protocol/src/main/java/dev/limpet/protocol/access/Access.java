package dev.limpet.protocol.access;

/** What a token opens. */
public enum Access {
  /** Call functions and read data. */
  CALL,
  /** Everything that the management API does. */
  MANAGE,
  /** Join as a node, and nothing else. */
  JOIN
}
