package dev.limpet.node.rpc;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multibase;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How CIDs are written in an answer: the options {@code cid-base} and {@code
 * upgrade-cidv0-in-output}, which every command has. CIDs in documents ({@code {"/": …}}) have one
 * form and are not changed by it.
 *
 * @param base of CIDs of version 1; null for the usual one
 * @param upgraded whether those of version 0 are told as version 1
 */
record CidForm(@Nullable Multibase base, boolean upgraded) {
  private static final Map<String, Multibase> BASES =
      Map.of(
          "base32", Multibase.BASE32,
          "base36", Multibase.BASE36,
          "base58btc", Multibase.BASE58BTC,
          "base64url", Multibase.BASE64URL);

  /** That of callers who ask for none. */
  static final CidForm USUAL = new CidForm(null, false);

  /**
   * The form that a call asks for. Version 0 has one base only, so another asks for version 1 too.
   *
   * @throws RpcException when the base is not known
   */
  static CidForm of(Options options) {
    String name = options.text("", "cid-base");
    Multibase base = name.isEmpty() ? null : base(name);
    boolean other = base != null && base != Multibase.BASE58BTC;
    return new CidForm(base, options.flag(other, "upgrade-cidv0-in-output"));
  }

  /**
   * The form for what a path leads to: without an option that of the CID in it.
   *
   * @param path begins with a CID of version 0 or 1, maybe behind its namespace
   */
  static CidForm of(Options options, String path) {
    if (options.find("cid-base").isPresent() || RpcPaths.isNamed(path)) {
      return of(options);
    }
    String root = RpcPaths.names(path).getFirst();
    boolean first = Cid.parse(root).version() == 0;
    return first ? USUAL : new CidForm(Multibase.ofPrefix(root.charAt(0)), true);
  }

  /** A base by its name or its prefix. */
  static Multibase base(String name) {
    Optional<Multibase> base =
        name.length() == 1 && Multibase.isPrefix(name.charAt(0))
            ? Optional.of(Multibase.ofPrefix(name.charAt(0)))
            : Optional.ofNullable(BASES.get(name));
    return base.orElseThrow(() -> RpcException.failed("unsupported multibase encoding: " + name));
  }

  String of(Cid cid) {
    if (cid.version() == 0 && !upgraded) {
      return cid.toString();
    }
    Multibase wanted = base;
    return wanted == null ? cid.toV1().toString() : cid.toString(wanted);
  }
}
