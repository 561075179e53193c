package io.slipway.dashboard;

import io.slipway.access.Caller;
import java.time.Instant;
import org.springframework.ui.Model;

/**
 * What every page has around it.
 *
 * @param title of the window
 * @param section of the navigation that is lit
 * @param caller who is signed in; empty on the sign-in page
 * @param at when it was made
 */
record Frame(String title, String section, String caller, Moment at) {
    static void on(Model model, String title, String section, Instant now) {
        String caller = Caller.known().map(Caller::name).orElse("");
        model.addAttribute("frame", new Frame(title, section, caller, Moment.of(now, now)));
    }
}
