package io.slipway.sandbox;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** Settles, before a container is made, which ids it gets and whose namespaces it enters. */
final class NamespaceChoice {
    private final IdRanges ranges;
    private final Function<String, Optional<Sandbox>> containers;

    /** @param containers by id */
    NamespaceChoice(IdRanges ranges, Function<String, Optional<Sandbox>> containers) {
        this.ranges = ranges;
        this.containers = containers;
    }

    /**
     * With ids of its own, or those of the container that it joins; to be released when it is removed.
     *
     * @throws IOException if none are left, or there is no such container
     */
    SandboxSpec claim(SandboxSpec asked) throws IOException {
        Namespaces namespaces = asked.namespaces();
        Optional<IdRange> ids = settled(namespaces);
        if (ids.isEmpty() && namespaces.own(Namespace.USER)) {
            ids = Optional.of(ranges.claim(asked.id()));
        }
        ids.ifPresent(range -> ranges.use(range, asked.id()));
        return with(asked, ids);
    }

    /** The same for a plan, which claims none: where they would be chosen, it has those of layers on disk. */
    SandboxSpec plan(SandboxSpec asked) throws IOException {
        Namespaces namespaces = asked.namespaces();
        Optional<IdRange> ids = settled(namespaces);
        boolean chosen = ids.isPresent() || !namespaces.own(Namespace.USER);
        return with(asked, chosen ? ids : Optional.of(IdRange.DEFAULT));
    }

    /**
     * Opens what is to be joined, if anything is.
     *
     * @throws IOException also if there is another of that name by now, with other ids than those that were settled
     */
    JoinedNamespaces open(Namespaces namespaces) throws IOException {
        if (namespaces.joined().isEmpty()) {
            return new JoinedNamespaces();
        }
        Namespaces.Joined wanted = namespaces.joined().get();
        Sandbox container = container(wanted);
        if (!container.spec().namespaces().user().equals(namespaces.user())) {
            throw new IOException(
                    "container " + wanted.container() + ", whose namespaces are to be joined, was made anew"
                            + " since, and has other ids; make this one anew too");
        }
        return JoinedNamespaces.of(container, wanted.namespaces());
    }

    private Optional<IdRange> settled(Namespaces namespaces) throws IOException {
        return namespaces.joined().isPresent()
                ? container(namespaces.joined().get()).spec().namespaces().user()
                : namespaces.user();
    }

    private static SandboxSpec with(SandboxSpec asked, Optional<IdRange> ids) {
        return ids.isEmpty() ? asked : asked.withNamespaces(asked.namespaces().withUser(ids.get()));
    }

    private Sandbox container(Namespaces.Joined wanted) throws IOException {
        return containers
                .apply(wanted.container())
                .orElseThrow(() -> new IOException("there is no container '" + wanted.container()
                        + "' whose namespaces could be joined; 'slipway ps --all' lists them"));
    }
}
