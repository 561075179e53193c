package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.control.Views;
import io.slipway.runbook.Decision;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The chain of all decisions. Each hash covers the one before, so who kept a head can tell whether anything before it was changed. */
@RestController
@RequestMapping("/api/v1/audit")
final class AuditController {
    private static final int PAGE_MAX = 1_000;
    private static final String NO_DECISION = "0".repeat(64);
    private final Views views;

    AuditController(Views views) {
        this.views = views;
    }

    /** Oldest first. */
    @GetMapping
    Page<DecisionJson> chain(
            @RequestParam(defaultValue = "1") long from, @RequestParam(defaultValue = "100") int limit) {
        Caller.current().allowedEverywhere(Scope.READ);
        Parameters.between("from", from, 1, Long.MAX_VALUE);
        Parameters.between("limit", limit, 1, PAGE_MAX);
        List<Decision> found = views.chain(from, limit + 1);
        return Page.of(found, limit, all -> true, DecisionJson::of, last -> String.valueOf(last.sequence() + 1));
    }

    /** The newest decision's place and hash. */
    @GetMapping("/head")
    HeadJson head() {
        Caller.current().allowedEverywhere(Scope.READ);
        HeadJson head = new HeadJson(0, NO_DECISION, false);
        for (List<Decision> page = views.chain(1, PAGE_MAX);
                !page.isEmpty();
                page = views.chain(head.sequence() + 1, PAGE_MAX)) {
            head = new HeadJson(page.getLast().sequence(), page.getLast().hash(), false);
        }
        return head;
    }

    /**
     * The head.
     *
     * @param signed false: the hash alone, which whoever can write the database can make again; keep copies elsewhere
     */
    public record HeadJson(long sequence, String hash, boolean signed) {}
}
