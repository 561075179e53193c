package io.slipway.linux;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An argument of a call in a program: what the kernel is given, and how people read it. */
public sealed interface Argument {
    /** Something that is put into words only when it is read. */
    record Shown(java.util.function.Supplier<String> words) implements Argument {
        @Override
        public String shown() {
            return words.get();
        }
    }

    /** As an explanation shows it. */
    String shown();

    /** A number or a set of flags. */
    record Value(long value, String shown) implements Argument {}

    /** An open file. What it was opened on is put into words only when somebody reads them. */
    record Open(Descriptor descriptor) implements Argument {
        @Override
        public String shown() {
            return descriptor.shown();
        }
    }

    /** One that only a child has, by that number. */
    record Given(int number, String object) implements Argument {
        @Override
        public String shown() {
            return number + "<" + Quoted.escaped(object) + ">";
        }
    }

    /** A set of flags, named only when somebody reads them. */
    record Flags(long value, FlagNames names) implements Argument {
        @Override
        public String shown() {
            return names.of(value);
        }
    }

    /** Room for the result of an earlier call of the same program, e.g. a descriptor of {@code object}. */
    record Earlier(String object) implements Argument {
        @Override
        public String shown() {
            return "<" + Quoted.escaped(object) + ">";
        }

        /** With what the earlier call gave. */
        String shown(long result) {
            return result + shown();
        }
    }

    /** A string of C. */
    record Text(String text) implements Argument {
        @Override
        public String shown() {
            return Quoted.text(text);
        }
    }

    /** An array of strings, ended by a null pointer. */
    record Texts(List<String> texts) implements Argument {
        @Override
        public String shown() {
            return texts.stream().map(Quoted::text).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** What is written or read, shown quoted up to so many bytes. */
    record Content(byte[] bytes, int shownBytes) implements Argument {
        private static final int STRACE_SHOWS = 64;

        /** As strace(1) shows it: its beginning. */
        Content(byte[] bytes) {
            this(bytes, STRACE_SHOWS);
        }

        @Override
        public String shown() {
            return Quoted.text(bytes, shownBytes);
        }
    }

    /** The array of two descriptors that pipe2(2) fills. */
    record Pair(int[] descriptors) implements Argument {
        @Override
        public String shown() {
            return "[" + descriptors[0] + ", " + descriptors[1] + "]";
        }
    }

    /** A structure, or room for a result. */
    record Bytes(byte[] bytes, String shown) implements Argument {}

    /**
     * A structure that points to others, e.g. {@code struct sock_fprog}.
     *
     * @param targets what it points to, by the offsets of the pointers, 8 bytes each, in the structure
     */
    record Pointing(byte[] structure, Map<Integer, Argument> targets, String shown) implements Argument {}

    static Argument number(long value) {
        return new Value(value, Long.toString(value));
    }

    static Argument octal(int mode) {
        return new Value(mode, "0" + Integer.toOctalString(mode));
    }

    static Argument flags(long value, String shown) {
        return new Value(value, shown);
    }

    static Argument flags(long value, FlagNames names) {
        return new Flags(value, names);
    }

    static Argument descriptor(Descriptor descriptor) {
        return new Open(descriptor);
    }

    /** One that only a child has, by that number. */
    static Argument descriptor(int number, String object) {
        return new Given(number, object);
    }

    /** Filled in by the child with the result of an earlier call: a descriptor of {@code object}. */
    static Argument resultOf(String object) {
        return new Earlier(object);
    }

    /** For calls that are only written down: its words are asked for when the explanation is read. */
    static Argument text(java.util.function.Supplier<String> words) {
        return new Shown(words);
    }

    static Argument text(String text) {
        return new Text(text);
    }

    static Argument texts(List<String> texts) {
        return new Texts(List.copyOf(texts));
    }

    /** Bytes that are text, shown whole. */
    static Argument content(byte[] text) {
        return new Content(text, Integer.MAX_VALUE);
    }

    static Argument bytes(byte[] bytes, String shown) {
        return new Bytes(bytes, shown);
    }

    static Argument pointing(byte[] structure, int at, byte[] target, String shown) {
        return new Pointing(structure, Map.of(at, new Bytes(target, "")), shown);
    }

    static Argument pointing(byte[] structure, Map<Integer, Argument> targets, String shown) {
        return new Pointing(structure, targets, shown);
    }

    static Argument none() {
        return new Value(0, "NULL");
    }
}
