package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.control.Views;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** All services, what needs somebody on top. */
@Controller
final class ServicesPage {
    private final Views views;
    private final Sparklines lines;
    private final Clock clock;

    ServicesPage(Views views, Sparklines lines, Clock clock) {
        this.views = views;
        this.lines = lines;
        this.clock = clock;
    }

    @GetMapping("/")
    String services(Model model) {
        Caller caller = Caller.current();
        List<ServiceRow> rows = views.services().stream()
                .filter(s -> caller.sees(s.name()))
                .map(s -> ServiceRow.of(s, lines.of(s.name())))
                .sorted(Comparator.comparing(ServiceRow::group).thenComparing(ServiceRow::name))
                .toList();
        Map<ServiceRow.Group, List<ServiceRow>> groups =
                rows.stream().collect(Collectors.groupingBy(ServiceRow::group, TreeMap::new, Collectors.toList()));
        int needs = groups.getOrDefault(ServiceRow.Group.NEEDS, List.of()).size();
        model.addAttribute("groups", groups);
        model.addAttribute("headline", headline(rows, groups, needs));
        Frame.on(model, (needs > 0 ? "(" + needs + ") " : "") + "Services", "services", clock.instant());
        return "services";
    }

    private static String headline(List<ServiceRow> rows, Map<ServiceRow.Group, List<ServiceRow>> groups, int needs) {
        int rolling = groups.getOrDefault(ServiceRow.Group.ROLLING, List.of()).size();
        String all = rows.size() == 1 ? "1 service" : rows.size() + " services";
        String need = needs == 0 ? "nothing needs you" : needs == 1 ? "1 needs somebody" : needs + " need somebody";
        return all + ": " + need + (rolling == 0 ? ", nothing is rolling." : ", " + rolling + " rolling by itself.");
    }
}
