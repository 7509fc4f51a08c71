package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Values for tests: one valid value of each record that travels. */
public final class Samples {
  /** A CID of a manifest. */
  public static final Cid FUNCTION = cid(Multicodec.DAG_CBOR, "function");

  /** A CID of a module. */
  public static final Cid MODULE = cid(Multicodec.RAW, "module");

  /** A CID of a directory. */
  public static final Cid DATA = cid(Multicodec.DAG_PB, "data");

  /** A moment with milliseconds. */
  public static final Instant TIME = Instant.parse("2026-11-24T04:05:06.789Z");

  /** A peer. */
  public static final PeerId PEER = PeerId.of(new byte[32]);

  private Samples() {}

  /** The CID of a block that holds this text. */
  public static Cid cid(long codec, String text) {
    return Cid.of(codec, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A candidate that holds everything. */
  public static Candidate candidate() {
    return new Candidate(
        "node-1",
        Holds.COMPLETE,
        0,
        "holds it all",
        NodeState.READY,
        new Candidate.Cost(0, 2.5, 20, 5, 4, 10, 1));
  }

  /** A call on data with everything set. */
  public static Invocation invocation() {
    return new Invocation(
        new ExecutionId("x-aaaaaaaaaaaaaaaaaaaaaaaaaa"),
        FUNCTION,
        MODULE,
        ByteString.of(new byte[] {1, 2, 3}),
        "GET",
        false,
        "/rest",
        "arg=a%20b&x",
        List.of("a b"),
        List.of(new Invocation.Input(DATA, List.of("2013", "01.csv"), "/data")),
        Map.of("accept", "text/csv"),
        "text/plain",
        2000,
        64 << 20,
        "\"tag\"",
        List.of(new Invocation.Source(0, URI.create("http://127.0.0.1:8642"), "ticket")),
        -1,
        true,
        MemoWish.NO_CACHE,
        null);
  }

  /** A node that asks to be let in at this gateway's challenge. */
  public static NodeJoin join(NodeIdentity identity, JoinClaim claim) {
    return new NodeJoin(
        claim.name(),
        claim.url(),
        identity.peerId(),
        ByteString.of(identity.peerId().publicKey()),
        claim.nonce(),
        identity.sign(claim),
        "0.1.0",
        claim.linkToken(),
        new Capacity(1 << 20, 4, 1 << 16),
        Map.of("zone", "eu/1"),
        List.of(),
        NodeJoin.WIRE);
  }

  /** What a node signs to join. */
  public static JoinClaim claim() {
    return new JoinClaim("node-1", URI.create("http://127.0.0.1:8641"), "nonce", "link token");
  }

  /** One of each. */
  public static List<Object> all() {
    return List.of(
        invocation(),
        candidate(),
        new Challenge("nonce", true),
        new AcceptedCall(ExecutionId.random(), "/a", "/a/result", 3600000, "note"),
        execution().asCall(ExecutionId.random(), "/a/result").failed(ErrorCode.ANSWER_CUT, TIME),
        logItem(),
        new LogPart(logItem(), 5, true),
        new LogPage(List.of(logItem()), logItem().cursor().toString(), List.of("away")),
        new NodeWelcome("session", "token", 2000, "node-1"),
        announcement(),
        new Deployed(FUNCTION, MODULE, "csv", 3),
        new Deployed(FUNCTION, MODULE, null, null),
        new FunctionInfo(FUNCTION, MODULE, Abi.COMMAND, 1234, List.of("csv"), false, TIME),
        new NameInfo("csv", 1, FUNCTION, List.of(new NameVersion(1, FUNCTION, TIME))),
        new SetName(FUNCTION.toString()),
        new Rollback(null),
        new Rollback(2),
        nodeInfo(),
        nodeStatus(),
        new HolderInfo(
            "node-1", NodeState.AWAY, false, 1, 2, TIME, false, false, Holds.UNKNOWN, true),
        new Why(
            FUNCTION,
            DATA + "/a",
            List.of(DATA + "/a"),
            "node-1",
            List.of(candidate()),
            "no-node",
            "node-2",
            1.5,
            "max-calls",
            List.of(new Why.Limit("max-calls", 2, 2))),
        new AddedDag(DATA, 1, 2, 3),
        new PinInfo(DATA, "flights", TIME, "recursive", 1, 2, true),
        execution(),
        join(NodeIdentity.generate(), claim()));
  }

  private static Announcement announcement() {
    return new Announcement(
        "session",
        7,
        AnnouncementKind.SNAPSHOT,
        true,
        List.of(new Holding(DATA, 10, 20, true, HoldingKind.ROOT)),
        List.of(MODULE),
        new Load(1, 2, 3),
        null);
  }

  private static NodeInfo nodeInfo() {
    URI url = URI.create("http://127.0.0.1:8641");
    return new NodeInfo(
        "node-1",
        url,
        PEER,
        NodeState.READY,
        1,
        2,
        3,
        TIME,
        Map.of("zone", "eu"),
        0,
        0,
        false,
        "its certificate has ended");
  }

  private static NodeStatus nodeStatus() {
    return new NodeStatus(
        "node-1",
        PEER,
        "0.1.0",
        null,
        false,
        1,
        2,
        3,
        new Capacity(1 << 20, 4, 1 << 16),
        Load.IDLE,
        TIME,
        Map.of("limpet_blocks_read_total", 5L),
        NodeState.PENDING,
        "kubo 0.43.0",
        Map.of("shed:8642", "its certificate has ended"));
  }

  private static LogItem logItem() {
    return new LogItem(
        ExecutionId.random(),
        FUNCTION,
        "node-1",
        ExecutionState.FAILED,
        TIME,
        TIME,
        "guest-failed",
        3,
        "the function exited with code 3",
        "no such file\u0000\u001b\n",
        17,
        4711);
  }

  private static Execution execution() {
    return new Execution(
        ExecutionId.random(),
        ExecutionState.FAILED,
        FUNCTION,
        "csv@3",
        List.of(DATA + "/a"),
        "node-1",
        502,
        "guest-failed",
        3,
        null,
        MemoState.BYPASS,
        TIME,
        TIME,
        new Execution.Usage(1L, 2L, null, 4L, 5L, "run;dur=1.0"),
        List.of(candidate()),
        null,
        "calls",
        DATA.toString());
  }
}
