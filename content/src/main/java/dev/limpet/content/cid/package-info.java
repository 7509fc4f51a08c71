/** Content identifiers: varint, multibase, multihash, CID (multiformats specifications). */
@NullMarked
package dev.limpet.content.cid;

import org.jspecify.annotations.NullMarked;
