package io.slipway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Generation;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.routing.RouteTable.Backend;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteFaultTest {
    private static final ServiceName WEB = new ServiceName("web");

    @Test
    void a_sound_table_has_none() {
        assertThat(RouteFault.in(table(route("/", split(Arm.STABLE, 100, 80))))).isEmpty();
    }

    @Test
    void all_faults_are_told_at_once() {
        List<RouteFault> faults = RouteFault.in(table(
                route("/", split(Arm.STABLE, 50, 80), split(Arm.STABLE, 40, 0)),
                route("/", split(Arm.STABLE, 100, 80)),
                route("api", split(Arm.STABLE, 100, 80))));
        assertThat(faults)
                .extracting(RouteFault::problem)
                .satisfiesExactlyInAnyOrder(
                        sum -> assertThat(sum).contains("9000"),
                        twice -> assertThat(twice).contains("STABLE appears twice"),
                        port -> assertThat(port).contains("port"),
                        route -> assertThat(route).contains("routed twice"),
                        path -> assertThat(path).contains("'api' does not begin with /"));
    }

    private static RouteTable table(ServiceRoute... routes) {
        return new RouteTable(new Generation(1), List.of(routes));
    }

    private static ServiceRoute route(String path, Split... splits) {
        return new ServiceRoute(WEB, "web.test", path, List.of(splits));
    }

    private static Split split(Arm arm, int percent, int port) {
        return new Split(
                arm,
                new RevisionId(WEB, 1),
                Weight.percent(percent),
                List.of(new Backend(new AllocationId("a1"), "127.0.0.1", port)));
    }
}
