package dev.limpet.node.kubo;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multibase;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers as Kubo 0.43.0 was seen to answer: in chunks, with {@code X-Stream-Error} announced as a
 * trailer, errors as JSON with status 500. It has what was put and pinned, and may be told to
 * answer a command with other bytes.
 */
public final class FakeKubo implements AutoCloseable {
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Multihash, byte[]> blocks = new ConcurrentHashMap<>();
  private final Map<String, String> recursive = new ConcurrentSkipListMap<>();
  private final Map<String, String> direct = new ConcurrentSkipListMap<>();
  private final Map<String, byte[]> told = new ConcurrentHashMap<>();
  private final Map<String, Runnable> before = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable String token;
  private volatile boolean onlyPosts;
  private volatile boolean base58;

  /** Starts to listen on a port of its own. */
  public FakeKubo() throws IOException {
    this(0);
  }

  /** Starts to listen on this port. */
  public FakeKubo(int port) throws IOException {
    listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Where it listens. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Request lines of all calls, with their headers behind them. */
  public List<String> requests() {
    return requests;
  }

  /** Connections that were made to it. */
  public int connections() {
    return connections.get();
  }

  /** Never answers this command. */
  public void stall(String command) {
    before.put(command, this::awaitClose);
  }

  /** Does something whenever it is asked this command, before it answers. */
  public void before(String command, Runnable work) {
    before.put(command, work);
  }

  /** Refuses GET from now on, as each Kubo does; the library's fork of 2019 knows nothing else. */
  public void refuseGets() {
    onlyPosts = true;
  }

  /** Writes CIDs in base58 from now on: the library's fork of 2019 reads no base32. */
  public void writeBase58() {
    base58 = true;
  }

  private String written(Cid cid) {
    return base58 && cid.version() == 1 ? cid.toString(Multibase.BASE58BTC) : cid.toString();
  }

  /** Wants this token from now on. */
  public void want(String secret) {
    token = secret;
  }

  /** Answers a command with exactly these bytes and closes the connection; null as usual again. */
  public void tell(String command, @Nullable String raw) {
    byte[] bytes = raw == null ? null : raw.getBytes(StandardCharsets.ISO_8859_1);
    told.compute(command, (_, _) -> bytes);
  }

  /** A block that is there, whatever its bytes hash to. */
  public void hold(Cid cid, byte[] bytes) {
    blocks.put(cid.multihash(), bytes);
  }

  /** A block that is there no more. */
  public void lose(Cid cid) {
    blocks.remove(cid.multihash());
  }

  /** Whether it has a block. */
  public boolean holds(Cid cid) {
    return blocks.containsKey(cid.multihash());
  }

  /** Pins, without looking whether it is there. */
  public void pin(Cid root, String name) {
    recursive.put(root.toString(), name);
  }

  /** Pins one block alone, without looking whether it is there. */
  public void pinAlone(Cid root) {
    direct.put(root.toString(), "");
  }

  /** Lets a pin go. */
  public void unpin(Cid root) {
    recursive.remove(root.toString());
  }

  /** Roots of recursive pins. */
  public Set<String> pins() {
    return recursive.keySet();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        socket.setTcpNoDelay(true);
        connections.incrementAndGet();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        StringBuilder head = new StringBuilder(line);
        int length = 0;
        for (String next = line(in); !next.isEmpty(); next = line(in)) {
          head.append('\n').append(next);
          if (next.startsWith("Content-Length: ")) {
            length = Integer.parseInt(next.substring(16));
          } else if (next.equalsIgnoreCase("Transfer-Encoding: chunked")) {
            length = -1;
          }
        }
        requests.add(head.toString());
        byte[] body = length < 0 ? chunks(in) : in.readNBytes(length);
        String target = line.split(" ", -1)[1];
        boolean more =
            target.startsWith("/ipfs/")
                ? gateway(target, socket)
                : answer(target.substring("/api/v0/".length()), head, body, socket);
        if (!more) {
          return;
        }
      }
    } catch (IOException e) {
      return; // the client is gone
    } finally {
      open.remove(socket);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int length;
    do {
      length = Integer.parseInt(line(in), 16);
      body.write(in.readNBytes(length));
      line(in);
    } while (length > 0);
    return body.toByteArray();
  }

