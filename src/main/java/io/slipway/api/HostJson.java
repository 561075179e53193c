package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.control.Views.AllocationView;
import io.slipway.control.Views.HostView;
import io.slipway.placement.AllocationStatus;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A host, as it last said of itself. */
public record HostJson(
        String name,
        boolean alive,
        Instant seenAt,
        int cpus,
        long memoryBytes,
        long memoryFreeBytes,
        long diskFreeBytes,
        String architecture,
        int allocations) {
    static HostJson of(HostView v) {
        return new HostJson(
                v.report().host().value(),
                v.alive(),
                v.seenAt(),
                v.report().cpus(),
                v.report().memoryBytes(),
                v.report().memoryFreeBytes(),
                v.report().diskFreeBytes(),
                v.report().architecture(),
                v.report().allocations().size());
    }

    /**
     * A replica on its host.
     *
     * @param routed whether requests are sent to it now
     * @param wanted false while it is being stopped
     * @param state absent until its host has spoken of it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AllocationJson(
            String id,
            String service,
            int revision,
            String arm,
            String host,
            String process,
            String image,
            boolean routed,
            boolean wanted,
            @Nullable String state,
            @Nullable String address,
            @Nullable Instant startedAt,
            @Nullable Integer restarts,
            @Nullable Integer exitCode,
            @Nullable String reason) {
        static AllocationJson of(AllocationView v) {
            var a = v.allocation();
            var s = v.status();
            return new AllocationJson(
                    a.id().value(),
                    a.revision().service().value(),
                    a.revision().number(),
                    a.arm().name().toLowerCase(Locale.ROOT),
                    a.host().value(),
                    a.process(),
                    a.image(),
                    v.takesTraffic(),
                    v.wanted(),
                    s.map(x -> x.state().name().toLowerCase(Locale.ROOT)).orElse(null),
                    s.flatMap(AllocationStatus::address).orElse(null),
                    s.flatMap(AllocationStatus::startedAt).orElse(null),
                    s.map(AllocationStatus::restarts).orElse(null),
                    s.flatMap(AllocationStatus::exitCode).orElse(null),
                    s.map(AllocationStatus::reason).orElse(null));
        }
    }
}
