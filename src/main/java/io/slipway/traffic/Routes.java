package io.slipway.traffic;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import io.slipway.routing.Splitter;
import io.slipway.traffic.dns.NameServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A route table made ready for lookups; immutable, swapped as a whole. */
final class Routes {
    private static final String ANY_HOST = "*";
    private static final String BELOW = "." + NameServer.DOMAIN;
    final RouteTable table;
    private final Map<String, List<Entry>> byHost = new HashMap<>();
    private final Map<String, List<Entry>> byService = new HashMap<>();
    private final Set<Replica> replicas = new HashSet<>();

    /** One arm of an entry, with its replicas. */
    record Target(Split split, ArmCounter counter, List<Replica> replicas) {}

    /** One routed host and path prefix. */
    static final class Entry {
        final ServiceRoute route;
        final List<Target> targets;
        private final String prefix;

        Entry(ServiceRoute route, List<Target> targets) {
            this.route = route;
            this.targets = targets;
            this.prefix = route.path().endsWith("/") ? route.path() : route.path() + "/";
        }

        /** Whole segments only: {@code /a} serves {@code /a} and {@code /a/b}, not {@code /ab}. */
        boolean serves(String path) {
            return path.startsWith(prefix) || path.length() + 1 == prefix.length() && prefix.startsWith(path);
        }

        @Nullable
        Target at(int point) {
            Split split = Splitter.at(route.splits(), point).orElse(null);
            for (Target target : targets) {
                if (target.split == split) {
                    return target;
                }
            }
            return null;
        }
    }

    Routes(
            RouteTable table,
            Function<RouteTable.Backend, Replica> replicaOf,
            BiFunction<RevisionId, Arm, ArmCounter> counterOf) {
        this.table = table;
        for (ServiceRoute route : table.services()) {
            List<Target> targets = new ArrayList<>();
            for (Split split : route.splits()) {
                List<Replica> of = split.backends().stream().map(replicaOf).toList();
                replicas.addAll(of);
                targets.add(new Target(split, counterOf.apply(split.revision(), split.arm()), of));
            }
            Entry entry = new Entry(route, targets);
            byHost.computeIfAbsent(route.host().toLowerCase(Locale.ROOT), host -> new ArrayList<>())
                    .add(entry);
            byService
                    .computeIfAbsent(route.service().value(), service -> new ArrayList<>())
                    .add(entry);
        }
        Stream.concat(byHost.values().stream(), byService.values().stream())
                .forEach(entries -> entries.sort(Comparator.comparingInt((Entry entry) -> entry.prefix.length())
                        .reversed()));
    }

    /** The longest prefix of this host, else of the service of this name, else of any host. */
    @Nullable
    Entry match(String host, String path) {
        Entry named = longest(byHost.get(host), path);
        Entry found = named != null ? named : longest(byService.get(service(host)), path);
        return found != null ? found : longest(byHost.get(ANY_HOST), path);
    }

    /** Whether a name is a service's, with or without the domain. */
    boolean hasService(String name) {
        return byService.containsKey(service(name));
    }

    private static String service(String host) {
        return host.endsWith(BELOW) ? host.substring(0, host.length() - BELOW.length()) : host;
    }

    boolean has(Replica replica) {
        return replicas.contains(replica);
    }

    Set<Replica> replicas() {
        return replicas;
    }

    private static @Nullable Entry longest(@Nullable List<Entry> entries, String path) {
        if (entries != null) {
            for (Entry entry : entries) {
                if (entry.serves(path)) {
                    return entry;
                }
            }
        }
        return null;
    }
}
