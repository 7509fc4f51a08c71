package dev.limpet.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages of the documents: {@code .ci/pages} runs their commands, and these can be found. */
class PagesTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```([a-z]*)\\n(.*?)^```$");

  private static final Pattern COMMAND = Pattern.compile("(?m)^(\\./limpet|limpet|curl) ");

  private final Repository repository = Repository.open();

  @Test
  void every_command_of_a_page_is_in_a_block_that_is_run() {
    List<String> notRun = new ArrayList<>();
    int run = 0;
    for (Path page : repository.withExtension(".md")) {
      Matcher block = BLOCK.matcher(Repository.read(page));
      while (block.find()) {
        boolean commands = COMMAND.matcher(block.group(2)).find();
        if (block.group(1).equals("sh")) {
          run += commands ? 1 : 0;
        } else if (commands) {
          notRun.add(repository.name(page) + ": " + block.group(2).lines().findFirst().orElse(""));
        }
      }
    }
    assertTrue(run > 10, "no commands were found");
    assertEquals(List.of(), notRun, "mark the block sh, so that .ci/pages runs it");
  }

  @Test
  void every_link_to_a_file_leads_somewhere() {
    Pattern link = Pattern.compile("]\\(([^)#:\\s]+)(?:#[^)]*)?\\)");
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : repository.withExtension(".md")) {
      Matcher target = link.matcher(Repository.read(page));
      while (target.find()) {
        links++;
        if (!page.resolveSibling(target.group(1)).normalize().toFile().exists()) {
          broken.add(repository.name(page) + ": " + target.group(1));
        }
      }
    }
    assertTrue(links > 20, "no links were found");
    assertEquals(List.of(), broken);
  }
}
