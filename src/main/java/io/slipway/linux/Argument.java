package io.slipway.linux;

import java.util.List;
import java.util.stream.Collectors;

/** An argument of a call in a program: what the kernel is given, and how people read it. */
public sealed interface Argument {
    /** As an explanation shows it. */
    String shown();

    /** A number, a set of flags or a descriptor. */
    record Value(long value, String shown) implements Argument {}

    /** A string of C. */
    record Text(String text) implements Argument {
        @Override
        public String shown() {
            return '"' + text + '"';
        }
    }

    /** An array of strings, ended by a null pointer. */
    record Texts(List<String> texts) implements Argument {
        @Override
        public String shown() {
            return texts.stream().map(t -> '"' + t + '"').collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** A structure, or room for a result. */
    record Bytes(byte[] bytes, String shown) implements Argument {}

    static Argument number(long value) {
        return new Value(value, Long.toString(value));
    }

    static Argument octal(int mode) {
        return new Value(mode, "0" + Integer.toOctalString(mode));
    }

    static Argument flags(long value, String shown) {
        return new Value(value, shown);
    }

    static Argument descriptor(Descriptor descriptor) {
        return new Value(descriptor.number(), descriptor.number() + " <" + descriptor.object() + ">");
    }

    /** Filled in by the child with the result of an earlier call. */
    static Argument resultOf(String earlier) {
        return new Value(-1, "<" + earlier + ">");
    }

    static Argument text(String text) {
        return new Text(text);
    }

    static Argument texts(List<String> texts) {
        return new Texts(List.copyOf(texts));
    }

    static Argument bytes(byte[] bytes, String shown) {
        return new Bytes(bytes, shown);
    }

    static Argument none() {
        return new Value(0, "NULL");
    }
}
