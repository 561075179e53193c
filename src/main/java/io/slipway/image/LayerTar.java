package io.slipway.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes the entries of one layer: owned by 0:0, dated 1970, in the order of the calls, so that the same calls give the same bytes. */
public final class LayerTar {
    private final TarArchiveOutputStream tar;

    LayerTar(OutputStream out) {
        tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    /** @param mode e.g. 0755 */
    public LayerTar directory(String name, int mode) throws IOException {
        put(entry(name.endsWith("/") ? name : name + "/", TarConstants.LF_DIR, mode));
        return this;
    }

    public LayerTar file(String name, byte[] content, int mode) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        return this;
    }

    public LayerTar symlink(String name, String target) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_SYMLINK, 0777);
        entry.setLinkName(target);
        put(entry);
        return this;
    }

    public LayerTar hardLink(String name, String target) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_LINK, 0644);
        entry.setLinkName(target);
        put(entry);
        return this;
    }

    /** Hides a name of the layers below. */
    public LayerTar whiteout(String parent, String name) throws IOException {
        return file(parent.isEmpty() ? ".wh." + name : parent + "/.wh." + name, new byte[0], 0644);
    }

    /** Hides all that the layers below have in a directory. */
    public LayerTar opaque(String directory) throws IOException {
        return file(directory + "/.wh..wh..opq", new byte[0], 0644);
    }

    /** A file or a directory with all below it, in the order of names; links stay links, modes stay. */
    public LayerTar tree(Path from, String at) throws IOException {
        if (Files.isSymbolicLink(from)) {
            return symlink(at, Files.readSymbolicLink(from).toString());
        }
        if (!Files.isDirectory(from)) {
            return copy(from, at);
        }
        directory(at, mode(from));
        List<Path> children;
        try (Stream<Path> entries = Files.list(from)) {
            children = entries.sorted().toList();
        }
        for (Path child : children) {
            tree(child, at + "/" + child.getFileName());
        }
        return this;
    }

    /** The content of a file, also where the name is a link. */
    public LayerTar copy(Path from, String at) throws IOException {
        TarArchiveEntry entry = entry(at, TarConstants.LF_NORMAL, mode(from));
        entry.setSize(Files.size(from));
        tar.putArchiveEntry(entry);
        try (InputStream in = Files.newInputStream(from)) {
            in.transferTo(tar);
        }
        tar.closeArchiveEntry();
        return this;
    }

    /** An entry as it is, for what no method above can say. */
    LayerTar raw(TarArchiveEntry entry, byte[] content) throws IOException {
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        return this;
    }

    static TarArchiveEntry entry(String name, byte kind, int mode) {
        TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
        entry.setMode(mode);
        entry.setModTime(new Date(0));
        entry.setIds(0, 0);
        entry.setNames("", "");
        return entry;
    }

    void finish() throws IOException {
        tar.finish();
    }

    private void put(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static int mode(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        int mode = 0;
        for (PosixFilePermission one : permissions) {
            mode |= 0400 >> one.ordinal();
        }
        return mode;
    }

    /** An uncompressed layer in memory. */
    static byte[] bytes(Content content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LayerTar layer = new LayerTar(out);
        content.write(layer);
        layer.finish();
        return out.toByteArray();
    }

    /** What a layer is made of. */
    public interface Content {
        void write(LayerTar layer) throws IOException;
    }
}
