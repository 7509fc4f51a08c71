package dev.limpet.cli.demo;

import dev.limpet.cli.up.Machine;

/**
 * What the steps hand on to each other.
 *
 * @param machine gateway and nodes
 * @param client asks them
 * @param root CID of the flights
 * @param month the file in it that is asked about
 * @param csv CID of the function
 */
record Stage(Machine machine, DemoClient client, String root, String month, String csv) {
  /** The question: mean arrival delay by carrier. */
  String target() {
    return "/on/" + root + "/" + month + "/-/" + csv + "?arg=by%3Dcarrier&arg=mean%3Darr_delay";
  }
}
