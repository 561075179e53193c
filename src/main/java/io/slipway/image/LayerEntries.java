package io.slipway.image;

import io.slipway.linux.Errno;
import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.OpenFile;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes an archive's entries below a layer's directory, and whiteouts as overlayfs reads them (OCI image specification, layer.md). Each entry is
 * made as if nothing were at its name, which is almost always so, and only a refusal by the kernel makes it look.
 */
final class LayerEntries {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final String AUFS = ".wh..wh.";
    private static final int NAME_BYTES_MAX = 4096;
    private static final int WRITE_BYTES_MAX = 1 << 20;
    /** The runtime mounts onto these; a link there would lead its mounts astray (CVE-2026-41579). */
    private static final List<String> MOUNT_POINTS = List.of("dev", "proc", "sys");

    private final LayerDirectory layer;
    private final IdShift shift;
    private final long bytesMax;
    private final DirectoryStates directories = new DirectoryStates();
    private long bytes;
    private long count;

    /** @param bytesMax of all files together, holes included */
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
        } else {
            addNamed(entry, name, content);
        }
    }

    /** Sets what later entries would have changed again, and looks at the whole. */
    void finish() throws IOException {
        directories.apply(layer.root());
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
        if (name.length() > NAME_BYTES_MAX || entry.link().length() > NAME_BYTES_MAX) {
            throw new RefusedEntry("its name is longer than " + NAME_BYTES_MAX + " bytes");
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
        } else if (there.get() == FileType.DIRECTORY) {
            // The layer itself brings the name anew: then only what lies below is gone.
            layer.makeOpaque(join(layer.realName(name.parent()), gone));
        }
    }

    private void addNamed(TarEntry entry, EntryName name, TarReader content) throws IOException {
        switch (entry.type()) {
            case TarEntry.FILE -> addFile(entry, name, content);
            case TarEntry.HARD_LINK -> addHardLink(entry, name);
            case TarEntry.DIRECTORY -> addDirectory(entry, name);
            case TarEntry.SYMLINK ->
                setNamed(placed(name, parent -> parent.makeSymlink(name.last(), entry.link())), name, entry);
            case TarEntry.FIFO -> setNamed(placed(name, parent -> parent.makeFifo(name.last())), name, entry);
            default -> throw new RefusedEntry("it is of an unknown kind");
        }
    }

    private void addFile(TarEntry entry, EntryName name, TarReader content) throws IOException {
        bytes += entry.size();
        if (bytes > bytesMax || bytes < 0) {
            throw new RefusedEntry("the layer unpacks to more than " + bytesMax + " bytes");
        }
        OpenFile[] made = new OpenFile[1];
        placed(name, parent -> made[0] = parent.createFile(name.last()));
        try (OpenFile file = made[0]) {
            write(file, entry, content);
            file.setOwnerAndMode(uid(entry), gid(entry), entry.permissions());
            for (Map.Entry<String, byte[]> one :
                    FileAttributes.kept(entry, shift).entrySet()) {
                file.setAttribute(one.getKey(), one.getValue());
            }
            file.setModified(entry.seconds(), entry.nanos());
        }
    }

    private static void write(OpenFile file, TarEntry entry, TarReader content) throws IOException {
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

    private static void write(OpenFile file, TarReader content, long count) throws IOException {
        for (long left = count; left > 0; ) {
            left -= file.write(content.content((int) Math.min(WRITE_BYTES_MAX, left)));
        }
    }

    private void addDirectory(TarEntry entry, EntryName name) throws IOException {
        String real = join(layer.realName(name.parent()), name.last());
        OpenDirectory parent = layer.directory(name.parent());
        try {
            parent.makeDirectory(name.last(), 0700);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            takePlace(name, real);
        }
        layer.resolvesTo(name.whole(), real);
        setDirectory(layer.directory(name.whole()), entry, real);
    }

    /** A directory where something is: a directory stays, anything else goes. */
    private void takePlace(EntryName name, String real) throws IOException {
        Optional<FileType> there = layer.directory(name.parent()).type(name.last());
        if (there.isEmpty() || there.get() != FileType.DIRECTORY) {
            clear(name).makeDirectory(name.last(), 0700);
            if (there.isPresent() && there.get() == FileType.CHARACTER_DEVICE) {
                layer.makeOpaque(real);
            }
        }
    }

    private void addHardLink(TarEntry entry, EntryName name) throws IOException {
        EntryName target = EntryName.of(entry.link());
        String from = join(layer.realName(target.parent()), target.last());
        if (from.equals(join(layer.realName(name.parent()), name.last()))) {
            return;
        }
        OpenDirectory source = layer.directory(target.parent());
        Optional<FileType> type =
                target.last().isEmpty() || target.last().equals("..") ? Optional.empty() : source.type(target.last());
        if (type.isEmpty() || type.get() == FileType.DIRECTORY || type.get() == FileType.CHARACTER_DEVICE) {
            throw new RefusedEntry(
                    "it is a hard link to '" + TarEntry.shown(entry.link()) + "', which is no file of this layer");
        }
        placed(name, parent -> parent.makeHardLink(name.last(), layer.directory(target.parent()), target.last()));
    }

    /** Makes something at a name, in the place of what may be there. */
    private OpenDirectory placed(EntryName name, Making making) throws IOException {
        OpenDirectory parent = layer.directory(name.parent());
        try {
            making.in(parent);
            return parent;
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        OpenDirectory cleared = clear(name);
        making.in(cleared);
        return cleared;
    }

    private OpenDirectory clear(EntryName name) throws IOException {
        OpenDirectory parent = layer.directory(name.parent());
        FileType there = parent.type(name.last()).orElse(FileType.OTHER);
        if (there == FileType.DIRECTORY) {
            parent.removeDirectory(name.last());
            directories.remove(join(layer.realName(name.parent()), name.last()));
        } else {
            parent.removeFile(name.last());
        }
        if (there == FileType.DIRECTORY || there == FileType.SYMLINK) {
            layer.forgetResolved();
        }
        return layer.directory(name.parent());
    }

    private void setDirectory(OpenDirectory directory, TarEntry entry, String real) throws IOException {
        for (Map.Entry<String, byte[]> one : FileAttributes.kept(entry, shift).entrySet()) {
            directory.setAttribute(one.getKey(), one.getValue());
        }
        directories.put(real, uid(entry), gid(entry), entry);
    }

    private void setNamed(OpenDirectory parent, EntryName name, TarEntry entry) throws SyscallException {
        parent.setOwner(name.last(), uid(entry), gid(entry));
        if (entry.type() != TarEntry.SYMLINK) {
            parent.setMode(name.last(), entry.permissions());
        }
        parent.setModified(name.last(), entry.seconds(), entry.nanos());
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

    /** Makes an entry of a directory. */
    private interface Making {
        void in(OpenDirectory parent) throws IOException;
    }
}
