package io.slipway.base;

/** Why something is so: a stable code for programs ({@code error-rate-regressed}) and a sentence for people. */
public record Reason(String code, String text) {
    @Override
    public String toString() {
        return text;
    }
}
