package dev.limpet.node.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptStoreTest {
  @TempDir private Path dir;
  private final NodeIdentity node = NodeIdentity.generate();

  private List<Cid> append(ReceiptStore store, int count) throws IOException {
    EntryBatch batch = new EntryBatch();
    List<Cid> receipts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      receipts.add(batch.add(batch.write(ReceiptSamples.receipt(node.peerId()))));
    }
    store.append(batch);
    return receipts;
  }

  /** As when the folder cannot be synced after the rename: the disk has more than is known. */
  @Test
  void a_checkpoint_that_came_to_the_disk_though_its_writing_failed_is_gone_on_from()
      throws IOException {
    ReceiptStore store = ReceiptStore.open(dir, node);
    append(store, 1);
    List<Cid> unknown = append(ReceiptStore.open(dir, node), 2);
    store.recover();
    assertEquals(3, ReceiptStore.open(dir, node).head().size());
    List<Cid> next = append(store, 3);
    ReceiptStore again = ReceiptStore.open(dir, node);
    assertEquals(6, again.head().size());
    for (Cid receipt : List.of(unknown.getFirst(), unknown.getLast(), next.getLast())) {
      assertNotNull(store.find(receipt));
      assertNotNull(again.find(receipt));
    }
  }

  @Test
  void a_digest_of_zeros_is_the_cid_of_no_receipt() throws IOException {
    ReceiptStore store = ReceiptStore.open(dir, node);
    Cid first = append(store, 1).getFirst();
    byte[] zeros = Arrays.copyOf(first.toBytes(), first.toBytes().length);
    Arrays.fill(zeros, zeros.length - 32, zeros.length, (byte) 0);
    assertNull(store.find(Cid.decode(zeros)));
    assertNotNull(store.find(first));
  }

  @Test
  void no_two_entries_of_any_log_have_the_same_nonce() throws IOException {
    Set<ByteString> nonces = new HashSet<>();
    int entries = 0;
    for (String log : List.of("a", "b")) {
      ReceiptStore store = ReceiptStore.open(dir.resolve(log), node);
      for (Cid receipt : append(store, 150)) {
        nonces.add(Objects.requireNonNull(store.find(receipt)).nonce());
        entries++;
      }
    }
    assertEquals(entries, nonces.size());
  }
}
