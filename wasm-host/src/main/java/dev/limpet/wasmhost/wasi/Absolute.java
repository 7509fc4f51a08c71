package dev.limpet.wasmhost.wasi;

import org.jspecify.annotations.Nullable;

/**
 * An absolute path, as some libraries (Zig's) pass it on with whatever directory they have at hand.
 * It means the directory that the guest started with and whose name it begins with. Only a
 * directory that is itself such a one may be asked: all of them belong to the guest anyway, while
 * one opened below could have been handed on with less.
 */
record Absolute(Descriptor.Directory start, String rest) {

  static Absolute resolve(WasiState state, Descriptor.Directory asked, String path) {
    if (asked.preopenName() == null) {
      throw Errno.NOTCAPABLE.error();
    }
    for (@Nullable Descriptor descriptor : state.descriptors().all()) {
      if (descriptor instanceof Descriptor.Directory directory) {
        String name = directory.preopenName();
        if (name != null && (path.equals(name) || path.startsWith(name + "/"))) {
          return new Absolute(directory, relative(path.substring(name.length())));
        }
      }
    }
    throw Errno.NOTCAPABLE.error();
  }

  private static String relative(String rest) {
    int start = 0;
    while (start < rest.length() && rest.charAt(start) == '/') {
      start++;
    }
    return start == rest.length() ? "." : rest.substring(start);
  }
}
