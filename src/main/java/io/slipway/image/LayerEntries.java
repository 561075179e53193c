package io.slipway.image;

import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.OpenFile;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** Writes an archive's entries below a layer's directory, and whiteouts as overlayfs reads them (OCI image specification, layer.md). */
final class LayerEntries {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final String AUFS = ".wh..wh.";
    private static final String XATTR = "SCHILY.xattr.";
    private static final int MODE_BITS = 07777;
    private static final int BUFFER_BYTES = 64 * 1024;
    /** The runtime mounts onto these; a link there would lead its mounts astray (CVE-2026-41579). */
    private static final List<String> MOUNT_POINTS = List.of("dev", "proc", "sys");

    private final LayerDirectory layer;
    private final IdShift shift;
    private final long bytesMax;
    private final Map<String, FileTime> directoryTimes = new LinkedHashMap<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long bytes;
    private long count;

    LayerEntries(LayerDirectory layer, IdShift shift, long bytesMax) {
        this.layer = layer;
        this.shift = shift;
        this.bytesMax = bytesMax;
    }

    long count() {
        return count;
    }

    void add(TarArchiveEntry entry, InputStream content) throws IOException {
        count++;
        check(entry);
        EntryName name = EntryName.of(entry.getName());
        if (name.last().isEmpty() || name.last().equals("..")) {
            addExistingDirectory(entry, name);
        } else if (name.last().startsWith(WHITEOUT)) {
            addWhiteout(name);
        } else if (entry.isDirectory()) {
            addDirectory(entry, name);
        } else {
            addOther(entry, name, content);
        }
    }

    /** Sets what later entries would have changed again, and looks at the whole. */
    void finish() throws IOException {
        for (Map.Entry<String, FileTime> one : directoryTimes.entrySet()) {
            try (OpenDirectory directory = layer.root().beneath(one.getKey())) {
                directory.setModified(seconds(one.getValue()), nanos(one.getValue()));
            } catch (SyscallException e) {
                // A later entry took its place: then it has that one's time.
            }
        }
        for (String name : MOUNT_POINTS) {
            Optional<FileType> type = layer.root().type(name);
            if (type.isPresent() && type.get() != FileType.DIRECTORY && type.get() != FileType.CHARACTER_DEVICE) {
                throw new RefusedEntry("/" + name + " is not a directory; the runtime mounts there");
            }
        }
    }

    private void check(TarArchiveEntry entry) throws RefusedEntry {
        String name = entry.getName();
        if (name.indexOf(0) >= 0 || entry.getLinkName().indexOf(0) >= 0) {
            throw new RefusedEntry("its name has a NUL");
        }
        if (!shift.covers(entry.getLongUserId()) || !shift.covers(entry.getLongGroupId())) {
            throw new RefusedEntry("owner " + entry.getLongUserId() + ":" + entry.getLongGroupId()
                    + " is outside of 0 to " + (shift.count() - 1));
        }
        if (entry.isCharacterDevice() || entry.isBlockDevice()) {
            throw new RefusedEntry("it is a device; images must not bring devices");
        }
    }

    private void addExistingDirectory(TarArchiveEntry entry, EntryName name) throws IOException {
        if (!entry.isDirectory()) {
            throw new RefusedEntry("its name leads to a directory, but it is none");
        }
        setDirectory(layer.directory(name.whole()), entry, layer.realName(name.whole()));
    }

    private void addWhiteout(EntryName name) throws IOException {
        if (name.last().equals(OPAQUE)) {
            layer.makeOpaque(layer.realName(name.parent()));
            return;
        }
        if (name.last().startsWith(AUFS)) {
            return;
        }
        String gone = name.last().substring(WHITEOUT.length());
        if (gone.isEmpty() || gone.equals(".") || gone.equals("..")) {
            throw new RefusedEntry("it would remove '" + gone + "', which is no name");
        }
        OpenDirectory parent = layer.directory(name.parent());
        Optional<FileType> there = parent.type(gone);
        if (there.isEmpty()) {
            parent.makeWhiteout(gone);
            parent.setOwner(gone, shift.shifted(0), shift.shifted(0));
            layer.forgetResolved();
        } else if (there.get() == FileType.DIRECTORY) {
            // The layer itself brings the name anew: then only what lies below is gone.
            layer.makeOpaque(join(layer.realName(name.parent()), gone));
        }
    }

    private void addDirectory(TarArchiveEntry entry, EntryName name) throws IOException {
        String real = join(layer.realName(name.parent()), name.last());
        OpenDirectory parent = layer.directory(name.parent());
        Optional<FileType> there = parent.type(name.last());
        if (there.isEmpty()) {
            parent.makeDirectory(name.last(), 0700);
        } else if (there.get() != FileType.DIRECTORY) {
            parent.removeFile(name.last());
            layer.forgetResolved();
            layer.directory(name.parent()).makeDirectory(name.last(), 0700);
            if (there.get() == FileType.CHARACTER_DEVICE) {
                layer.makeOpaque(real);
            }
        }
        try (OpenDirectory made = layer.root().beneath(real)) {
            setDirectory(made, entry, real);
        }
    }

