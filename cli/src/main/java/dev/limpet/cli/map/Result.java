package dev.limpet.cli.map;

/**
 * What a call answered.
 *
 * @param name that of its entry; of a reduction, that of its first input
 * @param bytes not modified
 */
record Result(String name, byte[] bytes) {}
