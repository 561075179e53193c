package io.slipway.api;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.RevisionId;
import io.slipway.control.Views.AllocationView;
import io.slipway.control.Views.HostView;
import io.slipway.control.Views.ServiceView;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Three hosts, one of them silent, each with a replica of the first services. */
final class HostScene {
    private final FrontServer server;
    private final Instant now;

    HostScene(FrontServer server, Instant now) {
        this.server = server;
        this.now = now;
    }

    void add() {
        host("host-1", true, 8, 16L << 30, 5L << 30);
        host("host-2", true, 8, 16L << 30, 9L << 30);
        host("host-3", false, 4, 8L << 30, 1L << 30);
    }

    private void host(String name, boolean alive, int cpus, long memory, long free) {
        HostName host = new HostName(name);
        List<AllocationStatus> statuses = new ArrayList<>();
        for (ServiceView s : server.views.services().stream().limit(6).toList()) {
            RevisionId revision = s.stable().orElse(new RevisionId(s.name(), 1));
            AllocationId id = new AllocationId(s.name() + "-web-" + name);
            AllocationStatus status = new AllocationStatus(
                    id,
                    name.equals("host-3") ? AllocationStatus.State.FAILED : AllocationStatus.State.READY,
                    Optional.of("10.77.0." + (statuses.size() + 2)),
                    Optional.of(1200 + statuses.size()),
                    Optional.of(ago(400)),
                    name.equals("host-3") ? 5 : 0,
                    name.equals("host-3") ? Optional.of(137) : Optional.empty(),
                    name.equals("host-3") ? "OOM: over 256 MiB" : "ready since 6 h",
                    Optional.empty());
            statuses.add(status);
            server.views.add(new AllocationView(
                    new Allocation(
                            id,
                            revision,
                            Arm.STABLE,
                            host,
                            "web",
                            java.util.Objects.requireNonNull(
                                    Scenes.spec(s.name(), s.owner()).processes().get("web")),
                            "registry.example.com/shop/" + s.name() + ":1.42.0",
                            Map.of(),
                            true),
                    Optional.of(status),
                    true,
                    status.state() == AllocationStatus.State.READY));
        }
        server.views.add(new HostView(
                new HostReport(
                        host,
                        "boot",
                        ago(alive ? 0 : 14),
                        new Epoch(3),
                        new Generation(12),
                        cpus,
                        memory,
                        free,
                        120L << 30,
                        "amd64",
                        statuses,
                        Map.of(),
                        List.of()),
                ago(alive ? 0 : 14),
                alive));
    }

    private Instant ago(long minutes) {
        return now.minus(Duration.ofMinutes(minutes));
    }
}
