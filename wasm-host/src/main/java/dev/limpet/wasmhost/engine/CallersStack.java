package dev.limpet.wasmhost.engine;

import java.util.Collection;
import org.objectweb.asm.ClassReader;

/**
 * How deep guests may go on the thread of a caller, whose stack is of the JVM's usual size: 1 MiB,
 * with some of the caller's own on it. A guest's thread finds out whether there is room before host
 * code runs ({@link StackProbe}); that costs more than a short call. So here the depth is such that
 * the largest frames would leave room: those that a JVM compiler makes of 64 KiB of code have some
 * 80 KiB, and of less code less.
 */
final class CallersStack {

  /** No deeper, whatever the code: interpreted frames of that many units are some 70 KiB. */
  static final int MAX_CALLERS_DEPTH = 64;

  /** Of the methods that can be inside each other: frames of some 640 KiB. */
  private static final int CODE_BYTES = 512 << 10;

  private static final String CODE = "Code";

  /** Access, name and type of a field or method; name and length of an attribute. */
  private static final int HEAD = 6;

  private CallersStack() {}

  /** Units of depth for code of these classes. */
  static int depth(Collection<byte[]> classes) {
    int longest = 1;
    for (byte[] each : classes) {
      longest = Math.max(longest, longestMethod(each));
    }
    return Math.min(MAX_CALLERS_DEPTH, CODE_BYTES / longest);
  }

  /** Bytes of code of the longest method of a class, which is well-formed. */
  static int longestMethod(byte[] classFile) {
    ClassReader reader = new ClassReader(classFile);
    char[] buffer = new char[reader.getMaxStringLength()];
    int at = reader.header + HEAD;
    at += 2 + 2 * reader.readUnsignedShort(at); // interfaces
    int longest = 0;
    for (int table = 0; table < 2; table++) { // fields, then methods
      int members = reader.readUnsignedShort(at);
      at += 2;
      for (int i = 0; i < members; i++) {
        int attributes = reader.readUnsignedShort(at + HEAD);
        at += HEAD + 2;
        for (int j = 0; j < attributes; j++) {
          if (CODE.equals(reader.readUTF8(at, buffer))) {
            longest = Math.max(longest, reader.readInt(at + HEAD + 4)); // after stack and locals
          }
          at += HEAD + reader.readInt(at + 2);
        }
      }
    }
    return longest;
  }
}
