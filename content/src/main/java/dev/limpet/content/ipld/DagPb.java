package dev.limpet.content.ipld;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Varint;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dag-pb codec (IPLD DAG-PB specification): links first, data second, the fields of a link in
 * the order hash, name, tsize, nothing else, nothing twice. Old writers put data first, and that is
 * read too.
 */
public final class DagPb {
  /** A link takes at least 38 bytes; a block of 2 MiB holds some 55 000. */
  public static final int MAX_PB_LINKS = 65_536;

  private static final int NODE_DATA = 0x0a;
  private static final int NODE_LINK = 0x12;
  private static final int LINK_HASH = 0x0a;
  private static final int LINK_NAME = 0x12;
  private static final int LINK_TSIZE = 0x18;

  private DagPb() {}

  /**
   * Writes a node.
   *
   * @param node links in the order that they shall have
   * @return the block's bytes
   */
  public static byte[] encode(PbNode node) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 50 * node.links().size());
    for (PbLink link : node.links()) {
      bytes(out, NODE_LINK, encode(link));
    }
    byte[] data = node.data();
    if (data != null) {
      bytes(out, NODE_DATA, data);
    }
    return out.toByteArray();
  }

  private static byte[] encode(PbLink link) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    bytes(out, LINK_HASH, link.cid().toBytes());
    String label = link.label();
    if (label != null) {
      bytes(out, LINK_NAME, label.getBytes(StandardCharsets.UTF_8));
    }
    if (link.total() >= 0) {
      out.write(LINK_TSIZE);
      out.writeBytes(Varint.encode(link.total()));
    }
    return out.toByteArray();
  }

  private static void bytes(ByteArrayOutputStream out, int tag, byte[] value) {
    out.write(tag);
    out.writeBytes(Varint.encode(value.length));
    out.writeBytes(value);
  }

  /**
   * Reads a node.
   *
   * @param block the block's bytes
   * @return the node
   * @throws MalformedBlockException when it is no dag-pb
   * @throws ContentLimitException when it has more than {@value #MAX_PB_LINKS} links
   */
  public static PbNode decode(byte[] block) {
    try {
      return new Decoder(block).node();
    } catch (CidFormatException e) {
      throw new MalformedBlockException("a dag-pb block does not parse: " + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new MalformedBlockException("a dag-pb link has a name that is not UTF-8", e);
    }
  }

  /**
   * A node as a value of the data model, as DAG-JSON shows it: {@code {Data, Links: [{Hash, Name,
   * Tsize}]}}, what is absent left out.
   *
   * @param node the node
   * @return the value
   */
  public static Ipld toIpld(PbNode node) {
    return DagPbForm.toIpld(node);
  }

  /**
   * The node that a value of the data model stands for, the reverse of {@link #toIpld}.
   *
   * @param value {@code {Data, Links: [{Hash, Name, Tsize}]}}, all but Links and Hash optional, the
   *     links in the order of their names' bytes
   * @return the node
   * @throws MalformedBlockException when the value has another form
   */
  public static PbNode fromIpld(Ipld value) {
    return DagPbForm.fromIpld(value);
  }

  /** One pass over one block. */
  private static final class Decoder {
    private final ByteBuffer block;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    Decoder(byte[] block) {
      this.block = ByteBuffer.wrap(block);
    }

    PbNode node() throws CharacterCodingException {
      List<PbLink> links = new ArrayList<>();
      byte @Nullable [] data = null;
      boolean linksEnded = false;
      while (block.hasRemaining()) {
        int tag = tag(block);
        if (tag == NODE_LINK && !linksEnded) {
          if (links.size() == MAX_PB_LINKS) {
            throw new ContentLimitException("a block has more than " + MAX_PB_LINKS + " links");
          }
          links.add(link(slice(block)));
        } else if (tag == NODE_DATA && data == null) {
          data = array(slice(block));
          linksEnded = !links.isEmpty();
        } else {
          throw new MalformedBlockException(
              "a dag-pb node has a field that is unknown, twice there or out of order");
        }
      }
      return new PbNode(links, data);
    }

    private PbLink link(ByteBuffer in) throws CharacterCodingException {
      if (!in.hasRemaining() || tag(in) != LINK_HASH) {
        throw new MalformedBlockException("a dag-pb link does not begin with its CID");
      }
      Cid cid = Cid.decodeLink(array(slice(in)));
      String name = null;
      long tsize = -1;
      while (in.hasRemaining()) {
        int tag = tag(in);
        if (tag == LINK_NAME && name == null && tsize < 0) {
          name = utf8.decode(slice(in)).toString();
        } else if (tag == LINK_TSIZE && tsize < 0) {
          tsize = Varint.read(in);
        } else {
          throw new MalformedBlockException(
              "a dag-pb link has a field that is unknown, twice there or out of order");
        }
      }
      return new PbLink(cid, name, tsize);
    }

    /** All field numbers are below 16, so that a tag is one byte. */
    private static int tag(ByteBuffer in) {
      return in.get() & 0xff;
    }

    private static ByteBuffer slice(ByteBuffer in) {
      long length = Varint.read(in);
      if (length > in.remaining()) {
        throw new MalformedBlockException("a dag-pb block ends in the middle of a field");
      }
      ByteBuffer slice = in.slice(in.position(), (int) length);
      in.position(in.position() + (int) length);
      return slice;
    }

    private static byte[] array(ByteBuffer slice) {
      byte[] bytes = new byte[slice.remaining()];
      slice.get(bytes);
      return bytes;
    }
  }
}
