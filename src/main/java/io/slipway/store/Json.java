package io.slipway.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import io.slipway.base.AllocationId;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.rollout.Effect;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The records of the pure rooms as JSON, kept free of annotations: ids are plain strings, weights basis points, members of a sealed
 * type carry {@code "type"} with the name that {@link SealedNames} gives them. Keys are sorted, so equal values have equal text.
 */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new ScalarModule()
                    .text(ServiceName.class, ServiceName::value, ServiceName::new)
                    .text(RolloutId.class, RolloutId::value, RolloutId::new)
                    .text(AllocationId.class, AllocationId::value, AllocationId::new)
                    .text(HostName.class, HostName::value, HostName::new)
                    .number(Weight.class, Weight::basisPoints, n -> new Weight((int) n))
                    .number(Epoch.class, Epoch::value, Epoch::new)
                    .number(Generation.class, Generation::value, Generation::new)
                    .asModule())
            .addModule(SealedNames.module(
                    RolloutState.class, RolloutEvent.class, Effect.class, Step.class, StopCondition.class))
            .changeDefaultVisibility(v -> v.withGetterVisibility(Visibility.NONE)
                    .withIsGetterVisibility(Visibility.NONE)
                    .withFieldVisibility(Visibility.ANY))
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Values of any type by name. Each is written by itself, so that members of sealed types carry their names. */
    static String write(Map<String, Object> values) {
        ObjectNode object = MAPPER.createObjectNode();
        new TreeMap<>(values).forEach((name, value) -> object.set(name, tree(value)));
        return MAPPER.writeValueAsString(object);
    }

    private static JsonNode tree(Object value) {
        if (value instanceof List<?> list) {
            ArrayNode array = MAPPER.createArrayNode();
            list.forEach(element -> array.add(tree(element)));
            return array;
        }
        return MAPPER.readTree(MAPPER.writeValueAsString(value));
    }

    static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }

    static <T> T read(String json, TypeReference<T> type) {
        return MAPPER.readValue(json, type);
    }
}
