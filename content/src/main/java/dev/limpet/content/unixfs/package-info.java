/** Files and directories as DAGs (IPFS UnixFS specification; import profiles of IPIP-499). */
@NullMarked
package dev.limpet.content.unixfs;

import org.jspecify.annotations.NullMarked;
