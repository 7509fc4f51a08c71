/**
 * What blocks say: the IPLD data model, its codecs DAG-CBOR, DAG-JSON and DAG-PB, and walks over
 * DAGs.
 */
@NullMarked
package dev.limpet.content.ipld;

import org.jspecify.annotations.NullMarked;
