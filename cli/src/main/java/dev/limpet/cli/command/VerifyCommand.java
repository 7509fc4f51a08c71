package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.evidence.FolderCheck;
import dev.limpet.cli.terminal.Escape;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet verify}: whether the file of a receipt holds. Asks nobody. */
@Command(
    name = "verify",
    description = "Check the file of a receipt, step by step, without asking anybody.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The file comes from /v1/receipts/CID. Exit code 0: everything holds; 1: something does not.",
      "",
      "Examples:",
      "  limpet verify answer.receipt",
      "  limpet verify answer.receipt --operator 12D3Koo…",
      "  limpet verify evidence --operator 12D3Koo…"
    })
public final class VerifyCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      description = "The file, a folder that limpet evidence made, or - for standard input.")
  private String file = "";

  @Option(
      names = "--operator",
      paramLabel = "KEY",
      description =
          "The key of the operator that you trust, as /v1/witness/key shows it; without it the"
              + " one that the file names is taken, which in a folder must be one for all.")
  private @Nullable String operator;

  @Option(
      names = "--node",
      paramLabel = "KEY",
      description = "The key of the node; for receipts of a node that no operator vouches for.")
  private @Nullable String node;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  VerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ReceiptVerifier.Trust trust =
        new ReceiptVerifier.Trust(key("--operator", operator), key("--node", node));
    Path folder = folder();
    if (folder != null) {
      return checked(FolderCheck.of(folder, trust));
    }
    Verification found = ReceiptVerifier.verify(read(), trust, Instant.now());
    if (json) {
      session.terminal().json(json(found));
    } else {
      print(found);
    }
    return found.isGreen() ? ExitCode.DONE.number() : ExitCode.FUNCTION_FAILED.number();
  }

  /**
   * The key that was typed, or null.
   *
   * @throws CliException (wrong usage) when it is none
   */
  static @Nullable PeerId key(String option, @Nullable String text) {
    try {
      return text == null ? null : PeerId.parse(text);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(option + ": " + e.getMessage());
    }
  }

  private @Nullable Path folder() {
    try {
      Path path = Path.of(file);
      return Files.isDirectory(path) ? path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** A folder holds when each of its files does. */
  private int checked(FolderCheck.Checked checked) {
    List<FolderCheck.Found> red = checked.red();
    List<String> operators = checked.operators().stream().map(PeerId::toString).sorted().toList();
    if (json) {
      List<Map<String, Object>> files = new ArrayList<>();
      for (FolderCheck.Found each : checked.files()) {
        files.add(Map.of("file", each.file(), "green", each.isGreen(), "says", each.says()));
      }
      session
          .terminal()
          .json(Map.of("green", red.isEmpty(), "operators", operators, "files", files));
    } else {
      for (FolderCheck.Found each : checked.files()) {
        String word = each.isGreen() ? "green" : "red";
        String file = Escape.oneLine(each.file());
        String says = Escape.oneLine(each.says());
        session.terminal().line(String.format("%-7s %s: %s", word, file, says));
      }
      operators.forEach(
          key -> session.terminal().line("says    operator " + key + " vouches for the nodes"));
      int files = checked.files().size();
      session
          .terminal()
          .line(
              red.isEmpty()
                  ? "green: " + files + " files, and each holds"
                  : "red: " + red.size() + " of " + files + " files do not hold");
    }
    return red.isEmpty() ? ExitCode.DONE.number() : ExitCode.FUNCTION_FAILED.number();
  }

  private byte[] read() {
    if (file.equals("-")) {
      try {
        return ReceiptDownload.read(session.terminal().in());
      } catch (IOException e) {
        throw CliException.usage("cannot read standard input: " + e.getMessage());
      }
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return ReceiptDownload.read(in);
    } catch (IOException | InvalidPathException e) {
      throw CliException.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  private void print(Verification found) {
    for (Verification.Check check : found.checks()) {
      String word = check.result().name().toLowerCase(Locale.ROOT);
      session
          .terminal()
          .line(String.format("%-7s %-11s %s", word, check.step().text(), check.says()));
    }
    Receipt receipt = found.receipt();
    if (!found.isGreen() || receipt == null) {
      session.terminal().line("red: " + failed(found));
      return;
    }
    says(receipt)
        .forEach(
            (what, value) ->
                session.terminal().line("says    " + what + " " + Escape.oneLine(value)));
    session.terminal().line("green: it is what that node said, unaltered, and in its log");
  }

  private static String failed(Verification found) {
    List<String> steps = found.failed().stream().map(check -> check.step().text()).toList();
    return String.join(", ", steps) + (steps.size() == 1 ? " does" : " do") + " not hold";
  }

  /** What the node says; nobody but the node knows whether it is true. */
  private static Map<String, Object> says(Receipt receipt) {
    Map<String, Object> says = new LinkedHashMap<>();
    says.put("execution", receipt.ran().execution().text());
    says.put("function", receipt.work().function().toString());
    if (receipt.work().task() != null) {
      says.put("task", receipt.work().task().toString());
    }
    says.put("inputs", receipt.work().inputs());
    says.put("outcome", receipt.ending().outcome().text());
    Receipt.Result result = receipt.ending().result();
    if (result != null) {
      says.put("result", result.body().toString());
      says.put("size", result.size());
      says.put("status", result.status());
    }
    says.put("fuel", receipt.used().fuel());
    says.put("memory", receipt.used().memory());
    says.put("read", receipt.used().read());
    says.put("blocks", receipt.used().blocks());
    says.put("fetched", receipt.used().fetched());
    says.put("node", receipt.ran().node().toString());
    says.put("engine", receipt.ran().engine());
    says.put("grants", receipt.ran().grants());
    says.put("started", receipt.ran().started().toString());
    says.put("tookMicros", receipt.ran().tookMicros());
    return says;
  }

  private static Map<String, Object> json(Verification found) {
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Verification.Check check : found.checks()) {
      checks.add(
          Map.of(
              "step", check.step().text(),
              "result", check.result().name().toLowerCase(Locale.ROOT),
              "says", check.says()));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("green", found.isGreen());
    json.put("checks", checks);
    Receipt receipt = found.receipt();
    if (found.isGreen() && receipt != null) {
      json.put("receipt", says(receipt));
    }
    return json;
  }
}
