package dev.limpet.node;

import dev.limpet.node.kubo.KuboAddress;
import dev.limpet.node.library.LibraryClasses;
import dev.limpet.node.library.LibraryClient;
import dev.limpet.node.store.KuboStore;
import dev.limpet.node.store.SyncRule;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a node is told of the store that keeps its owner's data. */
final class StoreSettings {
  private static final String EMBEDDED = "embedded";
  private static final String KUBO = "kubo:";
  private static final String LIBRARY = "java-ipfs-http-client";
  private static final String LIBRARY_URL = LIBRARY + ":";

  /** Where a Kubo listens unless it is told otherwise. */
  private static final String USUAL_URL = "http://127.0.0.1:5001";

  private static final ConfigKey<URI> URL = ConfigKey.url("store");

  static final ConfigKey<String> STORE =
      ConfigKey.of(
              "store",
              "embedded, or kubo: and a URL such as kubo:http://127.0.0.1:5001, or"
                  + " java-ipfs-http-client, maybe with : and a URL",
              StoreSettings::store)
          .orElse(EMBEDDED)
          .says(
              "where the owner's data is: in `dir`, or in the Kubo that listens there, on this"
                  + " machine or behind https; through java-ipfs-http-client, whose jars you"
                  + " bring, on this machine only");

  static final ConfigKey<String> TOKEN =
      ConfigKey.secret("store-token")
          .says("what that Kubo wants as a bearer token (its `API.Authorizations`)");

  static final ConfigKey<Duration> REFRESH =
      ConfigKey.duration("store-refresh", Duration.ofMillis(100), Duration.ofHours(1))
          .orElse("10s")
          .says("how often that Kubo is asked for its pins, which the node announces");

  static final ConfigKey<String> SYNC =
      ConfigKey.choice(
              "sync", Arrays.stream(SyncRule.Policy.values()).map(SyncRule.Policy::text).toList())
          .orElse(SyncRule.Policy.ALWAYS.text())
          .says(
              "when added data is on the disk, should the power fail: before the answer, every"
                  + " `sync-interval`, or when the system likes");

  static final ConfigKey<Duration> SYNC_INTERVAL =
      ConfigKey.duration("sync-interval", Duration.ofMillis(10), Duration.ofMinutes(10))
          .orElse("1s")
          .says("what a power cut may take with `sync = interval`");

  private StoreSettings() {}

  /** When what was added reaches the disk. */
  static SyncRule syncRule(Config config) {
    String policy = config.get(SYNC).toUpperCase(Locale.ROOT);
    return new SyncRule(SyncRule.Policy.valueOf(policy), config.get(SYNC_INTERVAL));
  }

  private static String store(String text) {
    if (text.equals(EMBEDDED)) {
      return text;
    }
    if (text.equals(LIBRARY)) {
      return LIBRARY_URL + USUAL_URL;
    }
    for (String kind : new String[] {KUBO, LIBRARY_URL}) {
      if (text.startsWith(kind)) {
        return kind + URL.parser().apply(text.substring(kind.length()));
      }
    }
    throw new IllegalArgumentException("it names no store");
  }

  /**
   * The Kubo that keeps the owner's data; null when the node does.
   *
   * @throws LimpetException {@code bad-config} when it could be read on the way to it, or the
   *     library that shall ask it is not there
   */
  static @Nullable KuboStore kubo(Config config) {
    String store = config.get(STORE);
    if (store.equals(EMBEDDED)) {
      return null;
    }
    try {
      boolean byLibrary = store.startsWith(LIBRARY_URL);
      URI url = URI.create(store.substring((byLibrary ? LIBRARY_URL : KUBO).length()));
      KuboAddress address = new KuboAddress(url, config.find(TOKEN).orElse(null));
      if (!byLibrary) {
        return new KuboStore(address, config.get(REFRESH));
      }
      LibraryClasses.require(StoreSettings.class.getClassLoader());
      LibraryClient.requireUsable(address);
      return new KuboStore(address, config.get(REFRESH), KuboStore.Client.LIBRARY);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_CONFIG, "store: " + e.getMessage(), e);
    }
  }
}
