package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Task;
import dev.limpet.protocol.TaskDerivation;
import dev.limpet.wasmhost.Determinism;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call before its function runs.
 *
 * @param function to run
 * @param inputs its data, all of which is here
 * @param input its body
 * @param task what it is
 * @param head of a success
 * @param etag of a success, or null
 */
record Begun(
    KnownFunction function,
    List<ResolvedInput> inputs,
    GuestInput input,
    NamedTask task,
    AnswerHead head,
    @Nullable String etag) {

  /** A Task, its form and its id, which take time to find. */
  record NamedTask(Task task, ByteString form, Cid id) {
    static NamedTask of(Task task) {
      Task.Form form = task.form();
      return new NamedTask(task, form.bytes(), form.id());
    }

    Determinism determinism() {
      Cid bareId = task.bodyDigest() == null ? id : task.withoutBody().cid();
      return new Determinism(TaskDerivation.clockBaseNanos(bareId), TaskDerivation.seed(bareId));
    }
  }
}
