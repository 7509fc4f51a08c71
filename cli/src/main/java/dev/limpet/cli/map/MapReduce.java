package dev.limpet.cli.map;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.DagUpload;
import dev.limpet.cli.client.Patience;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.WholeCall;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One function on each entry, another on directories of what that answered, and on directories of
 * what these answered, until one answer is left. Entries are called by their own CIDs, and what is
 * reduced is a directory by its CID: the same contents are the same Tasks, wherever they stand.
 *
 * <p>For one run, by one thread; it makes others.
 */
public final class MapReduce {
  /** Entries of a directory that is mapped; its list and the answers are in memory. */
  public static final int MAX_MAP_ENTRIES = 100_000;

  /** Answers of all entries together. */
  static final long MAX_RESULTS_BYTES = 64L << 20;

  /** Answers of all reductions together. */
  static final long MAX_REDUCED_BYTES = 64L << 20;

  /** The first wait for a gateway to hear of a group; each further one is twice as long. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /**
   * The longest: all of {@link Patience} are 11 seconds, and a gateway remembers for 10 that nobody
   * had the group when it was asked for before it was sent.
   */
  static final Duration MAX_UNHEARD_PAUSE = Duration.ofSeconds(2);

  private final Servers servers;
  private final Plan plan;
  private final Crew crew;
  private final Failures failures = new Failures();
  private final Tally mapped = new Tally();
  private final Tally reduced = new Tally();
  private final List<ImportedRoot> kept = new ArrayList<>();
  private int levels;

  /**
   * Who takes part.
   *
   * @param gateway calls functions
   * @param node keeps what is reduced
   * @param terminal shows how far it is
   */
  public record Servers(WholeCall gateway, ServerClient node, Terminal terminal) {}

  /**
   * What is done.
   *
   * @param map on each entry
   * @param reduce on directories of answers, its own too
   * @param ending what the name of an entry gets as the name of its answer, such as {@code .csv}
   * @param parallel calls at a time
   */
  public record Plan(Work map, Work reduce, String ending, int parallel) {}

  /** A run of {@code plan}. */
  public MapReduce(Servers servers, Plan plan) {
    this.servers = servers;
    this.plan = plan;
    this.crew = new Crew(plan.parallel);
  }

  /**
   * Maps and reduces.
   *
   * @param entries at least one, at most {@link #MAX_MAP_ENTRIES}, of different names
   * @return the last answer
   * @throws CliException {@code entries-failed}, see {@link #failures}; or what made all stop
   */
  public byte[] run(List<Entry> entries) {
    List<Entry> ordered = entries.stream().sorted(Comparator.comparing(Entry::name)).toList();
    List<Result> results = map(ordered);
    do {
      results = reduceLevel(results);
      levels++;
    } while (results.size() > 1);
    return results.getFirst().bytes();
  }

  private List<Result> map(List<Entry> entries) {
    long begun = System.nanoTime();
    try (ProgressBar bar = ProgressBar.ofCalls(servers.terminal, "mapping", entries.size())) {
      List<Optional<Result>> results = crew.each(entries, entry -> result(entry, bar));
      failures.throwIfAny(entries.size());
      return results.stream().map(Optional::orElseThrow).toList();
    } finally {
      mapped.took(System.nanoTime() - begun);
    }
  }

  /** Empty when it failed, which is noted. */
  private Optional<Result> result(Entry entry, ProgressBar bar) {
    WholeCall.Answer answer;
    try {
      answer = servers.gateway.answer(plan.map.on(entry.cid()));
    } catch (CliException e) {
      failures.note(entry, e);
      return Optional.empty();
    } finally {
      bar.advance(1);
    }
    if (mapped.count(answer) > MAX_RESULTS_BYTES) {
      throw new CliException(
          ErrorCode.OUT_OF_OUTPUT,
          "the answers of the entries have more than 64 MiB together: let the function answer"
              + " less, or map parts of the directory");
    }
    return Optional.of(new Result(entry.name() + plan.ending, answer.bytes()));
  }

