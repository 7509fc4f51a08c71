package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet deploy}: a function gets its CID, and a name. */
@Command(
    name = "deploy",
    description = "Deploy a module or a manifest: it gets its CID and, with --name, a name.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet deploy hello.wasm --name hello",
      "  limpet deploy limpet.json --name csv"
    })
public final class DeployCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(paramLabel = "MODULE.wasm|limpet.json", description = "What to deploy.")
  private Path file = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Point this name at it; a new version when it exists.")
  private String name = "";

  @Option(
      names = "--abi",
      completionCandidates = Candidates.Abis.class,
      paramLabel = "ABI",
      description = "http for a command that answers with header lines; else the module says it.")
  private String abi = "";

  DeployCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    requireSupported();
    String target = "/v1/functions" + (name.isEmpty() ? "" : "?name=" + Targets.query(name));
    ServerClient gateway = session.gateway(options);
    FunctionUpload upload = file.toString().endsWith(".json") ? manifest() : module();
    HttpRequest request =
        gateway
            .request(target)
            .header("Content-Type", upload.contentType())
            .POST(BodyPublishers.ofByteArray(upload.body()))
            .build();
    JsonObject answer = gateway.json(request);
    if (!answer.text("function").equals(upload.function().toString())) {
      throw new CliException(
          ErrorCode.HASH_MISMATCH,
          "the gateway answered " + answer.text("function") + ", not " + upload.function());
    }
    print(answer);
    return ExitCode.DONE.number();
  }

  private void requireSupported() {
    if (file.toString().endsWith(".js")) {
      throw new CliException(
          ErrorCode.NOT_SUPPORTED, "this build deploys .wasm modules and limpet.json, not scripts");
    }
  }

  private FunctionUpload module() {
    byte[] module = ModuleFile.read(file);
    Abi own = ModuleFile.abi(ModuleFile.requireAdmitted(file, module));
    if (abi.equals(Abi.HTTP.text()) && own == Abi.COMMAND) {
      return FunctionUpload.ofModuleAs(module, Abi.HTTP);
    }
    if (!abi.isEmpty() && !abi.equals(own.text())) {
      throw CliException.usage(file + " is built for the ABI " + own.text() + ", not " + abi);
    }
    return FunctionUpload.ofModule(module, own);
  }

  private FunctionUpload manifest() {
    FunctionUpload.Source source = FunctionUpload.readManifest(file);
    if (source.module() != null) {
      var _ = ModuleFile.requireAdmitted(source.file(), source.module());
    }
    return FunctionUpload.ofManifest(source);
  }

  private void print(JsonObject answer) {
    if (options.json()) {
      session.terminal().json(answer.fields());
      return;
    }
    String named =
        answer.text("name").isEmpty()
            ? ""
            : "  " + answer.text("name") + "@" + answer.text("version");
    session.terminal().line(answer.text("function") + named);
  }
}
