package dev.limpet.protocol.config;

/**
 * A value as it was written, and where.
 *
 * @param text the value
 * @param origin for messages: {@code node.conf:12}, a variable, or {@code --set quota}
 */
record ConfigEntry(String text, String origin) {}
