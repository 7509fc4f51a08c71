package dev.limpet.cli.map;

/**
 * A file or directory in the one that is mapped.
 *
 * @param name as the directory has it
 * @param cid its own, so that its call is the same Task in whatever directory it is
 */
public record Entry(String name, String cid) {}
