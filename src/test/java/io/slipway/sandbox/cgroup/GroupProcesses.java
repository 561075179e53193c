package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A group of an owner of its own, and plain processes of this host in it. */
final class GroupProcesses implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final String owner =
            "test-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private final CgroupLayout layout;
    private final Cgroup group;

    private GroupProcesses(CgroupLayout layout, Limits limits) {
        this.layout = layout;
        group = layout.group(owner, "c1", limits);
    }

    /** Of version 1 alone, whatever else is mounted. */
    static CgroupLayout first() throws IOException {
        CgroupMounts all = CgroupMounts.detect();
        return CgroupLayout.of(new CgroupMounts(all.first(), java.util.Optional.empty(), java.util.Set.of()));
    }

    static GroupProcesses in(CgroupLayout layout, Limits limits) throws IOException {
        layout.check(limits);
        GroupProcesses made = new GroupProcesses(layout, limits);
        try {
            made.group.create();
            made.group.limit();
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    Cgroup group() {
        return group;
    }

    String owner() {
        return owner;
    }

    /** What a script wrote, to output and error. */
    String run(String script) throws IOException, InterruptedException {
        Process process = start(script);
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("'" + script + "' did not end");
        }
        return output;
    }

    /** Started in the group; ended with it. */
    Process start(String script) throws IOException {
        StringBuilder joining = new StringBuilder();
        for (Path directory : group.directories()) {
            joining.append("echo $$ > ").append(directory).append("/cgroup.procs\n");
        }
        return new ProcessBuilder(List.of("sh", "-c", joining + "echo joined\n" + script))
                .redirectErrorStream(true)
                .start();
    }

    /** One that has joined and makes itself busy. */
    Process startBusy() throws IOException {
        Process busy = start("while :; do :; done");
        if (busy.getInputStream().read() != 'j') {
            throw new IOException("the busy process did not join");
        }
        return busy;
    }

    @Override
    public void close() throws IOException {
        group.killAll();
        group.remove();
        layout.removeEmpty(owner);
    }
}
