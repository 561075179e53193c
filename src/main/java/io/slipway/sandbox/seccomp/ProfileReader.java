package io.slipway.sandbox.seccomp;

import io.slipway.sandbox.json.JsonFault;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a {@link Profile} from the seccomp section of an OCI configuration (runtime-spec 1.2, config-linux.md), from one of Docker's profiles (with
 * {@code archMap}, {@code includes}, {@code excludes}, {@code name}, {@code comment}), or from one of Podman's (with {@code errno} beside
 * {@code errnoRet}).
 */
public final class ProfileReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int ARGUMENTS = 6;
    private static final Map<String, Integer> FLAGS = Map.of(
            // Of a process with one thread it says nothing.
            "SECCOMP_FILTER_FLAG_TSYNC",
            0,
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
            Profile.WAIT_KILLABLE,
            "SECCOMP_FILTER_FLAG_LOG",
            2,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            4);

    private ProfileReader() {}

    /** @throws InvalidProfile if it is no JSON, or not a profile that can be used where nobody supervises calls */
    public static Profile read(String json) {
        Profile profile = profile(tree(json));
        asking(profile).ifPresent(place -> {
            throw new InvalidProfile(
                    place,
                    "\"SCMP_ACT_NOTIFY\" is not supported here: there is no supervisor of system calls; use SCMP_ACT_ERRNO, or run"
                            + " it as an OCI bundle with a listenerPath ('slipway oci')");
        });
        return profile;
    }

    /**
     * Reads one that may ask a supervisor of calls about some of them (SCMP_ACT_NOTIFY).
     *
     * @throws InvalidProfile if it is no JSON, or not a profile that can be used
     */
    public static Profile readSupervised(String json) {
        Profile profile = profile(tree(json));
        asking(profile).filter(_ -> profile.listener().isEmpty()).ifPresent(place -> {
            throw new InvalidProfile(
                    place,
                    "\"SCMP_ACT_NOTIFY\" asks a supervisor of system calls, but none is named; give the path of its socket as"
                            + " listenerPath");
        });
        return profile;
    }

    /** The place of the first action that asks a supervisor. */
    private static Optional<String> asking(Profile profile) {
        if (Profile.asks(profile.defaultAction())) {
            return Optional.of("defaultAction");
        }
        for (int i = 0; i < profile.rules().size(); i++) {
            if (Profile.asks(profile.rules().get(i).action())) {
                return Optional.of("syscalls[" + i + "].action");
            }
        }
        return Optional.empty();
    }

    private static JsonNode tree(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            try {
                JsonNode tree = JSON.readTree(parser);
                if (parser.nextToken() != null) {
                    throw new StreamReadException(parser, "it goes on after its end");
                }
                return tree == null ? JSON.missingNode() : tree;
            } catch (JacksonException e) {
                throw new InvalidProfile("it is no JSON " + JsonFault.of(e, parser));
            }
        }
    }

    private static Profile profile(JsonNode section) {
        JsonPlace place = new JsonPlace("", section);
        Map<String, JsonPlace> fields = place.fields(
                "defaultAction",
                "defaultErrnoRet",
                "defaultErrno",
                "architectures",
                "archMap",
                "flags",
                "listenerPath",
                "listenerMetadata",
                "syscalls",
                "comment");
        if (!fields.containsKey("defaultAction")) {
            throw place.wrong("has no defaultAction; say what becomes of calls that no rule names, as SCMP_ACT_ERRNO");
        }
        Action defaultAction = action(fields, "defaultAction", "defaultErrnoRet", "defaultErrno");
        List<Rule> rules = new ArrayList<>();
        for (JsonPlace rule : JsonPlace.items(fields, "syscalls")) {
            rules.add(rule(rule));
        }
        return new Profile(defaultAction, abis(fields), flags(fields), rules, listener(fields));
    }

    private static Optional<Profile.Listener> listener(Map<String, JsonPlace> fields) {
        Optional<String> path = given(fields, "listenerPath");
        Optional<String> metadata = given(fields, "listenerMetadata");
        if (path.isEmpty() && metadata.isPresent()) {
            throw required(fields, "listenerMetadata")
                    .wrong(
                            "is for a supervisor of system calls, but none is named; give listenerPath, or leave it out");
        }
        return path.map(socket -> new Profile.Listener(socket, metadata));
    }

    /** A text that is neither missing nor empty. */
    private static Optional<String> given(Map<String, JsonPlace> fields, String name) {
        return Optional.ofNullable(fields.get(name)).map(JsonPlace::text).filter(text -> !text.isEmpty());
    }

    private static Action action(Map<String, JsonPlace> fields, String name, String dataName, String errnoName) {
        JsonPlace given = required(fields, name);
        String text = given.text();
        Action.Kind kind = Action.Kind.named(text)
                .orElseThrow(() -> given.wrong("is no action" + Nearest.hint(text, Action.Kind.names())));
        JsonPlace data = fields.get(dataName);
        if (data == null) {
            if (fields.containsKey(errnoName) && kind.carriesData()) {
                throw given.wrong("comes with " + errnoName + " alone; say the number too, as " + dataName);
            }
            return Action.of(kind);
        }
        if (!kind.carriesData()) {
            throw data.wrong("goes only with SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not with " + text);
        }
        long number = data.number(32);
        if (number > kind.dataMax()) {
            throw data.wrong("is more than " + kind.dataMax() + ", the most that " + text + " can carry");
        }
        return new Action(kind, (int) number);
    }

    private static Rule rule(JsonPlace place) {
        Map<String, JsonPlace> fields =
                place.fields("names", "name", "action", "errnoRet", "errno", "args", "comment", "includes", "excludes");
        List<String> names = new ArrayList<>();
        JsonPlace.items(fields, "names").forEach(name -> names.add(name.text()));
        JsonPlace single = fields.get("name");
        if (single != null && !single.text().isEmpty()) {
            names.add(single.text());
        }
        if (names.isEmpty()) {
            throw place.wrong("names no system call; give at least one in names");
        }
        List<Condition> conditions = new ArrayList<>();
        for (JsonPlace argument : JsonPlace.items(fields, "args")) {
            conditions.add(condition(argument));
        }
        return new Rule(names, action(fields, "action", "errnoRet", "errno"), conditions, scope(fields));
    }

    private static Condition condition(JsonPlace place) {
        Map<String, JsonPlace> fields = place.fields("index", "value", "valueTwo", "op");
        JsonPlace index = required(fields, "index");
        if (index.number(32) >= ARGUMENTS) {
            throw index.wrong("is no argument; they are 0 to 5");
        }
        JsonPlace given = required(fields, "op");
        Operator operator = Operator.named(given.text())
                .orElseThrow(() -> given.wrong("is no comparison" + Nearest.hint(given.text(), Operator.names())));
        long value = required(fields, "value").number(64);
        long valueTwo =
                fields.containsKey("valueTwo") ? required(fields, "valueTwo").number(64) : 0;
        return new Condition((int) index.number(32), operator, value, operator == Operator.MASKED_EQ ? valueTwo : 0);
    }

    private static Optional<Scope> scope(Map<String, JsonPlace> fields) {
        if (!fields.containsKey("includes") && !fields.containsKey("excludes")) {
            return Optional.empty();
        }
        Scope scope = new Scope(part(fields, "includes"), part(fields, "excludes"));
        boolean always =
                scope.includes().equals(Scope.Part.NONE) && scope.excludes().equals(Scope.Part.NONE);
        return always ? Optional.empty() : Optional.of(scope);
    }

    private static Scope.Part part(Map<String, JsonPlace> fields, String name) {
        if (!fields.containsKey(name)) {
            return Scope.Part.NONE;
        }
        Map<String, JsonPlace> part = required(fields, name).fields("caps", "arches", "minKernel");
        Optional<KernelVersion> kernel = Optional.ofNullable(part.get("minKernel"))
                .map(given -> KernelVersion.parse(given.text())
                        .orElseThrow(() -> given.wrong("is no kernel version; write it as \"4.8\"")));
        return new Scope.Part(texts(part, "caps"), texts(part, "arches"), kernel);
    }

    private static Set<Abi> abis(Map<String, JsonPlace> fields) {
        Set<Abi> abis = EnumSet.noneOf(Abi.class);
        List<JsonPlace> given = new ArrayList<>(JsonPlace.items(fields, "architectures"));
        for (JsonPlace entry : JsonPlace.items(fields, "archMap")) {
            Map<String, JsonPlace> names = entry.fields("architecture", "subArchitectures");
            given.add(required(names, "architecture"));
            given.addAll(JsonPlace.items(names, "subArchitectures"));
        }
        for (JsonPlace name : given) {
            Optional<Abi> abi = Abi.named(name.text());
            if (abi.isEmpty() && !Abi.FOREIGN.contains(name.text())) {
                Set<String> known = new TreeSet<>(Abi.FOREIGN);
                EnumSet.allOf(Abi.class).forEach(it -> known.add(it.oci()));
                throw name.wrong("is no architecture" + Nearest.hint(name.text(), known));
            }
            abi.ifPresent(abis::add);
        }
        return abis;
    }

    private static int flags(Map<String, JsonPlace> fields) {
        int flags = 0;
        for (JsonPlace flag : JsonPlace.items(fields, "flags")) {
            Integer bit = FLAGS.get(flag.text());
            if (bit == null) {
                throw flag.wrong("is no flag" + Nearest.hint(flag.text(), new TreeSet<>(FLAGS.keySet())));
            }
            flags |= bit;
        }
        return flags;
    }

    /** Flags that a profile may name. */
    public static List<String> flagNames() {
        return FLAGS.keySet().stream().sorted().toList();
    }

    private static List<String> texts(Map<String, JsonPlace> fields, String name) {
        return JsonPlace.items(fields, name).stream().map(JsonPlace::text).toList();
    }

    private static JsonPlace required(Map<String, JsonPlace> fields, String name) {
        JsonPlace place = fields.get(name);
        if (place == null) {
            String path =
                    fields.isEmpty() ? "" : fields.values().iterator().next().path();
            String parent = path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "the whole";
            throw new InvalidProfile(parent, "has no " + name);
        }
        return place;
    }
}
