package dev.limpet.cli.command;

import dev.limpet.protocol.Release;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root: it only lists the others. */
@Command(
    name = "limpet",
    description =
        "A function is a CID. Data is a CID. Limpet runs the first where the second already is.",
    mixinStandardHelpOptions = true,
    version = "limpet " + Release.VERSION,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Start here:",
      "  limpet demo                       the main job on real data, in under a minute",
      "  limpet up --nodes 2               a gateway and two nodes on this machine",
      "  limpet run FUNC.wasm --data FILE  a function here, without servers",
      "  limpet add FILE                   data into a node; prints its CID",
      "  limpet deploy FUNC.wasm --name f  a function gets its CID and a name",
      "  limpet call f --on CID            the answer, computed where the data is",
      "  limpet sql 'SELECT …' --on CID    the same without a function of one's own",
      "  limpet map f --on CID --reduce g  on each entry of a folder; only what is new runs",
      "",
      "Example: limpet help call"
    },
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      GatewayCommand.class,
      NodeCommand.class,
      AddCommand.class,
      CatCommand.class,
      GetCommand.class,
      LsCommand.class,
      PinCommand.class,
      UnpinCommand.class,
      CheckCommand.class,
      RunCommand.class,
      CompileCommand.class,
      DeployCommand.class,
      CallCommand.class,
      MapCommand.class,
      SqlCommand.class,
      WhyCommand.class,
      ReceiptCommand.class,
      VerifyCommand.class,
      ReplayCommand.class,
      DiffCommand.class,
      EvidenceCommand.class,
      LogsCommand.class,
      NameCommand.class,
      FunctionsCommand.class,
      NodesCommand.class,
      StatusCommand.class,
      TopCommand.class,
      ConfigCommand.class,
      StoreCommand.class,
      IpnsCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      DoctorCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
public final class LimpetCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * The class of one command: building the model of it alone costs a tenth of that of all.
   *
   * @return null for what needs all of them, and for what is no command
   */
  public static @Nullable Class<?> alone(String name) {
    return switch (name) {
      case "demo" -> DemoCommand.class;
      case "up" -> UpCommand.class;
      case "gateway" -> GatewayCommand.class;
      case "node" -> NodeCommand.class;
      case "add" -> AddCommand.class;
      case "cat" -> CatCommand.class;
      case "get" -> GetCommand.class;
      case "ls" -> LsCommand.class;
      case "pin" -> PinCommand.class;
      case "unpin" -> UnpinCommand.class;
      case "check" -> CheckCommand.class;
      case "run" -> RunCommand.class;
      case "compile" -> CompileCommand.class;
      case "deploy" -> DeployCommand.class;
      case "call" -> CallCommand.class;
      case "map" -> MapCommand.class;
      case "sql" -> SqlCommand.class;
      case "why" -> WhyCommand.class;
      case "receipt" -> ReceiptCommand.class;
      case "verify" -> VerifyCommand.class;
      case "replay" -> ReplayCommand.class;
      case "diff" -> DiffCommand.class;
      case "evidence" -> EvidenceCommand.class;
      case "logs" -> LogsCommand.class;
      case "name" -> NameCommand.class;
      case "functions" -> FunctionsCommand.class;
      case "nodes" -> NodesCommand.class;
      case "status" -> StatusCommand.class;
      case "top" -> TopCommand.class;
      case "config" -> ConfigCommand.class;
      case "store" -> StoreCommand.class;
      case "ipns" -> IpnsCommand.class;
      case "backup" -> BackupCommand.class;
      case "restore" -> RestoreCommand.class;
      case "doctor" -> DoctorCommand.class;
      default -> null;
    };
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
