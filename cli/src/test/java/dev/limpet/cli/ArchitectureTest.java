package dev.limpet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md: who may import whom. */
class ArchitectureTest {
  /** Fewer classes than this means that the importer looked in the wrong place. */
  private static final int FEWEST_CLASSES = 150;

  private static final String CONTENT = "dev.limpet.content..";
  private static final String PROTOCOL = "dev.limpet.protocol..";
  private static final String GATE = "dev.limpet.wasmgate..";
  private static final String HOST = "dev.limpet.wasmhost..";
  private static final String RUNTIMES = "dev.limpet.runtimes..";
  private static final String NODE = "dev.limpet.node..";
  private static final String GATEWAY = "dev.limpet.gateway..";
  private static final String CLI = "dev.limpet.cli..";
  private static final String TESTKIT = "dev.limpet.testkit..";
  private static final String HELIDON = "io.helidon..";
  private static final String VERTX = "io.vertx..";
  private static final String ENGINE = "run.endive..";
  private static final String OLD_ENGINE = "com.dylibso.chicory..";

  private static final JavaClasses CLASSES = importOurs();

  /** What a library's class is like in turn, no rule asks: its name, which is in ours, will do. */
  private static JavaClasses importOurs() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages("dev.limpet");
  }

  @Test
  void all_modules_were_read() {
    assertTrue(CLASSES.size() > FEWEST_CLASSES, "only " + CLASSES.size() + " classes");
    for (String each :
        new String[] {
          "content", "protocol", "wasmgate", "wasmhost", "runtimes", "node", "gateway"
        }) {
      boolean found =
          CLASSES.stream().anyMatch(c -> c.getPackageName().startsWith("dev.limpet." + each));
      assertTrue(found, each + " was not read");
    }
  }

  @Test
  void content_imports_nothing_of_ours_and_no_server() {
    forbid(CONTENT, PROTOCOL, GATE, HOST, NODE, GATEWAY, CLI, TESTKIT, HELIDON, VERTX, ENGINE);
  }

  @Test
  void protocol_imports_content_only() {
    forbid(PROTOCOL, GATE, HOST, NODE, GATEWAY, CLI, TESTKIT, HELIDON, VERTX, ENGINE);
  }

  @Test
  void the_gate_imports_the_jdk_only() {
    forbid(GATE, CONTENT, PROTOCOL, HOST, NODE, GATEWAY, CLI, TESTKIT, HELIDON, VERTX, ENGINE);
  }

  @Test
  void the_sandbox_knows_no_http_and_no_ipfs() {
    forbid(HOST, CONTENT, PROTOCOL, RUNTIMES, NODE, GATEWAY, CLI, TESTKIT, HELIDON, VERTX);
  }

  @Test
  void shipped_modules_are_files_and_import_the_jdk_only() {
    allow(RUNTIMES, RUNTIMES);
  }

  @Test
  void the_node_knows_no_gateway_and_no_vertx() {
    forbid(NODE, RUNTIMES, GATEWAY, CLI, TESTKIT, VERTX, ENGINE);
  }

  @Test
  void the_gateway_runs_nothing_itself() {
    forbid(GATEWAY, NODE, HOST, CLI, TESTKIT, HELIDON, ENGINE);
  }

  @Test
  void the_command_leaves_servers_and_engine_to_the_modules() {
    forbid(CLI, TESTKIT, ENGINE, HELIDON);
  }

  @Test
  void one_package_imports_the_engine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.limpet.wasmhost.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ENGINE, OLD_ENGINE)
        .check(CLASSES);
  }

  @Test
  void two_packages_import_the_bytecode_library() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.limpet.wasmhost.engine..", "dev.limpet.wasmhost.split..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.objectweb.asm..")
        .check(CLASSES);
  }

  @Test
  void packages_of_a_module_form_no_cycle() {
    for (String module :
        new String[] {"content", "protocol", "wasmgate", "wasmhost", "node", "gateway", "cli"}) {
      slices()
          .matching("dev.limpet." + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void the_pure_modules_import_what_they_are_allowed_to_and_no_other_library() {
    allow(CONTENT, CONTENT, "com.github.benmanes.caffeine..");
    allow(GATE, GATE);
    allow(PROTOCOL, PROTOCOL, CONTENT, "io.avaje..", "javax.net.ssl..");
    allow(HOST, HOST, GATE, ENGINE, "org.objectweb.asm..", "com.github.benmanes.caffeine..");
  }

  private void allow(String from, String... to) {
    classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(Stream.of("java..", "javax.crypto..", "org.jspecify.."), Stream.of(to))
                .toArray(String[]::new))
        .check(CLASSES);
  }

  private void forbid(String from, String... to) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to)
        .check(CLASSES);
  }
}
