package dev.limpet.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Sizes that keep a file readable in one sitting, read from the syntax tree. */
class SourceRulesTest {
  /** About 400 lines: one concern; more is a second class that has not been found yet. */
  private static final int MAX_FILE_LINES = 450;

  /** About 30 lines are the aim; a table or a dispatch may need twice that. */
  private static final int MAX_METHOD_LINES = 60;

  /** More parameters are a record without a name. */
  private static final int MAX_PARAMETERS = 5;

  /** What code that the engine generates calls has the parameters that the engine gives it. */
  private static final Set<String> CALLED_BY_GENERATED_CODE = Set.of("TABLE_COPY", "TABLE_INIT");

  private final Repository repository = Repository.open();

  @Test
  void no_java_file_is_longer_than_one_concern() {
    List<String> tooLong = new ArrayList<>();
    for (Path file : repository.javaFiles()) {
      int lines = Repository.lines(file).size();
      if (lines > MAX_FILE_LINES) {
        tooLong.add(repository.name(file) + ": " + lines + " lines");
      }
    }
    assertEquals(List.of(), tooLong, "split these by concern");
  }

  @Test
  void no_method_is_too_long_or_takes_too_many_parameters() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Findings findings = new Findings(repository);
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      var sources = files.getJavaFileObjectsFromPaths(repository.javaFiles());
      var options = List.of("-proc:none", "--release", "25");
      var task = (JavacTask) compiler.getTask(null, files, _ -> {}, options, null, sources);
      findings.positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        findings.scan(unit, unit);
      }
    }
    assertTrue(findings.methods > 100, "the syntax tree was not read");
    assertEquals(List.of(), findings.broken, "shorten these, or give the parameters a record");
  }

  private static final class Findings extends TreeScanner<Void, CompilationUnitTree> {
    private final Repository repository;
    private final List<String> broken = new ArrayList<>();
    private SourcePositions positions = new NoPositions();
    private boolean inRecord;
    private int methods;

    Findings(Repository repository) {
      this.repository = repository;
    }

    @Override
    public Void visitClass(ClassTree tree, CompilationUnitTree unit) {
      boolean outer = inRecord;
      inRecord = tree.getKind() == Tree.Kind.RECORD;
      super.visitClass(tree, unit);
      inRecord = outer;
      return null;
    }

    @Override
    public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
      methods++;
      long lines = lines(method, unit);
      if (lines > MAX_METHOD_LINES) {
        report(method, unit, lines + " lines");
      }
      int parameters = method.getParameters().size();
      boolean canonical = inRecord && method.getName().contentEquals("<init>");
      boolean given =
          isOverride(method) || CALLED_BY_GENERATED_CODE.contains(method.getName().toString());
      if (parameters > MAX_PARAMETERS && !canonical && !given) {
        report(method, unit, parameters + " parameters");
      }
      return super.visitMethod(method, unit);
    }

    private long lines(MethodTree method, CompilationUnitTree unit) {
      // The body only: the rows of a parameterized test stand in its annotation.
      Tree body = method.getBody();
      if (body == null) {
        return 0;
      }
      LineMap map = unit.getLineMap();
      long start = positions.getStartPosition(unit, body);
      long end = positions.getEndPosition(unit, body);
      return start < 0 || end < 0 ? 0 : map.getLineNumber(end) - map.getLineNumber(start) + 1;
    }

    private static boolean isOverride(MethodTree method) {
      return method.getModifiers().getAnnotations().stream()
          .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
    }

    private void report(MethodTree method, CompilationUnitTree unit, String what) {
      String file = repository.name(Path.of(unit.getSourceFile().toUri()));
      broken.add(file + " " + method.getName() + ": " + what);
    }
  }

  /** Stands in until the compiler task exists. */
  private static final class NoPositions implements SourcePositions {
    @Override
    public long getStartPosition(CompilationUnitTree file, Tree tree) {
      return -1;
    }

    @Override
    public long getEndPosition(CompilationUnitTree file, Tree tree) {
      return -1;
    }
  }
}
