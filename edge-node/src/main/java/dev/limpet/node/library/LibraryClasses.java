package dev.limpet.node.library;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks whether the library's jars are on the class path, without touching its classes. */
public final class LibraryClasses {
  private LibraryClasses() {}

  /** A class of each jar; the versions are those that java-ipfs-http-client 1.5.1 depends on. */
  private static Map<String, String> jars() {
    Map<String, String> jars = new LinkedHashMap<>();
    jars.put("io.ipfs.api.IPFS", "java-ipfs-http-client-1.5.1.jar");
    jars.put("io.ipfs.multiaddr.MultiAddress", "java-multiaddr-1.5.0.jar");
    jars.put("io.ipfs.cid.Cid", "java-cid-1.4.0.jar");
    jars.put("io.ipfs.multihash.Multihash", "java-multihash-1.4.0.jar");
    jars.put("io.ipfs.multibase.Multibase", "java-multibase-1.3.0.jar");
    return jars;
  }

  /**
   * Refuses when a jar is missing.
   *
   * @param loader which would load the library
   * @throws IllegalArgumentException with one line that names the jars to add
   */
  public static void require(ClassLoader loader) {
    List<String> missing =
        jars().entrySet().stream()
            .filter(jar -> !isThere(jar.getKey(), loader))
            .map(Map.Entry::getValue)
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "java-ipfs-http-client is not part of Limpet, and on the class path is no "
              + String.join(", ", missing)
              + ": name the jars in LIMPET_CLASS_PATH, or use kubo:URL, which needs no library");
    }
  }

  private static boolean isThere(String name, ClassLoader loader) {
    try {
      var _ = Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
