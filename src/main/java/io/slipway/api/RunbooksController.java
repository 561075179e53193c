package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.control.RunbookShelf;
import io.slipway.control.RunbookShelf.Entry;
import io.slipway.control.Views;
import io.slipway.runbook.Decision;
import io.slipway.runbook.OtherDecisions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** The runbook: its entries, versions and exports. */
@RestController
@RequestMapping("/api/v1/runbooks")
final class RunbooksController {
    private static final int PAGE = 1_000;
    private final RunbookShelf shelf;
    private final Views views;
    private final JsonMapper json;

    RunbooksController(RunbookShelf shelf, Views views, JsonMapper json) {
        this.shelf = shelf;
        this.views = views;
        this.json = json;
    }

    /** Each entry in its newest version. */
    @GetMapping
    Page<EntryJson> list() {
        Caller.current().allowedEverywhere(Scope.READ);
        return Page.all(shelf.latest().stream().map(EntryJson::of).toList());
    }

    @GetMapping("/{slug}/versions/{version}")
    FullEntryJson one(@PathVariable String slug, @PathVariable int version) {
        Caller.current().allowedEverywhere(Scope.READ);
        return shelf.entry(slug, version)
                .map(FullEntryJson::of)
                .orElseThrow(() -> BadRequest.missing("runbook entry", slug + " version " + version));
    }

    /** All entries in their newest versions, then what was decided outside of rollouts, as one file: for auditors, and to keep. */
    @GetMapping("/export")
    ResponseEntity<byte[]> export(@RequestParam(defaultValue = "markdown") String format) {
        Caller.current().allowedEverywhere(Scope.READ);
        Parameters.oneOf("format", format, List.of("markdown", "json", "zip"));
        List<Entry> entries = exported();
        RunbookExport export = new RunbookExport(entries);
        return switch (format) {
            case "json" ->
                file(
                        "runbook.json",
                        "application/json",
                        json.writeValueAsBytes(
                                Page.all(entries.stream().map(FullEntryJson::of).toList())));
            case "zip" -> file("runbook.zip", "application/zip", export.zip());
            default -> file("runbook.md", "text/markdown;charset=UTF-8", export.markdown());
        };
    }

    private List<Entry> exported() {
        List<Entry> entries = new ArrayList<>(shelf.latest());
        List<Decision> outside = outside();
        if (!outside.isEmpty()) {
            OtherDecisions other = new OtherDecisions(outside);
            entries.add(new Entry(
                    OtherDecisions.SLUG,
                    other.version(),
                    OtherDecisions.TITLE,
                    other.markdown(),
                    other.json(),
                    other.at()));
        }
        return entries;
    }

    private List<Decision> outside() {
        List<Decision> outside = new ArrayList<>();
        long next = 1;
        for (List<Decision> page = views.chain(next, PAGE); !page.isEmpty(); page = views.chain(next, PAGE)) {
            page.stream().filter(it -> it.rollout().isEmpty()).forEach(outside::add);
            next = page.getLast().sequence() + 1;
        }
        return outside;
    }

    private static ResponseEntity<byte[]> file(String name, String type, byte[] content) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_TYPE, type)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"")
                .body(content);
    }

    /** An entry without its content. */
    public record EntryJson(String slug, int version, String title, Instant at) {
        static EntryJson of(Entry e) {
            return new EntryJson(e.slug(), e.version(), e.title(), e.at());
        }
    }

    /** An entry; {@code content} says the same as {@code markdown}, for programs. */
    public record FullEntryJson(
            String slug,
            int version,
            String title,
            Instant at,
            String markdown,
            @JsonRawValue String content) {
        static FullEntryJson of(Entry e) {
            return new FullEntryJson(
                    e.slug(),
                    e.version(),
                    e.title(),
                    e.at(),
                    e.markdown(),
                    e.json().isBlank() ? "{}" : e.json());
        }
    }
}
