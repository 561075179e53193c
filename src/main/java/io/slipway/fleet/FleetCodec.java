package io.slipway.fleet;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import io.slipway.base.AllocationId;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * The fleet's messages as JSON. Strict: an unknown, missing, repeated or null field is an error, for a message that is half understood is
 * worse than none. Only what is optional may be absent: what is added to a message later is optional, so that an older one can be read. Ids are strings; epochs, generations and weights (basis points) are numbers; times are ISO 8601.
 */
public final class FleetCodec {
    private static final int DEPTH_MAX = 32;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .addModule(scalars())
            // Records' components only: what a record computes is no part of the message.
            .changeDefaultVisibility(v -> v.withGetterVisibility(Visibility.NONE)
                    .withIsGetterVisibility(Visibility.NONE)
                    .withFieldVisibility(Visibility.ANY))
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private FleetCodec() {}

    public static byte[] write(Object message) {
        return MAPPER.writeValueAsBytes(message);
    }

    /** @throws FleetException when the text is not exactly a message of that type; names the field and the place */
    public static <T> T read(byte[] json, Class<T> type) throws FleetException {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw new FleetException(
                    "reading a " + type.getSimpleName() + " of " + json.length + " bytes: " + e.getMessage()
                            + "; it was not used. Do both ends run the same version?",
                    e);
        }
    }

    private static SimpleModule scalars() {
        SimpleModule module = new SimpleModule("fleet");
        text(module, ServiceName.class, ServiceName::value, ServiceName::new);
        text(module, AllocationId.class, AllocationId::value, AllocationId::new);
        text(module, HostName.class, HostName::value, HostName::new);
        number(module, Epoch.class, Epoch::value, Epoch::new);
        number(module, Generation.class, Generation::value, Generation::new);
        number(module, Weight.class, Weight::basisPoints, n -> new Weight(Math.toIntExact(n)));
        return module;
    }

    private static <T> void text(
            SimpleModule module, Class<T> type, Function<T, String> toText, Function<String, T> ofText) {
        module.addSerializer(type, new StdSerializer<T>(type) {
            @Override
            public void serialize(T value, JsonGenerator out, SerializationContext context) {
                out.writeString(toText.apply(value));
            }
        });
        module.addDeserializer(type, new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser in, DeserializationContext context) {
                try {
                    return ofText.apply(in.getString());
                } catch (IllegalArgumentException e) {
                    return context.reportInputMismatch(type, "%s", e.getMessage());
                }
            }
        });
    }

    private static <T> void number(
            SimpleModule module, Class<T> type, ToLongFunction<T> toNumber, LongFunction<T> ofNumber) {
        module.addSerializer(type, new StdSerializer<T>(type) {
            @Override
            public void serialize(T value, JsonGenerator out, SerializationContext context) {
                out.writeNumber(toNumber.applyAsLong(value));
            }
        });
        module.addDeserializer(type, new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser in, DeserializationContext context) {
                try {
                    return ofNumber.apply(in.getLongValue());
                } catch (IllegalArgumentException | ArithmeticException e) {
                    return context.reportInputMismatch(type, "%s", e.getMessage());
                }
            }
        });
    }
}
