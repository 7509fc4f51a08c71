package dev.limpet.protocol;

/** Which Limpet this is. */
public final class Release {
  /** The version of the product, as every process and document states it. */
  public static final String VERSION = "0.1.0";

  private Release() {}
}
