package io.slipway.dashboard;

import io.slipway.access.Session;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.Releases;
import io.slipway.control.RunbookShelf;
import io.slipway.control.Views;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The dashboard's parts, over the ports of control. */
@Configuration(proxyBeanMethods = false)
public class DashboardParts {
    @Bean
    Lookup dashboardLookup(Views views) {
        return new Lookup(views);
    }

    @Bean
    ServicesPage servicesPage(Views views, Clock clock) {
        return new ServicesPage(views, new Sparklines(views, clock), clock);
    }

    @Bean
    ServicePage servicePage(Views views, OwnSeriesStore series, Lookup lookup, Clock clock) {
        return new ServicePage(views, series, lookup, clock);
    }

    @Bean
    RolloutPage rolloutPage(Views views, RunbookShelf shelf, OwnSeriesStore series, Lookup lookup, Clock clock) {
        return new RolloutPage(views, shelf, series, lookup, clock);
    }

    @Bean
    ActionPages actionPages(Views views, Releases releases, Lookup lookup, Clock clock) {
        return new ActionPages(views, releases, lookup, clock);
    }

    @Bean
    HostsPage hostsPage(Views views, Clock clock) {
        return new HostsPage(views, clock);
    }

    @Bean
    RunbookPages runbookPages(RunbookShelf shelf, Clock clock) {
        return new RunbookPages(shelf, clock);
    }

    @Bean
    LiveStreams liveStreams(Views views, Lookup lookup, Clock clock) {
        return new LiveStreams(views, lookup, clock);
    }

    @Bean
    SignInPage signInPage(Session sessions, Clock clock) {
        return new SignInPage(sessions, clock);
    }

    @Bean
    ShownText shownText() {
        return new ShownText();
    }

    @Bean
    ErrorPages errorPages(Clock clock) {
        return new ErrorPages(clock);
    }
}
