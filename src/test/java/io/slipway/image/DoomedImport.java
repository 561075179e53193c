package io.slipway.image;

import io.slipway.linux.Failpoint;
import java.nio.file.Path;

/** Imports an image in a process of its own that dies as by {@code kill -9}. Arguments: store, image, calls after which it dies, or 0. */
public final class DoomedImport {
    private DoomedImport() {}

    public static void main(String[] args) throws Exception {
        Failpoint.arm(Long.parseLong(args[2]), -1);
        ImageStore.open(Path.of(args[0]), IdShift.DEFAULT).importFrom(args[1]);
        System.out.println(Failpoint.calls());
    }
}
