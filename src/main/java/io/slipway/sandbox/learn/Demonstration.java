package io.slipway.sandbox.learn;

import io.slipway.sandbox.Omission;
import io.slipway.sandbox.SandboxSpec;
import java.util.function.UnaryOperator;

/**
 * The same command twice, in a container as it should be and in one with a part left out.
 *
 * @param script for {@code sh -c}; harmless in both, and soon at its end
 * @param setting of both containers, e.g. limits
 * @param omission what is left out of the second
 * @param withoutSetting what else the second is started with
 * @param leftOut what is left out, for people
 * @param layerFile a file of the image's layer that is looked at afterwards; empty for none
 * @param lesson why it matters, after one has seen both
 */
public record Demonstration(
        String script,
        UnaryOperator<SandboxSpec> setting,
        Omission omission,
        UnaryOperator<SandboxSpec> withoutSetting,
        String leftOut,
        String layerFile,
        String lesson) {
    static Demonstration of(String script, Omission omission, String leftOut, String lesson) {
        return new Demonstration(script, spec -> spec, omission, spec -> spec, leftOut, "", lesson);
    }

    Demonstration in(UnaryOperator<SandboxSpec> other) {
        return new Demonstration(script, other, omission, withoutSetting, leftOut, layerFile, lesson);
    }

    Demonstration without(UnaryOperator<SandboxSpec> other) {
        return new Demonstration(script, setting, omission, other, leftOut, layerFile, lesson);
    }

    Demonstration lookingAt(String file) {
        return new Demonstration(script, setting, omission, withoutSetting, leftOut, file, lesson);
    }
}
