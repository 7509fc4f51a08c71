package dev.limpet.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of a folder that an operator can put anything into. */
class AuditEvidenceTest {
  @TempDir private Path dir;

  private Path folder(String name) throws IOException {
    return Files.createDirectories(dir.resolve(AuditEvidence.FOLDER).resolve(name));
  }

  private List<String> shown() {
    return new AuditEvidence(dir).after("", 10).stream().map(AuditEvidence.Kept::name).toList();
  }

  @Test
  void what_is_no_case_hides_none() throws IOException {
    AuditEvidence evidence = new AuditEvidence(dir);
    evidence.keep("x-2", "a and b differ", List.of());
    folder("x-1");
    folder("x-3/case.txt");
    Files.writeString(folder("x-4").resolve("case.txt"), "\n");
    Files.write(folder("x-5").resolve("case.txt"), new byte[AuditEvidence.MAX_CASE_BYTES + 1]);
    Files.writeString(folder("").resolve("notes.txt"), "none");
    evidence.keep("x-6", "b and c differ", List.of());
    assertEquals(List.of("x-2", "x-6"), shown());
    List<AuditEvidence.Kept> first = evidence.after("", 1);
    assertEquals("a and b differ", first.getFirst().verdict());
    assertEquals("x-6", evidence.after("x-2", 1).getFirst().name());
  }

  @Test
  @Tag("long")
  void what_is_no_case_takes_the_place_of_none() throws IOException {
    for (int i = 0; i < AuditEvidence.MAX_EVIDENCE_CASES; i++) {
      Files.writeString(folder("").resolve("note-" + i), "none");
      folder("folder-" + i);
    }
    AuditEvidence evidence = new AuditEvidence(dir);
    for (int i = 0; i <= AuditEvidence.MAX_EVIDENCE_CASES; i++) {
      evidence.keep("x-" + i, "a and b differ", List.of());
    }
    int most = 2 * AuditEvidence.MAX_EVIDENCE_CASES;
    assertEquals(AuditEvidence.MAX_EVIDENCE_CASES, evidence.after("", most).size());
  }

  /** Where a file of a case cannot be read, who reads it again says so. */
  @Test
  void what_is_kept_is_read_once_to_count_it() throws IOException {
    AuditEvidence evidence = new AuditEvidence(dir);
    evidence.keep("x-1", "a and b differ", List.of());
    Path unreadable = Path.of("/proc/self/mem"); // a plain file that cannot be read from its start
    Files.createSymbolicLink(folder("x-2").resolve("case.txt"), unreadable);
    evidence.keep("x-3", "a and b differ", List.of());
    assertEquals(List.of("x-1", "x-3"), shown());
  }

  @Test
  @Tag("long")
  void what_somebody_takes_away_makes_room() throws IOException {
    AuditEvidence evidence = new AuditEvidence(dir);
    for (int i = 0; i <= AuditEvidence.MAX_EVIDENCE_CASES; i++) {
      evidence.keep("x-" + i, "a and b differ", List.of());
    }
    Files.delete(folder("x-0").resolve("case.txt"));
    Files.delete(folder("x-0"));
    Files.setLastModifiedTime(folder(""), FileTime.from(Instant.now().plusSeconds(5)));
    evidence.keep("y-1", "a and b differ", List.of());
    evidence.keep("y-2", "a and b differ", List.of());
    List<AuditEvidence.Kept> late = evidence.after("y", AuditEvidence.MAX_EVIDENCE_CASES);
    assertEquals(List.of("y-1"), late.stream().map(AuditEvidence.Kept::name).toList());
  }

  @Test
  void files_of_a_case_are_its_plain_files_and_no_more_than_are_listed() throws IOException {
    AuditEvidence evidence = new AuditEvidence(dir);
    evidence.keep("x-1", "a and b differ", List.of());
    folder("x-1/more");
    for (int i = 0; i < 2 * AuditEvidence.MAX_CASE_FILES; i++) {
      Files.writeString(folder("x-1").resolve("note-" + i), "n");
    }
    AuditEvidence.Kept kept = evidence.after("", 10).getFirst();
    assertEquals(AuditEvidence.MAX_CASE_FILES, kept.files().size());
    assertEquals("case.txt", kept.files().getFirst());
    assertArrayEquals(new byte[] {'n'}, evidence.read("x-1", "note-0"));
    LimpetException e = assertThrows(LimpetException.class, () -> evidence.read("x-1", "more"));
    assertEquals(ErrorCode.NOT_FOUND, e.code());
  }
}