    private void addOther(TarArchiveEntry entry, EntryName name, InputStream content) throws IOException {
        if (entry.isLink()) {
            addHardLink(entry, name);
            return;
        }
        OpenDirectory parent = clear(name);
        if (entry.isSymbolicLink()) {
            parent.makeSymlink(name.last(), entry.getLinkName());
            layer.forgetResolved();
            parent = layer.directory(name.parent());
            setNamed(parent, name.last(), entry);
        } else if (entry.isFIFO()) {
            parent.makeFifo(name.last());
            setNamed(parent, name.last(), entry);
        } else if (entry.isFile()) {
            writeFile(parent, name.last(), entry, content);
        } else {
            throw new RefusedEntry("it is of an unknown kind");
        }
    }

    private void addHardLink(TarArchiveEntry entry, EntryName name) throws IOException {
        EntryName target = EntryName.of(entry.getLinkName());
        String from = join(layer.realName(target.parent()), target.last());
        if (from.equals(join(layer.realName(name.parent()), name.last()))) {
            return;
        }
        try (OpenDirectory source = layer.root().beneath(layer.realName(target.parent()))) {
            Optional<FileType> type = target.last().isEmpty() ? Optional.empty() : source.type(target.last());
            if (type.isEmpty() || type.get() == FileType.DIRECTORY || type.get() == FileType.CHARACTER_DEVICE) {
                throw new RefusedEntry(
                        "it is a hard link to '" + entry.getLinkName() + "', which is no file of this layer");
            }
            clear(name).makeHardLink(name.last(), source, target.last());
        }
        layer.forgetResolved();
    }

    /** Makes room for an entry. */
    private OpenDirectory clear(EntryName name) throws IOException {
        OpenDirectory parent = layer.directory(name.parent());
        Optional<FileType> there = parent.type(name.last());
        if (there.isEmpty()) {
            return parent;
        }
        if (there.get() == FileType.DIRECTORY) {
            parent.removeDirectory(name.last());
        } else {
            parent.removeFile(name.last());
        }
        layer.forgetResolved();
        return layer.directory(name.parent());
    }

    private void writeFile(OpenDirectory parent, String name, TarArchiveEntry entry, InputStream content)
            throws IOException {
        try (OpenFile file = parent.createFile(name)) {
            int read;
            while ((read = content.read(buffer)) > 0) {
                bytes += read;
                if (bytes > bytesMax) {
                    throw new RefusedEntry("the layer unpacks to more than " + bytesMax + " bytes");
                }
                file.write(buffer, read);
            }
            file.setOwnerAndMode(uid(entry), gid(entry), entry.getMode() & MODE_BITS);
            for (Map.Entry<String, byte[]> one : attributes(entry).entrySet()) {
                file.setAttribute(one.getKey(), one.getValue());
            }
            FileTime time = entry.getLastModifiedTime();
            file.setModified(seconds(time), nanos(time));
        }
    }

    private void setDirectory(OpenDirectory directory, TarArchiveEntry entry, String real) throws IOException {
        directory.setOwnerAndMode(uid(entry), gid(entry), entry.getMode() & MODE_BITS);
        for (Map.Entry<String, byte[]> one : attributes(entry).entrySet()) {
            directory.setAttribute(one.getKey(), one.getValue());
        }
        directoryTimes.put(real, entry.getLastModifiedTime());
    }

    private void setNamed(OpenDirectory parent, String name, TarArchiveEntry entry) throws SyscallException {
        parent.setOwner(name, uid(entry), gid(entry));
        FileTime time = entry.getLastModifiedTime();
        parent.setModified(name, seconds(time), nanos(time));
    }

    /** Only the user's: overlayfs would obey {@code user.overlay.*} and {@code trusted.*}, and the kernel {@code security.*}. */
    private static Map<String, byte[]> attributes(TarArchiveEntry entry) {
        Map<String, byte[]> found = new LinkedHashMap<>();
        entry.getExtraPaxHeaders().forEach((key, value) -> {
            String name = key.startsWith(XATTR) ? key.substring(XATTR.length()) : "";
            if (name.startsWith("user.") && !name.startsWith("user.overlay.")) {
                found.put(name, value.getBytes(StandardCharsets.UTF_8));
            }
        });
        return found;
    }

    private int uid(TarArchiveEntry entry) {
        return shift.shifted(entry.getLongUserId());
    }

    private int gid(TarArchiveEntry entry) {
        return shift.shifted(entry.getLongGroupId());
    }

    private static long seconds(FileTime time) {
        return Math.floorDiv(time.toMillis(), 1000L);
    }

    private static int nanos(FileTime time) {
        return time.toInstant().getNano();
    }

    private static String join(String parent, String name) {
        return parent.isEmpty() ? name : parent + "/" + name;
    }
}