  /** One level: groups that nobody has are sent together, between two rounds of calls. */
  private List<Result> reduceLevel(List<Result> results) {
    long begun = System.nanoTime();
    List<List<Result>> parts = FanIn.groups(levels, results, Result::name);
    try (ProgressBar bar = ProgressBar.ofCalls(servers.terminal, "reducing", parts.size())) {
      List<Step> asked = crew.each(parts, part -> ask(part, parts.size() == 1, bar));
      List<Group> missing = asked.stream().map(Step::group).filter(Objects::nonNull).toList();
      if (missing.isEmpty()) {
        return asked.stream().map(step -> Objects.requireNonNull(step.result)).toList();
      }
      send(missing);
      return crew.each(asked, step -> step.result == null ? reduced(step, bar) : step.result);
    } finally {
      reduced.took(System.nanoTime() - begun);
    }
  }

  /** A reduction: answered, or with a group that has to be sent first. */
  private record Step(@Nullable Result result, @Nullable Group group) {}

  /** One result alone goes up as it is, except that the last answer is always a reduction's. */
  private Step ask(List<Result> part, boolean last, ProgressBar bar) {
    if (part.size() == 1 && !last) {
      bar.advance(1);
      return new Step(part.getFirst(), null);
    }
    Group group = Group.of(part);
    try {
      return new Step(reduced(group, bar), null);
    } catch (CliException e) {
      if (e.code().equals(ErrorCode.DATA_NOT_FOUND.code())) {
        return new Step(null, group);
      }
      throw ofReduction(group, e);
    }
  }

  /**
   * One whose group was sent just now: on a busy machine the gateway hears of the last of many
   * groups later than their sender.
   */
  private Result reduced(Step step, ProgressBar bar) {
    Group group = Objects.requireNonNull(step.group);
    AtomicReference<Duration> pause = new AtomicReference<>(FIRST_PAUSE);
    try {
      return Patience.ask(() -> reducedOrNotYet(group, bar, pause));
    } catch (CliException e) {
      throw ofReduction(group, e);
    }
  }

  private Result reducedOrNotYet(Group group, ProgressBar bar, AtomicReference<Duration> pause) {
    try {
      return reduced(group, bar);
    } catch (CliException e) {
      boolean unheard = e.code().equals(ErrorCode.DATA_NOT_FOUND.code());
      throw unheard ? e.withAgain(pause.getAndUpdate(MapReduce::longer)) : e;
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(MAX_UNHEARD_PAUSE) < 0 ? twice : MAX_UNHEARD_PAUSE;
  }

  private Result reduced(Group group, ProgressBar bar) {
    WholeCall.Answer answer = servers.gateway.answer(plan.reduce.on(group.root().cid().toString()));
    if (reduced.count(answer) > MAX_REDUCED_BYTES) {
      throw new CliException(
          ErrorCode.OUT_OF_OUTPUT,
          "the answers of reductions have more than 64 MiB together: a reduction should answer"
              + " less than it gets");
    }
    bar.advance(1);
    return new Result(group.name(), answer.bytes());
  }

  private CliException ofReduction(Group group, CliException cause) {
    return new CliException(
        cause.exit(),
        cause.code(),
        "the reduction of "
            + group.results().size()
            + " answers from "
            + group.name()
            + " on: "
            + cause.detail()
            + " (its data is "
            + group.root().cid()
            + ")");
  }

  private void send(List<Group> groups) {
    long bytes = groups.stream().mapToLong(group -> group.root().dagSize()).sum();
    DagUpload upload = new DagUpload(servers.node, bytes);
    kept.add(Patience.ask(() -> upload.send(sink -> Group.imported(groups, sink))));
  }

  /** The calls on entries. */
  public Tally mapped() {
    return mapped;
  }

  /** The calls on answers. */
  public Tally reduced() {
    return reduced;
  }

  /** Levels of reductions so far. */
  public int levels() {
    return levels;
  }

  /** Directories of answers that the node keeps, pinned, since this run. */
  public List<ImportedRoot> kept() {
    return List.copyOf(kept);
  }

  /** What failed, by the names of the entries. */
  public Map<String, CliException> failures() {
    return failures.byName();
  }
}
