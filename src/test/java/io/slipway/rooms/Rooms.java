package io.slipway.rooms;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The table of rooms as a closed world: which exist, what each may import, which are pure. */
final class Rooms {
    private static final List<String> PURE =
            List.of("base", "release", "analysis", "rollout", "placement", "routing", "runbook", "alert");

    /** What pure rooms must not touch: files, sockets, threads, clocks, chance, logs, native code, frameworks, databases. */
    private static final List<String> IMPURE = List.of(
            "java.io.",
            "java.nio.file.",
            "java.nio.channels.",
            "java.net.",
            "java.sql.",
            "javax.sql.",
            "java.util.concurrent.",
            "java.time.Clock",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.random.",
            "java.security.SecureRandom",
            "java.lang.Thread",
            "java.lang.Process",
            "java.util.Timer",
            "java.util.logging.",
            "org.slf4j.",
            "org.apache.logging.",
            "com.sun.jna.",
            "org.springframework.");

    private static final List<String> IMPURE_CALLS = List.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.System.getenv",
            "java.lang.System.getProperty",
            "java.lang.Math.random",
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.util.UUID.randomUUID");

    private static final Map<String, String> MAY_IMPORT = table();

    private Rooms() {}

    private static Map<String, String> table() {
        String pure = String.join(" ", PURE);
        Map<String, String> table = new LinkedHashMap<>();
        table.put("base", "");
        table.put("release", "");
        table.put("analysis", "release");
        table.put("rollout", "release analysis");
        table.put("placement", "release");
        table.put("routing", "");
        table.put("runbook", "release analysis rollout");
        table.put("alert", "release analysis rollout");
        table.put("fleet", "placement routing release");
        table.put("control", pure);
        table.put("gateway", "control fleet placement routing");
        table.put("store", "control " + pure);
        table.put("telemetry", "control analysis placement");
        table.put("outbound", "control alert runbook release rollout");
        table.put("access", "control");
        table.put("api", "control access " + pure);
        table.put("dashboard", "control access " + pure);
        table.put("linux", "");
        table.put("image", "linux");
        table.put("sandbox", "linux image");
        table.put("traffic", "routing linux");
        table.put("agent", "fleet placement release routing sandbox image linux");
        table.put("cli", "release analysis sandbox image linux");
        table.put("bench", "*");
        table.put("app", "*");
        return table;
    }

    /** Everything that breaks the table, one sentence each, sorted. */
    static Set<String> violations(JavaClasses classes, String base) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            if (!type.getPackageName().startsWith(base + ".")) {
                found.add(type.getName() + " is in no room");
                continue;
            }
            String room = room(type, base);
            if (!MAY_IMPORT.containsKey(room)) {
                found.add(type.getName() + " is in the unknown room " + room);
                continue;
            }
            imports(type, room, base, found);
            if (PURE.contains(room)) {
                impurities(type, room, found);
            }
        }
        return found;
    }

    /** Rooms that depend on each other in a circle, each circle once. */
    static Set<String> cycles(JavaClasses classes, String base) {
        Map<String, Set<String>> edges = new LinkedHashMap<>();
        for (JavaClass type : classes) {
            for (Dependency it : type.getDirectDependenciesFromSelf()) {
                JavaClass target = it.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(base + ".")
                        && !room(target, base).equals(room(type, base))) {
                    edges.computeIfAbsent(room(type, base), _ -> new TreeSet<>())
                            .add(room(target, base));
                }
            }
        }
        Set<String> found = new TreeSet<>();
        edges.keySet().forEach(start -> walk(start, start, new LinkedHashSet<>(), new LinkedHashSet<>(), edges, found));
        return found;
    }

    private static void walk(
            String start,
            String at,
            Set<String> path,
            Set<String> seen,
            Map<String, Set<String>> edges,
            Set<String> found) {
        if (!seen.add(at)) {
            return;
        }
        path.add(at);
        for (String next : edges.getOrDefault(at, Set.of())) {
            if (next.equals(start)) {
                found.add(new TreeSet<>(path) + " import each other in a circle");
            } else {
                walk(start, next, path, seen, edges, found);
            }
        }
        path.remove(at);
    }

    private static void imports(JavaClass type, String room, String base, Set<String> found) {
        String allowed = MAY_IMPORT.getOrDefault(room, "");
        Set<String> rooms = new TreeSet<>(Arrays.asList(allowed.split(" ")));
        for (Dependency it : type.getDirectDependenciesFromSelf()) {
            JavaClass target = it.getTargetClass().getBaseComponentType();
            if (!target.getPackageName().startsWith(base + ".")) {
                continue;
            }
            String other = room(target, base);
            boolean free = other.equals(room) || other.equals("base") || (allowed.equals("*") && !other.equals("app"));
            if (!free && !rooms.contains(other)) {
                found.add(room + " must not import " + other + ": " + type.getName() + " -> " + target.getName());
            }
        }
    }

    private static void impurities(JavaClass type, String room, Set<String> found) {
        for (Dependency it : type.getDirectDependenciesFromSelf()) {
            String name = it.getTargetClass().getBaseComponentType().getName();
            // Records, enums and lambdas refer to these by themselves.
            boolean compiled = name.equals("java.io.Serializable") || name.equals("java.lang.ProcessHandle");
            if (!compiled
                    && IMPURE.stream().anyMatch(bad -> bad.endsWith(".") ? name.startsWith(bad) : name.equals(bad))) {
                found.add(room + " is pure, but " + type.getName() + " uses " + name);
            }
        }
        type.getMethodCallsFromSelf().forEach(call -> {
            String name = call.getTargetOwner().getName() + "." + call.getName();
            if (IMPURE_CALLS.contains(name)) {
                found.add(room + " is pure, but " + type.getName() + " calls " + name);
            }
        });
    }

    private static String room(JavaClass type, String base) {
        String rest = type.getPackageName().substring(base.length() + 1);
        return rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
    }
}