  /** What is answered: a status and bytes. */
  private record Answer(int status, byte[] bytes) {
    static Answer json(String text) {
      return new Answer(200, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer error(String message) {
      String json = "{\"Message\":\"" + message + "\",\"Code\":0,\"Type\":\"error\"}\n";
      return new Answer(500, json.getBytes(StandardCharsets.UTF_8));
    }
  }

  private boolean answer(String target, CharSequence head, byte[] body, Socket socket)
      throws IOException {
    String command = target.split("\\?", 2)[0];
    before.getOrDefault(command, () -> {}).run();
    OutputStream out = new BufferedOutputStream(socket.getOutputStream());
    byte[] raw = told.get(command);
    if (raw != null) {
      out.write(raw);
      out.flush();
      return false;
    }
    Answer refusal = refusal(head.toString());
    Answer answer = refusal == null ? answer(command, query(target), body) : refusal;
    String type = command.equals("block/get") ? "application/vnd.ipld.raw" : "application/json";
    String answerHead =
        String.join(
            "\r\n",
            "HTTP/1.1 " + answer.status() + " X",
            "Content-Type: " + type,
            "Trailer: X-Stream-Error",
            "Transfer-Encoding: chunked",
            "",
            "");
    out.write(answerHead.getBytes(StandardCharsets.US_ASCII));
    for (int from = 0; from < answer.bytes().length; from += 4096) {
      byte[] chunk =
          Arrays.copyOfRange(answer.bytes(), from, Math.min(answer.bytes().length, from + 4096));
      out.write((Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(chunk);
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return true;
  }

  /** Its gateway is on the same port, and answers of what it has not that it is not cached. */
  private boolean gateway(String target, Socket socket) throws IOException {
    byte[] raw = told.get("ipfs");
    if (raw != null) {
      socket.getOutputStream().write(raw);
      return false;
    }
    byte[] block = blocks.get(Cid.parse(target.substring(6, target.indexOf('?'))).multihash());
    byte[] body = block == null ? new byte[0] : block;
    String filled =
        "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n"
            .formatted(block == null ? 412 : 200, body.length);
    socket.getOutputStream().write(filled.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    return true;
  }

  private @Nullable Answer refusal(String head) {
    if (onlyPosts && !head.startsWith("POST ")) {
      return new Answer(405, "405 - Method Not Allowed\n".getBytes(StandardCharsets.UTF_8));
    }
    String wanted = token;
    return wanted == null || head.contains("\nAuthorization: Bearer " + wanted)
        ? null
        : new Answer(403, "403 - Access Denied\n".getBytes(StandardCharsets.UTF_8));
  }

  private void awaitClose() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> query(String target) {
    Map<String, String> values = new ConcurrentHashMap<>();
    for (String pair : target.substring(target.indexOf('?') + 1).split("&", -1)) {
      String[] sides = pair.split("=", 2);
      values.put(
          sides[0], sides.length < 2 ? "" : URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
    }
    return values;
  }

  private Answer answer(String command, Map<String, String> query, byte[] body) {
    String argument = query.getOrDefault("arg", "");
    return switch (command) {
      case "version" -> Answer.json("{\"Version\":\"0.43.0\",\"Commit\":\"\"}");
      case "repo/stat" ->
          Answer.json("{\"RepoSize\":" + size() + ",\"StorageMax\":10000000000,\"NumObjects\":0}");
      case "block/get" -> block(argument, true);
      case "block/stat" -> block(argument, false);
      case "block/put" -> put(query, body);
      case "block/rm" -> remove(Cid.parseLink(argument));
      case "pin/ls" ->
          query.containsKey("stream") ? list(query.getOrDefault("type", "all")) : listed(query);
      case "pin/add" -> pin(argument, query);
      case "pin/rm" ->
          recursive.remove(argument) == null && direct.remove(argument) == null
              ? Answer.error("not pinned or pinned indirectly")
              : pinned(argument);
      default -> new Answer(404, "404 page not found\n".getBytes(StandardCharsets.UTF_8));
    };
  }

  private long size() {
    return blocks.values().stream().mapToLong(b -> b.length).sum();
  }

  private Answer block(String cid, boolean whole) {
    byte[] bytes = blocks.get(Cid.parseLink(cid).multihash());
    if (bytes == null) {
      return Answer.error("block was not found locally (offline): ipld: could not find " + cid);
    }
    return whole
        ? new Answer(200, bytes)
        : Answer.json("{\"Key\":\"" + cid + "\",\"Size\":" + bytes.length + "}");
  }

  private Answer put(Map<String, String> query, byte[] body) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    String boundary = text.substring(0, text.indexOf("\r\n"));
    int from = text.indexOf("\r\n\r\n") + 4;
    byte[] bytes = Arrays.copyOfRange(body, from, text.indexOf("\r\n" + boundary, from));
    Multihash hash = hash(query, bytes);
    blocks.putIfAbsent(hash, bytes);
    Cid key = Cid.v1(Multicodec.RAW, hash);
    return Answer.json("{\"Key\":\"" + written(key) + "\",\"Size\":" + bytes.length + "}");
  }

  private static Multihash hash(Map<String, String> query, byte[] bytes) {
    String name = query.getOrDefault("mhtype", "sha2-256");
    int length = Integer.parseInt(query.getOrDefault("mhlen", "-1"));
    Map<String, Long> codes =
        Map.of(
            "sha2-256",
            0x12L,
            "sha2-512",
            0x13L,
            "sha3-512",
            0x14L,
            "sha3-384",
            0x15L,
            "sha3-256",
            0x16L,
            "sha3-224",
            0x17L);
    String algorithm = name.replace("sha2", "SHA").replace("sha3", "SHA3");
    try {
      byte[] digest = MessageDigest.getInstance(algorithm).digest(bytes);
      return Multihash.of(
          codes.getOrDefault(name, 0L), length < 0 ? digest : Arrays.copyOf(digest, length));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Answer remove(Cid cid) {
    if (recursive.containsKey(cid.toString())) {
      return Answer.json("{\"Hash\":\"" + cid + "\",\"Error\":\"pinned: recursive\"}");
    }
    blocks.remove(cid.multihash());
    return Answer.json("{\"Hash\":\"" + cid + "\"}");
  }

  private Answer list(String type) {
    List<String> lines = new ArrayList<>();
    (type.equals("recursive") ? recursive : direct)
        .forEach(
            (cid, name) ->
                lines.add(
                    "{\"Cid\":\"%s\",\"Type\":\"%s\",\"Name\":\"%s\"}".formatted(cid, type, name)));
    return lines.isEmpty() ? new Answer(200, new byte[0]) : Answer.json(String.join("\n", lines));
  }

  /** As without {@code stream}: all in one. */
  private Answer listed(Map<String, String> query) {
    String type = query.getOrDefault("t", "all");
    List<String> keys = new ArrayList<>();
    (type.equals("recursive") ? recursive : direct)
        .forEach(
            (cid, _) ->
                keys.add("\"%s\":{\"Type\":\"%s\"}".formatted(written(Cid.parseLink(cid)), type)));
    return Answer.json("{\"Keys\":{" + String.join(",", keys) + "}}");
  }

  private Answer pin(String argument, Map<String, String> query) {
    if (!holds(Cid.parseLink(argument))) {
      return Answer.error(
          "block was not found locally (offline): ipld: could not find " + argument);
    }
    boolean all = !"false".equals(query.get("recursive"));
    (all ? recursive : direct).put(argument, query.getOrDefault("name", ""));
    return pinned(argument);
  }

  private Answer pinned(String argument) {
    return Answer.json("{\"Pins\":[\"" + written(Cid.parseLink(argument)) + "\"]}");
  }

  /** A block of its own. */
  public Cid hold(byte[] bytes) {
    Block block = Block.of(Multicodec.RAW, bytes);
    hold(block.cid(), bytes);
    return block.cid();
  }

  /** Stops to listen and cuts all connections. */
  @Override
  public void close() {
    closing.countDown();
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    threads.close();
  }
}
