package io.slipway.release;

import io.slipway.base.ServiceName;
import java.util.Map;
import java.util.Optional;

/** One request to move a service to a new revision, fully expanded: every default is filled in before it is stored. */
public record ReleaseSpec(
        ServiceName service,
        String image,
        Map<String, ProcessSpec> processes,
        Map<String, String> env,
        Optional<Route> route,
        ReleasePlan release) {}
