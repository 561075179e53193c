package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.TracedJvm;
import io.slipway.sandbox.DoomedJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Killed after any system call of joining, leaving or deleting a network, ours and then anyone's that changes something: whoever returns can join it, and nothing is left when it is deleted. By
 * default a random choice of the places, whose seed is printed; {@code -Dkills=all} takes them all.
 */
class NetworkKilledTest {
    private static final int CHOSEN = 3;
    private static final String BRIDGE = "slipwaykill";

    @TempDir
    Path temp;

    private HostNamespace host;
    private final long seed = Long.getLong("seed", System.nanoTime());

    @BeforeEach
    void open() throws Exception {
        host = new HostNamespace();
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @ParameterizedTest
    @EnumSource(DoomedNetwork.Operation.class)
    void whoever_returns_finds_nothing_corrupt_and_leaves_nothing(DoomedNetwork.Operation operation) throws Exception {
        long calls = run(temp.resolve("count"), operation, 0).orElseThrow();
        clear(temp.resolve("count"));
        int died = 0;
        for (int call : choice((int) calls)) {
            Path state = temp.resolve(operation + "-" + call);
            died += run(state, operation, call).isEmpty() ? 1 : 0;
            clear(state);
        }
        assertThat(died).as("it was really killed").isPositive();
    }

    @ParameterizedTest
    @EnumSource(DoomedNetwork.Operation.class)
    void nor_does_one_that_was_killed_after_any_call_that_changed_something(DoomedNetwork.Operation operation)
            throws Exception {
        int changes = trace(temp.resolve("count"), operation, 0).changes().size();
        clear(temp.resolve("count"));
        int died = 0;
        for (int change : choice(changes)) {
            Path state = temp.resolve(operation + "-" + change);
            TracedJvm.Outcome outcome = trace(state, operation, change);
            died += outcome.killed() ? 1 : 0;
            System.out.println("after " + outcome.changes().getLast());
            clear(state);
        }
        assertThat(died).as("it was really killed").isPositive();
    }

    private List<String> inHost() {
        return List.of("nsenter", "-t", "" + host.pid(), "-n");
    }

    private TracedJvm.Outcome trace(Path state, DoomedNetwork.Operation operation, int dieAfter) throws Exception {
        List<String> arguments =
                List.of(state.toString(), BRIDGE, "" + host.another().pid(), operation.name());
        return TracedJvm.run(inHost(), DoomedNetwork.class, arguments, dieAfter);
    }

    /** As an agent does on its return: takes back what belongs to nobody, joins a container, and goes. */
    private void clear(Path state) throws Exception {
        String name = state.getFileName().toString();
        BridgeNetwork returned = BridgeNetwork.open(state, BRIDGE, NetworkOptions.DEFAULT, HostSide.of(host.pid()));
        try {
            returned.reconcile(Set.of());
            assertThat(returned.members()).as(name).isEmpty();
            int pid = (int) host.another().pid();
            String address =
                    returned.attach("web", DoomedNetwork.CONNECTION, pid).address();
            host.run("busybox", "ping", "-c", "1", "-W", "20", address);
        } finally {
            returned.deleteBridge();
        }
        assertThat(host.run("nft", "list", "ruleset")).as(name).isEmpty();
        assertThat(host.run("ip", "-o", "link").lines()).as(name).noneMatch(link -> link.contains("slipway"));
        assertThat(state).isEmptyDirectory();
    }

    private List<Integer> choice(int places) {
        List<Integer> all = new ArrayList<>();
        for (int i = 1; i <= places; i++) {
            all.add(i);
        }
        if (!"all".equals(System.getProperty("kills"))) {
            Collections.shuffle(all, new Random(seed));
            all = all.subList(0, Math.min(CHOSEN, places));
        }
        System.out.println(all.size() + " of " + places + " places: " + all);
        return all;
    }

    /** How many calls there were; empty when it died on the way, as it was to. */
    private Optional<Long> run(Path state, DoomedNetwork.Operation operation, int call) throws Exception {
        List<String> arguments =
                List.of(state.toString(), BRIDGE, "" + host.another().pid(), operation.name(), "" + call);
        return DoomedJvm.lastLine(inHost(), DoomedNetwork.class, arguments, state.resolveSibling("said"))
                .map(Long::valueOf);
    }
}
