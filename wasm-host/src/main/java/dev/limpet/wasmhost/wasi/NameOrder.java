package dev.limpet.wasmhost.wasi;

import java.util.Comparator;

/** The order of names by their bytes in UTF-8, which is the order of their code points. */
final class NameOrder implements Comparator<String> {

  static final NameOrder INSTANCE = new NameOrder();

  private NameOrder() {}

  @Override
  public int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        // Surrogates, which stand for the code points above all others, sort last.
        boolean sameKind = Character.isSurrogate(left) == Character.isSurrogate(right);
        return sameKind ? left - right : Character.isSurrogate(left) ? 1 : -1;
      }
    }
    return a.length() - b.length();
  }
}
