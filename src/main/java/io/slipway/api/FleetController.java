package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.ServiceName;
import io.slipway.control.Views;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Hosts and what runs on them. */
@RestController
@RequestMapping("/api/v1")
final class FleetController {
    private final Views views;

    FleetController(Views views) {
        this.views = views;
    }

    @GetMapping("/hosts")
    Page<HostJson> hosts() {
        Caller.current().allowedEverywhere(Scope.READ);
        return Page.all(views.hosts().stream().map(HostJson::of).toList());
    }

    @GetMapping("/hosts/{name}")
    HostJson host(@PathVariable String name) {
        Caller.current().allowedEverywhere(Scope.READ);
        return views.hosts().stream()
                .filter(v -> v.report().host().value().equals(name))
                .findFirst()
                .map(HostJson::of)
                .orElseThrow(() -> BadRequest.missing("host", name));
    }

    @GetMapping("/allocations")
    Page<HostJson.AllocationJson> allocations(@RequestParam Optional<String> service) {
        if (service.isPresent() && !ServiceName.isValid(service.get())) {
            return Page.all(List.of());
        }
        Caller caller = Caller.current();
        return Page.all(views.allocations(service.map(ServiceName::new)).stream()
                .filter(v -> caller.sees(v.allocation().revision().service()))
                .map(HostJson.AllocationJson::of)
                .toList());
    }
}
