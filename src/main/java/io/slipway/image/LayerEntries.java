package io.slipway.image;

import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.OpenFile;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes an archive's entries below a layer's directory, and whiteouts as overlayfs reads them (OCI image specification, layer.md). */
final class LayerEntries {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final String AUFS = ".wh..wh.";
    private static final int MODE_BITS = 07777;
    private static final int BUFFER_BYTES = 64 * 1024;
    /** The runtime mounts onto these; a link there would lead its mounts astray (CVE-2026-41579). */
    private static final List<String> MOUNT_POINTS = List.of("dev", "proc", "sys");

    private final LayerDirectory layer;
    private final IdShift shift;
    private final long bytesMax;
    private final Map<String, TarEntry> directoryTimes = new LinkedHashMap<>();
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

    void add(TarEntry entry, TarReader content) throws IOException {
        count++;
        check(entry);
        EntryName name = EntryName.of(entry.name());
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
        for (Map.Entry<String, TarEntry> one : directoryTimes.entrySet()) {
            try (OpenDirectory directory = layer.root().beneath(one.getKey())) {
                directory.setModified(one.getValue().seconds(), one.getValue().nanos());
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

    private void check(TarEntry entry) throws RefusedEntry {
        String name = entry.name();
        if (name.indexOf(0) >= 0 || entry.link().indexOf(0) >= 0) {
            throw new RefusedEntry("its name has a NUL");
        }
        if (!shift.covers(entry.uid()) || !shift.covers(entry.gid())) {
            throw new RefusedEntry(
                    "owner " + entry.uid() + ":" + entry.gid() + " is outside of 0 to " + (shift.count() - 1));
        }
        if (entry.isDevice()) {
            throw new RefusedEntry("it is a device; images must not bring devices");
        }
    }

    private void addExistingDirectory(TarEntry entry, EntryName name) throws IOException {
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

    private void addDirectory(TarEntry entry, EntryName name) throws IOException {
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

    private void addOther(TarEntry entry, EntryName name, TarReader content) throws IOException {
        if (entry.type() == TarEntry.HARD_LINK) {
            addHardLink(entry, name);
            return;
        }
        OpenDirectory parent = clear(name);
        if (entry.type() == TarEntry.SYMLINK) {
            parent.makeSymlink(name.last(), entry.link());
            layer.forgetResolved();
            parent = layer.directory(name.parent());
            setNamed(parent, name.last(), entry);
        } else if (entry.type() == TarEntry.FIFO) {
            parent.makeFifo(name.last());
            setNamed(parent, name.last(), entry);
        } else if (entry.type() == TarEntry.FILE) {
            writeFile(parent, name.last(), entry, content);
        } else {
            throw new RefusedEntry("it is of an unknown kind");
        }
    }

    private void addHardLink(TarEntry entry, EntryName name) throws IOException {
        EntryName target = EntryName.of(entry.link());
        String from = join(layer.realName(target.parent()), target.last());
        if (from.equals(join(layer.realName(name.parent()), name.last()))) {
            return;
        }
        try (OpenDirectory source = layer.root().beneath(layer.realName(target.parent()))) {
            Optional<FileType> type = target.last().isEmpty() ? Optional.empty() : source.type(target.last());
            if (type.isEmpty() || type.get() == FileType.DIRECTORY || type.get() == FileType.CHARACTER_DEVICE) {
                throw new RefusedEntry(
                        "it is a hard link to '" + TarEntry.shown(entry.link()) + "', which is no file of this layer");
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

    private void writeFile(OpenDirectory parent, String name, TarEntry entry, TarReader content) throws IOException {
        try (OpenFile file = parent.createFile(name)) {
            write(file, entry, content);
            file.setOwnerAndMode(uid(entry), gid(entry), entry.mode() & MODE_BITS);
            for (Map.Entry<String, byte[]> one : attributes(entry).entrySet()) {
                file.setAttribute(one.getKey(), one.getValue());
            }
            file.setModified(entry.seconds(), entry.nanos());
        }
    }

    private void write(OpenFile file, TarEntry entry, TarReader content) throws IOException {
        bytes += entry.size();
        if (bytes > bytesMax) {
            throw new RefusedEntry("the layer unpacks to more than " + bytesMax + " bytes");
        }
        if (entry.sparse().isEmpty()) {
            write(file, content, entry.size());
            return;
        }
        for (SparseMap.Part part : entry.sparse().get().parts()) {
            file.goTo(part.offset());
            write(file, content, part.length());
        }
        file.setSize(entry.size());
    }

    private void write(OpenFile file, TarReader content, long count) throws IOException {
        for (long left = count; left > 0; ) {
            ByteBuffer some = content.content((int) Math.min(BUFFER_BYTES, left));
            int length = some.remaining();
            some.get(buffer, 0, length);
            file.write(buffer, length);
            left -= length;
        }
    }

    private void setDirectory(OpenDirectory directory, TarEntry entry, String real) throws IOException {
        directory.setOwnerAndMode(uid(entry), gid(entry), entry.mode() & MODE_BITS);
        for (Map.Entry<String, byte[]> one : attributes(entry).entrySet()) {
            directory.setAttribute(one.getKey(), one.getValue());
        }
        directoryTimes.put(real, entry);
    }

    private void setNamed(OpenDirectory parent, String name, TarEntry entry) throws SyscallException {
        parent.setOwner(name, uid(entry), gid(entry));
        parent.setModified(name, entry.seconds(), entry.nanos());
    }

    /** Only the user's: overlayfs would obey {@code user.overlay.*} and {@code trusted.*}, and the kernel {@code security.*}. */
    private static Map<String, byte[]> attributes(TarEntry entry) {
        Map<String, byte[]> found = new LinkedHashMap<>();
        entry.attributes().forEach((name, value) -> {
            if (name.startsWith("user.") && !name.startsWith("user.overlay.")) {
                found.put(name, value);
            }
        });
        return found;
    }

    private int uid(TarEntry entry) {
        return shift.shifted(entry.uid());
    }

    private int gid(TarEntry entry) {
        return shift.shifted(entry.gid());
    }

    private static String join(String parent, String name) {
        return parent.isEmpty() ? name : parent + "/" + name;
    }
}
