package io.slipway.store;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Locale;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.module.SimpleModule;

/**
 * Names of the members of sealed types in stored JSON: the record's name in kebab case ({@code awaiting-approval}). A golden file pins
 * them: rows written by one version are read by the next.
 */
final class SealedNames {
    private SealedNames() {}

    static String name(Class<?> member) {
        return member.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    static SimpleModule module(Class<?>... sealed) {
        SimpleModule module = new SimpleModule("sealed");
        for (Class<?> type : sealed) {
            module.setMixInAnnotation(type, Typed.class);
            for (Class<?> member : type.getPermittedSubclasses()) {
                module.registerSubtypes(new NamedType(member, name(member)));
            }
        }
        return module;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    private interface Typed {}
}
