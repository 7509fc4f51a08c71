package dev.limpet.gateway.placement;

/** Whether a node has shown that it has what it announced. */
public enum Proof {
  /** It says so, and nobody has asked it for a random block yet. It does not count. */
  CLAIMED,
  /** It gave the root, and every block of a random way down from it. */
  SHOWN,
  /** It gave wrong bytes, or twice none. It does not count until the node announces it again. */
  FAILED
}
