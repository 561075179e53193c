package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.control.RunbookShelf;
import io.slipway.control.RunbookShelf.Entry;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The runbook: its list, and an entry. */
@Controller
final class RunbookPages {
    private final RunbookShelf shelf;
    private final Clock clock;

    RunbookPages(RunbookShelf shelf, Clock clock) {
        this.shelf = shelf;
        this.clock = clock;
    }

    @GetMapping("/runbooks")
    String list(Model model) {
        Caller.current().allowedEverywhere(Scope.READ);
        Instant now = clock.instant();
        model.addAttribute(
                "entries",
                shelf.latest().stream()
                        .sorted(Comparator.comparing(Entry::at).reversed())
                        .map(e -> new EntryLine(
                                address(e.slug(), e.version()), e.title(), e.version(), Moment.of(e.at(), now)))
                        .toList());
        Frame.on(model, "Runbook", "runbooks", now);
        return "runbooks";
    }

    @GetMapping("/runbooks/{slug}/versions/{version}")
    String entry(@PathVariable String slug, @PathVariable int version, Model model) {
        Caller.current().allowedEverywhere(Scope.READ);
        Instant now = clock.instant();
        Entry entry = shelf.entry(slug, version)
                .orElseThrow(() -> new Missing("runbook entry " + slug + " in version " + version));
        model.addAttribute("line", new EntryLine("", entry.title(), entry.version(), Moment.of(entry.at(), now)));
        model.addAttribute("html", Markdown.html(entry.markdown()));
        model.addAttribute("older", version > 1 ? address(slug, version - 1) : null);
        model.addAttribute("newer", shelf.entry(slug, version + 1).isPresent() ? address(slug, version + 1) : null);
        Frame.on(model, entry.title(), "runbooks", now);
        return "runbook";
    }

    static String address(String slug, int version) {
        return "/runbooks/"
                + org.springframework.web.util.UriUtils.encodePathSegment(slug, java.nio.charset.StandardCharsets.UTF_8)
                + "/versions/" + version;
    }

    /** An entry as one line. */
    record EntryLine(String address, String title, int version, Moment at) {}
}
